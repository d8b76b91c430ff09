import { deferred } from '../../src/base/deferred';
import type { Deferred } from '../../src/base/deferred';
import { Connection } from '../../src/network/connection';
import type { Reply } from '../../src/network/connection';
import { RequestMemory } from '../../src/network/request-memory';
import { silentLog } from '../../src/platform/silent-log';
import { FakeSocket } from '../builders/fake-socket';

const PRODUCE = 0;
const FETCH = 1;

/** A frame with its size: the API key, then a name that the answer repeats. */
function request(apiKey: number, name: string): Buffer {
  const body = Buffer.from(name);
  const head = Buffer.alloc(6);
  head.writeInt32BE(2 + body.length);
  head.writeInt16BE(apiKey, 4);
  return Buffer.concat([head, body]);
}

/** A connection whose requests are answered by name, whenever the test wants. */
function aConnection(memory = new RequestMemory(() => ({ maxRequests: 500, maxBytes: -1 }))): {
  socket: FakeSocket;
  started: string[];
  closed(): boolean;
  answer(name: string): Promise<void>;
  fail(name: string): Promise<void>;
} {
  const socket = new FakeSocket();
  const started: string[] = [];
  const replies = new Map<string, Deferred<Reply>>();
  let closed = false;
  new Connection(1, 'PLAINTEXT', socket, {
    limits: { maxFrameBytes: 1000 },
    memory,
    handler: (_, frame) => {
      const name = frame.toString('latin1', 2);
      started.push(name);
      const reply = deferred<Reply>();
      replies.set(name, reply);
      return reply.promise;
    },
    log: silentLog,
    nowMs: () => 0,
    onClose: () => {
      closed = true;
    },
  });
  const settle = async (run: () => void): Promise<void> => {
    run();
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  return {
    socket,
    started,
    closed: () => closed,
    answer: (name) => settle(() => replies.get(name)?.resolve({ buffers: [Buffer.from(name)] })),
    fail: (name) => settle(() => replies.get(name)?.reject(new Error('broken'))),
  };
}

test('requests are served one by one', async () => {
  const { socket, started, answer } = aConnection();
  socket.onData(Buffer.concat([request(FETCH, 'a'), request(FETCH, 'b')]));
  expect(started).toEqual(['a']);
  await answer('a');
  expect(started).toEqual(['a', 'b']);
  await answer('b');
  expect(socket.written).toEqual(['a', 'b']);
});

test('pipelined produce requests overlap, and their answers leave in request order', async () => {
  const { socket, started, answer } = aConnection();
  socket.onData(
    Buffer.concat([request(PRODUCE, 'a'), request(PRODUCE, 'b'), request(PRODUCE, 'c')]),
  );
  expect(started).toEqual(['a', 'b', 'c']);
  await answer('c');
  await answer('b');
  expect(socket.written).toEqual([]);
  await answer('a');
  expect(socket.written).toEqual(['a', 'b', 'c']);
});

test('nothing overtakes a produce request, and no produce request overtakes anything', async () => {
  const { socket, started, answer } = aConnection();
  socket.onData(Buffer.concat([request(PRODUCE, 'a'), request(FETCH, 'b'), request(PRODUCE, 'c')]));
  expect(started).toEqual(['a']);
  await answer('a');
  expect(started).toEqual(['a', 'b']);
  await answer('b');
  expect(started).toEqual(['a', 'b', 'c']);
});

test('reading stops while too much waits, and goes on after', async () => {
  const { socket, started, answer } = aConnection();
  const names = Array.from({ length: 40 }, (_, i) => `r${String(i)}`);
  socket.onData(Buffer.concat(names.map((name) => request(FETCH, name))));
  expect(socket.isPaused).toBe(true);
  for (const name of names) await answer(name);
  expect(started).toEqual(names);
  expect(socket.isPaused).toBe(false);
});

test('a client that does not read gets no further answer prepared', async () => {
  const { socket, started, answer } = aConnection();
  socket.onData(request(FETCH, 'a'));
  await answer('a');
  socket.unsentBytes = 50_000_000;
  socket.onData(request(FETCH, 'b'));
  expect(started).toEqual(['a']);
  socket.drain();
  expect(started).toEqual(['a', 'b']);
});

test('a request that fails closes its connection', async () => {
  const { socket, closed, fail } = aConnection();
  socket.onData(request(FETCH, 'a'));
  await fail('a');
  expect(socket.isDestroyed).toBe(true);
  expect(closed()).toBe(true);
});

test('an oversized frame closes the connection', () => {
  const { socket, closed } = aConnection();
  socket.onData(Buffer.from([0x7f, 0xff, 0xff, 0xff]));
  expect(closed()).toBe(true);
});

test('an answer that comes after the end is dropped', async () => {
  const { socket, answer } = aConnection();
  socket.onData(request(FETCH, 'a'));
  socket.destroy();
  await answer('a');
  expect(socket.written).toEqual([]);
});

describe('what all connections hold together', () => {
  test('with queued.max.requests waiting, no connection reads further than one request ahead', async () => {
    const memory = new RequestMemory(() => ({ maxRequests: 2, maxBytes: -1 }));
    const [a, b] = [aConnection(memory), aConnection(memory)];
    for (const { socket } of [a, b]) {
      socket.onData(Buffer.concat([request(FETCH, 'first'), request(FETCH, 'second')]));
    }
    expect(memory.requests).toBe(2);
    expect([a.socket.isPaused, b.socket.isPaused]).toEqual([false, true]);
    await b.answer('first');
    expect(memory.requests).toBe(1);
    expect(b.socket.isPaused).toBe(false);
  });

  test('a request that is arriving waits for room, and is let in when there is some', async () => {
    const memory = new RequestMemory(() => ({ maxRequests: 500, maxBytes: 100 }));
    const [big, late] = [aConnection(memory), aConnection(memory)];
    const whole = request(FETCH, 'x'.repeat(120));
    big.socket.onData(whole.subarray(0, 50));
    // One that was let in may be larger than the limit: otherwise it could never be served.
    expect([memory.bytes, big.socket.isPaused]).toEqual([122, false]);
    late.socket.onData(whole.subarray(0, 50));
    expect([memory.bytes, late.socket.isPaused]).toEqual([122, true]);
    big.socket.onData(whole.subarray(50));
    expect(big.started).toHaveLength(1);
    expect([memory.bytes, late.socket.isPaused]).toEqual([122, false]);
    late.socket.onData(whole.subarray(50));
    expect(late.started).toHaveLength(1);
    expect(memory.bytes).toBe(0);
  });

  test('a connection that ends gives back what it held, and its place in the queue', () => {
    const memory = new RequestMemory(() => ({ maxRequests: 500, maxBytes: 100 }));
    const [first, second, third] = [aConnection(memory), aConnection(memory), aConnection(memory)];
    const part = request(FETCH, 'x'.repeat(120)).subarray(0, 50);
    for (const { socket } of [first, second, third]) socket.onData(part);
    second.socket.destroy();
    expect(third.socket.isPaused).toBe(true);
    first.socket.destroy();
    expect(third.socket.isPaused).toBe(false);
    third.socket.onData(request(FETCH, 'x'.repeat(120)).subarray(50));
    third.socket.onData(Buffer.concat([request(FETCH, 'waits'), request(FETCH, 'too')]));
    expect([memory.requests, memory.bytes]).toEqual([2, 12]);
    third.socket.destroy();
    expect([memory.requests, memory.bytes]).toEqual([0, 0]);
  });
});

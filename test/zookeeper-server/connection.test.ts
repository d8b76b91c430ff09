import { silentLog } from '../../src/platform/silent-log';
import type { Socket } from '../../src/platform/ports';
import { Connection } from '../../src/zookeeper-server/connection';
import type { Journal } from '../../src/zookeeper-server/journal/journal';
import { juteFrame } from '../../src/zookeeper-server/jute';
import type { JuteWriter } from '../../src/zookeeper-server/jute';
import { Statistics } from '../../src/zookeeper-server/statistics';
import { aProcessor } from '../builders/zookeeper-processor';

const MEBIBYTE = 1024 * 1024;

/** A socket whose other end reads nothing until told to. */
class StuckSocket implements Socket {
  readonly remoteAddress = '10.1.2.3';
  readonly remotePort = 1234;
  readonly localPort = 2181;
  onData: (chunk: Buffer) => void = () => undefined;
  onClose: (error: Error | undefined) => void = () => undefined;
  unsentBytes = 0;
  isPaused = false;
  isEnded = false;
  isDestroyed = false;
  readonly sent: Buffer[] = [];
  #onSent: (() => void)[] = [];

  write(buffers: readonly Buffer[], onSent?: () => void): void {
    for (const buffer of buffers) this.unsentBytes += buffer.length;
    this.sent.push(...buffers);
    if (onSent) this.#onSent.push(onSent);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  end(): void {
    this.isEnded = true;
  }

  destroy(): void {
    this.isDestroyed = true;
  }

  /** The other end reads everything. */
  drain(): void {
    this.unsentBytes = 0;
    for (const onSent of this.#onSent.splice(0)) onSent();
  }
}

/** A journal whose disk answers when told to. */
class SlowJournal implements Journal {
  readonly #waiting: (() => void)[] = [];
  append(): void {}
  whenDurable(action: () => void): void {
    this.#waiting.push(action);
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
  sync(): void {
    for (const action of this.#waiting.splice(0)) action();
  }
}

function aConnection(journal?: Journal) {
  const { clock, processor } = aProcessor(journal);
  const socket = new StuckSocket();
  const connection = new Connection(socket, {
    clock,
    log: silentLog,
    processor,
    statistics: new Statistics(),
    maxFrameBytes: MEBIBYTE,
    isDurable: false,
    answerWord: () => undefined,
    onClosed: () => undefined,
  });
  const receive = (write: (writer: JuteWriter) => void): void => socket.onData(juteFrame(write));
  const connect = (): void =>
    receive((writer) => {
      writer.int(0).long(0).int(10_000).opaqueLong(0n).buffer(Buffer.alloc(16));
    });
  const getData = (path: string): void =>
    receive((writer) => {
      writer.int(1).int(4).string(path).bool(false);
    });
  return { clock, processor, socket, connection, receive, connect, getData };
}

test('a connection that opens no session in time is closed', () => {
  const { clock, socket } = aConnection();
  clock.advance(9_999);
  expect(socket.isDestroyed).toBe(false);
  clock.advance(1);
  expect(socket.isDestroyed).toBe(true);
});

test('a connection with a session stays', () => {
  const { clock, socket, connect } = aConnection();
  connect();
  clock.advance(9_999);
  expect(socket.isDestroyed).toBe(false);
});

test('a client that does not read what it asked for is read from no more, until it does', () => {
  const { socket, connect, receive, getData } = aConnection();
  connect();
  receive((writer) => {
    writer
      .int(1)
      .int(5)
      .string('/')
      .buffer(Buffer.alloc(MEBIBYTE / 2))
      .int(-1);
  });
  let asked = 0;
  for (; asked < 100 && !socket.isPaused; asked++) getData('/');
  expect(asked).toBe(9); // the first eight come to four mebibytes
  socket.drain();
  expect(socket.isPaused).toBe(false);
});

test('a client that never reads is cut off', () => {
  const { socket, connect, getData } = aConnection();
  connect();
  socket.unsentBytes = 65 * MEBIBYTE;
  getData('/');
  expect(socket.isDestroyed).toBe(true);
});

test('requests that wait for the disk are bounded', () => {
  const journal = new SlowJournal();
  const { socket, connect, getData } = aConnection(journal);
  connect();
  for (let i = 0; i < 999; i++) getData('/');
  expect(socket.isPaused).toBe(false);
  getData('/');
  expect(socket.isPaused).toBe(true);
  expect(socket.sent).toHaveLength(0);
  journal.sync();
  expect(socket.isPaused).toBe(false);
  expect(socket.sent).toHaveLength(1_001);
});

test('nothing shows before it is durable: neither the answer nor the event', () => {
  const journal = new SlowJournal();
  const { socket, connect, receive } = aConnection(journal);
  connect();
  receive((writer) => {
    writer.int(1).int(4).string('/').bool(true);
  });
  receive((writer) => {
    writer.int(2).int(5).string('/').buffer(Buffer.from('x')).int(-1);
  });
  expect(socket.sent).toEqual([]);
  journal.sync();
  const xids = socket.sent.slice(1).map((frame) => frame.readInt32BE(4));
  expect(xids).toEqual([1, -1, 2]);
});

test('events of znodes that a client may not read are kept from it', () => {
  const { socket, connect, connection } = aConnection();
  connect();
  const event = { type: 'created', path: '/a', zxid: 1 } as const;
  connection.onEvent({ ...event, acl: [{ permissions: 31, scheme: 'digest', id: 'ann:x' }] });
  expect(socket.sent).toHaveLength(1);
  connection.onEvent({ ...event, acl: [{ permissions: 1, scheme: 'ip', id: '10.0.0.0/8' }] });
  expect(socket.sent).toHaveLength(2);
});

import {
  CONNECTION_STATES,
  ConnectionGuard,
  type LibraryConnection,
  type LibraryRequest,
} from '../../src/zookeeper/connection-guard';
import { nodePlatform } from '../../src/platform/node';
import { ManualClock } from '../builders/manual-clock';

const SESSION_TIMEOUT_MS = 9_000;
const SET_WATCHES = 101;

/** Stands for the library's connection manager: counts what is done to it. */
class FakeConnection implements LibraryConnection {
  state: number = CONNECTION_STATES.CONNECTED;
  sessionTimeout = SESSION_TIMEOUT_MS;
  connectTimeout = 4_000;
  xid = 0;
  pendingBuffer: Buffer | null = null;
  servers = [];
  connectTimeoutHandler = null;
  packetQueue = { queue: [] as unknown[] };
  destroyed = 0;
  readonly socket = { destroy: () => void this.destroyed++ };
  readonly frames: string[] = [];
  readonly queued: LibraryRequest[] = [];
  connects = 0;
  callback: ((error: unknown) => void) | undefined;

  findNextServer(callback: (server: unknown) => void): void {
    this.connects++;
    callback({});
  }
  onSocketConnected(): void {}
  onSocketData(frame: Buffer): void {
    if (frame.includes('throw')) throw new Error('malformed');
    this.frames.push(frame.subarray(4).toString());
  }
  queue(request: LibraryRequest, callback?: (error: unknown) => void): void {
    this.queued.push(request);
    this.callback = callback;
  }
  on(): void {}
}

function guarded() {
  const connection = new FakeConnection();
  const clock = new ManualClock();
  let heartbeats = 0;
  const guard = new ConnectionGuard(connection, {
    clock,
    log: nodePlatform().log,
    sendHeartbeat: () => void heartbeats++,
  });
  guard.start();
  const answer = (text: string): void => {
    connection.onSocketData(
      Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]),
    );
  };
  return { connection, clock, guard, answer, heartbeats: () => heartbeats };
}

test('sends a heartbeat when nothing was sent for a third of the session time-out', () => {
  const { clock, guard, heartbeats } = guarded();
  clock.advance(2_000);
  guard.noteSent();
  clock.advance(2_900);
  expect(heartbeats()).toBe(0);
  clock.advance(100);
  expect(heartbeats()).toBe(1);
});

test('drops the connection after two thirds of the session time-out without a word', () => {
  const { connection, clock } = guarded();
  clock.advance(5_999);
  expect(connection.destroyed).toBe(0);
  clock.advance(1);
  expect(connection.destroyed).toBe(1);
});

test('answers keep the connection, requests alone do not', () => {
  const { connection, clock, guard, answer } = guarded();
  for (let i = 0; i < 10; i++) {
    clock.advance(5_000);
    answer('pong');
  }
  expect(connection.destroyed).toBe(0);
  for (let i = 0; i < 6; i++) {
    guard.noteSent();
    clock.advance(1_000);
  }
  expect(connection.destroyed).toBe(1);
});

test('a server that takes the connection but not the session has as long as the library gives it to connect', () => {
  const { connection, clock } = guarded();
  connection.state = CONNECTION_STATES.DISCONNECTED;
  connection.findNextServer(() => undefined);
  clock.advance(3_999);
  expect(connection.destroyed).toBe(0);
  clock.advance(1);
  expect(connection.destroyed).toBe(1);
});

test('an answer that cannot be read drops the connection, not the process', () => {
  const { connection, answer } = guarded();
  answer('fine');
  answer('throw');
  expect(connection.frames).toEqual(['fine']);
  expect(connection.destroyed).toBe(1);
});

test('half an answer is forgotten with its connection', () => {
  const { connection, answer } = guarded();
  connection.onSocketData(Buffer.from([0, 0, 0, 9, 1, 2]));
  connection.onSocketConnected();
  answer('whole');
  expect(connection.frames).toEqual(['whole']);
});

test('request numbers start over before they outgrow 32 bits', () => {
  const { connection, guard } = guarded();
  connection.xid = 2_000_000_001;
  guard.noteSent();
  expect(connection.xid).toBe(0);
});

test('once abandoned it neither connects, nor hears, nor keeps a timer', () => {
  const { connection, clock, guard, answer } = guarded();
  guard.abandon();
  let isConnecting = false;
  connection.findNextServer(() => void (isConnecting = true));
  answer('late');
  expect(isConnecting).toBe(false);
  expect(connection.frames).toEqual([]);
  expect(connection.destroyed).toBe(1);
  expect(clock.pendingTimers).toBe(0);
});

test('all watches are set again in packets of at most 128 KiB, none lost, none twice', () => {
  const { connection } = guarded();
  const paths = (kind: string) =>
    Array.from({ length: 1_000 }, (_, i) => `/${kind}/${'x'.repeat(200)}${String(i)}`);
  const payload = {
    relativeZxid: Buffer.alloc(8, 7),
    dataWatches: paths('data'),
    existWatches: paths('exist'),
    childWatches: paths('child'),
  };
  connection.queue({ header: { type: SET_WATCHES, xid: 0 }, payload });
  const parts = connection.queued.map((request) => request.payload as typeof payload);
  expect(parts.length).toBeGreaterThan(4);
  for (const part of parts) {
    const { dataWatches, existWatches, childWatches, relativeZxid } = part;
    const all = [...dataWatches, ...existWatches, ...childWatches];
    const bytes = all.reduce((sum, path) => sum + path.length + 4, 0);
    expect(bytes).toBeLessThan(132 * 1024);
    expect(relativeZxid).toEqual(payload.relativeZxid);
  }
  expect(parts.flatMap((part) => part.dataWatches)).toEqual(payload.dataWatches);
  expect(parts.flatMap((part) => part.existWatches)).toEqual(payload.existWatches);
  expect(parts.flatMap((part) => part.childWatches)).toEqual(payload.childWatches);
  expect(new Set(connection.queued.map((request) => request.header)).size).toBe(parts.length);
});

test.each`
  error                | isClosed | because
  ${null}              | ${true}  | ${'the server has answered'}
  ${new Error('gone')} | ${false} | ${'the connection was lost before the answer'}
`('the session counts as closed ($isClosed) when $because', ({ error, isClosed }) => {
  const { connection, guard } = guarded();
  connection.queue({ header: { type: -11, xid: 0 }, payload: null });
  expect(guard.isSessionClosed).toBe(false);
  connection.callback?.(error);
  expect(guard.isSessionClosed).toBe(isClosed);
});

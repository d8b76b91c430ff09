import { KafkaServer } from '../../src/network/server';
import type { ServerLimits } from '../../src/network/server';
import type { Network } from '../../src/platform/ports';
import { FakeSocket } from '../builders/fake-socket';
import { ManualClock } from '../builders/manual-clock';
import { RecordingLog } from '../builders/recording-log';

async function aServer(changes: Partial<ServerLimits> = {}): Promise<{
  clock: ManualClock;
  server: KafkaServer;
  limits: { -readonly [Name in keyof ServerLimits]: ServerLimits[Name] };
  connect(): FakeSocket;
}> {
  const clock = new ManualClock();
  const limits = {
    maxFrameBytes: 1000,
    maxIdleMs: 600_000,
    maxConnections: 100,
    maxConnectionsFrom: () => 100,
    connectionRate: 1_000_000,
    maxRequests: 500,
    maxBytes: -1,
    ...changes,
  };
  let accept: Parameters<Network['listen']>[1] = () => undefined;
  const network: Network = {
    hostName: 'here',
    listen: (_, onConnection) => {
      accept = onConnection;
      return Promise.resolve({ port: 9092, close: () => Promise.resolve() });
    },
    connect: () => Promise.reject(new Error('nobody connects from here')),
    serveHttp: () => Promise.reject(new Error('nothing is served over HTTP')),
  };
  const platform = { clock, network, log: new RecordingLog() };
  const server = new KafkaServer(
    platform,
    () => limits,
    () => new Promise(() => undefined),
  );
  await server.listen([{ name: 'PLAINTEXT', host: undefined, port: 0 }], 50);
  return {
    clock,
    server,
    limits,
    connect() {
      const socket = new FakeSocket();
      accept(socket);
      return socket;
    },
  };
}

test.each`
  limits                                                                                                | because
  ${{ maxConnections: 2 }}                                                                              | ${'the broker takes two'}
  ${{ maxConnectionsFrom: () => 2 }}                                                                    | ${'two may come from one address'}
  ${{ maxConnections: 50, maxConnectionsFrom: (address: string) => (address === '10.0.0.9' ? 2 : 50) }} | ${'two may come from this address'}
`('a third connection is refused because $because, until one ends', async ({ limits }) => {
  const { connect, server } = await aServer(limits as Partial<ServerLimits>);
  const [first, , third] = [connect(), connect(), connect()];
  expect(third.isDestroyed).toBe(true);
  expect(server.connectionCount).toBe(2);
  first.destroy();
  expect(connect().isDestroyed).toBe(false);
});

test('a limit that an operator changes holds for the next connection', async () => {
  const { connect, limits } = await aServer({ maxConnections: 1 });
  connect();
  expect(connect().isDestroyed).toBe(true);
  limits.maxConnections = 2;
  expect(connect().isDestroyed).toBe(false);
});

test('connections above the rate are read from in turn', async () => {
  const { clock, connect } = await aServer({ connectionRate: 2 });
  const sockets = [connect(), connect(), connect(), connect()];
  const paused = (): boolean[] => sockets.map(({ isPaused }) => isPaused);
  expect(paused()).toEqual([false, false, true, true]);
  clock.advance(500);
  expect(paused()).toEqual([false, false, false, true]);
  clock.advance(500);
  expect(paused()).toEqual([false, false, false, false]);
});

test('a connection that was idle for connections.max.idle.ms is closed', async () => {
  const { clock, connect } = await aServer({ maxIdleMs: 10_000 });
  const [idle, busy] = [connect(), connect()];
  clock.advance(9000);
  // A request that waits for its answer.
  busy.onData(Buffer.from('000000020001', 'hex'));
  clock.advance(20_000);
  expect([idle.isDestroyed, busy.isDestroyed]).toEqual([true, false]);
});

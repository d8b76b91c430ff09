import { Channels, MAX_QUEUED_REQUESTS } from '../../src/controller/channels';
import type { PeerConnection } from '../../src/controller/ports';
import { NetworkError } from '../../src/platform/ports';
import { deferred } from '../../src/base/deferred';
import type { Deferred } from '../../src/base/deferred';
import {
  UpdateMetadataRequest,
  UpdateMetadataResponse,
} from '../../src/protocol/messages/06-update-metadata';
import { ManualClock } from '../builders/manual-clock';
import { settled } from '../builders/memory-zookeeper';
import { RecordingLog } from '../builders/recording-log';

const API = {
  request: UpdateMetadataRequest,
  response: UpdateMetadataResponse,
  version: 8,
} as const;

/** A broker whose answers the test gives by hand. */
function aChannel() {
  const clock = new ManualClock();
  const log = new RecordingLog();
  const sent: { readonly epoch: number; readonly answer: Deferred<unknown> }[] = [];
  const state = {
    isReachable: true,
    connections: 0,
    closed: 0,
    overflows: 0,
    answered: [] as number[],
  };
  const connection: PeerConnection = {
    request: (_request, _response, _version, message) => {
      const answer = deferred<never>();
      sent.push({
        epoch: (message as unknown as { controllerEpoch: number }).controllerEpoch,
        answer,
      });
      return answer.promise;
    },
    close: () => void (state.closed += 1),
  };
  const channels = new Channels({
    clock,
    log,
    clientId: '0',
    peers: {
      connect: async () => {
        if (!state.isReachable) throw new NetworkError('ECONNREFUSED', 'refused');
        state.connections += 1;
        return connection;
      },
    },
    targetOf: (broker) => (broker === 1 ? { host: 'localhost', port: 1 } : undefined),
    connectTimeoutMs: () => 1_000,
    requestTimeoutMs: () => 1_000,
    onOverflow: () => void (state.overflows += 1),
  });
  const send = (epoch: number, broker = 1): void =>
    channels.send(broker, {
      api: API,
      message: { controllerId: 0, controllerEpoch: epoch, liveBrokers: [] },
      onResponse: () => void state.answered.push(epoch),
    });
  return { channels, clock, log, sent, state, send };
}

test('requests go out in order, one at a time, over one connection', async () => {
  const { channels, sent, state, send } = aChannel();
  channels.add(1);
  for (const epoch of [1, 2, 3]) send(epoch);
  await settled();
  expect(sent.map(({ epoch }) => epoch)).toEqual([1]);
  for (const count of [1, 2, 3]) {
    sent[count - 1]?.answer.resolve({ errorCode: 0 });
    await settled();
  }
  expect(sent.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  expect(state).toMatchObject({ connections: 1, answered: [1, 2, 3] });
});

test('a request that fails is sent again every 100 ms on a new connection, and nothing overtakes it', async () => {
  const { channels, clock, sent, state, send } = aChannel();
  channels.add(1);
  send(1);
  send(2);
  await settled();
  sent[0]?.answer.reject(new NetworkError('ECONNRESET', 'gone'));
  await settled();
  expect(state.closed).toBe(1);
  state.isReachable = false;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    clock.advance(100);
    await settled();
  }
  expect(sent).toHaveLength(1);
  state.isReachable = true;
  clock.advance(99);
  await settled();
  expect(sent).toHaveLength(1);
  clock.advance(1);
  await settled();
  expect(sent.map(({ epoch }) => epoch)).toEqual([1, 1]);
});

test('one line says that a broker cannot be reached, and one that it can again', async () => {
  const { channels, clock, log, sent, state, send } = aChannel();
  state.isReachable = false;
  channels.add(1);
  send(1);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    clock.advance(100);
    await settled();
  }
  state.isReachable = true;
  clock.advance(100);
  await settled();
  sent[0]?.answer.resolve({ errorCode: 0 });
  await settled();
  expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'info']);
});

test('when the broker is removed what waits is dropped and nothing is tried any more', async () => {
  const { channels, clock, sent, state, send } = aChannel();
  channels.add(1);
  send(1);
  send(2);
  await settled();
  channels.remove(1);
  sent[0]?.answer.reject(new NetworkError('ECONNRESET', 'closed'));
  await settled();
  clock.advance(1_000);
  send(3);
  await settled();
  expect(sent).toHaveLength(1);
  expect(state.closed).toBe(1);
  expect(clock.pendingTimers).toBe(0);
});

test('a broker that never answers fills its channel: all is dropped, and its owner told', async () => {
  const { channels, sent, state, send } = aChannel();
  channels.add(1);
  for (let epoch = 0; epoch <= MAX_QUEUED_REQUESTS; epoch += 1) send(epoch);
  expect(state.overflows).toBe(1);
  send(77);
  await settled();
  sent[0]?.answer.resolve({ errorCode: 0 });
  await settled();
  expect(sent.at(-1)?.epoch).toBe(77);
});

test('a broker without a listener for the controller is tried until it has one', async () => {
  const { channels, clock, log, send } = aChannel();
  channels.add(2);
  send(1, 2);
  await settled();
  expect(log.lines).toMatchObject([{ level: 'warn' }]);
  expect(clock.pendingTimers).toBe(1);
});

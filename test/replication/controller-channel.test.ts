import { MetadataCache } from '../../src/metadata/metadata-cache';
import { silentLog } from '../../src/platform/silent-log';
import { errorCode } from '../../src/protocol/errors';
import {
  AllocateProducerIdsRequest,
  AllocateProducerIdsResponse,
} from '../../src/protocol/messages/67-allocate-producer-ids';
import { ControllerChannel } from '../../src/replication/controller-channel';
import { anUpdateMetadata, LISTENER } from '../builders/cluster-metadata';
import { drained } from '../builders/drained';
import { ManualClock } from '../builders/manual-clock';
import { ScriptedPeers } from '../builders/scripted-peer';

function aChannel() {
  const clock = new ManualClock();
  const peers = new ScriptedPeers();
  const metadata = new MetadataCache();
  const channel = new ControllerChannel({
    platform: { clock, log: silentLog },
    brokerId: 2,
    metadata,
    interBrokerListener: LISTENER,
    peers,
    requestTimeoutMs: () => 30_000,
  });
  let brokerEpoch = 7;
  const ask = () =>
    channel.send({
      request: AllocateProducerIdsRequest,
      response: AllocateProducerIdsResponse,
      build: () => ({ version: 0, message: { brokerId: 2, brokerEpoch: brokerEpoch++ } }),
      errorCodeOf: (response) => response.errorCode,
    });
  return { clock, peers, metadata, channel, ask };
}

const answer = (error: 'NONE' | 'NOT_CONTROLLER' | 'STALE_BROKER_EPOCH', producerIdStart = 0) => ({
  throttleTimeMs: 0,
  errorCode: errorCode(error),
  producerIdStart,
  producerIdLen: 1000,
});

test('asks the controller that the metadata names', async () => {
  const { peers, metadata, ask } = aChannel();
  metadata.update(anUpdateMetadata({ controllerId: 3 }));
  const asked = ask();
  const request = await peers.next();
  expect(request.target).toMatchObject({ brokerId: 3, endpoint: { host: 'broker3', port: 9003 } });
  request.answer(AllocateProducerIdsResponse, answer('NONE', 5000));
  await expect(asked).resolves.toMatchObject({ producerIdStart: 5000 });
});

test('waits until there is a controller', async () => {
  const { clock, peers, metadata, ask } = aChannel();
  const asked = ask();
  await drained();
  clock.advance(100);
  await drained();
  expect(peers.connections).toEqual([]);
  metadata.update(anUpdateMetadata({ controllerId: 1 }));
  clock.advance(100);
  (await peers.next()).answer(AllocateProducerIdsResponse, answer('NONE'));
  await asked;
});

test('a broker that is not the controller is left, and the metadata asked again', async () => {
  const { clock, peers, metadata, ask } = aChannel();
  metadata.update(anUpdateMetadata({ controllerId: 1 }));
  const asked = ask();
  (await peers.next()).answer(AllocateProducerIdsResponse, answer('NOT_CONTROLLER'));
  await drained();
  clock.advance(99);
  await drained();
  expect(peers.unanswered).toBe(0);
  metadata.update(anUpdateMetadata({ controllerId: 3 }));
  clock.advance(1);
  const again = await peers.next();
  expect(again.target.brokerId).toBe(3);
  again.answer(AllocateProducerIdsResponse, answer('NONE'));
  await asked;
});

test('a lost answer is asked for again, with what is true by then', async () => {
  const { clock, peers, metadata, ask } = aChannel();
  metadata.update(anUpdateMetadata({ controllerId: 1 }));
  const asked = ask();
  const first = await peers.next();
  expect(first.as<typeof AllocateProducerIdsRequest>(AllocateProducerIdsRequest).brokerEpoch).toBe(
    7,
  );
  first.break();
  await drained();
  clock.advance(50);
  const second = await peers.next();
  expect(second.as(AllocateProducerIdsRequest).brokerEpoch).toBe(8);
  expect(peers.connections).toHaveLength(2);
  second.answer(AllocateProducerIdsResponse, answer('NONE'));
  await asked;
});

test('goes on trying while the controller cannot be reached', async () => {
  const { clock, peers, metadata, ask } = aChannel();
  metadata.update(anUpdateMetadata({ controllerId: 1 }));
  peers.isUnreachable = true;
  const asked = ask();
  await drained();
  clock.advance(50);
  await drained();
  peers.isUnreachable = false;
  clock.advance(50);
  (await peers.next()).answer(AllocateProducerIdsResponse, answer('NONE', 7));
  await expect(asked).resolves.toMatchObject({ producerIdStart: 7 });
});

test('other errors are answers', async () => {
  const { peers, metadata, ask } = aChannel();
  metadata.update(anUpdateMetadata({ controllerId: 1 }));
  const asked = ask();
  (await peers.next()).answer(AllocateProducerIdsResponse, answer('STALE_BROKER_EPOCH'));
  await expect(asked).resolves.toMatchObject({ errorCode: errorCode('STALE_BROKER_EPOCH') });
});

test('one connection serves several requests, until the controller is another', async () => {
  const { peers, metadata, ask } = aChannel();
  metadata.update(anUpdateMetadata({ controllerId: 1 }));
  for (const controllerId of [1, 1, 2]) {
    metadata.update(anUpdateMetadata({ controllerId }));
    const asked = ask();
    (await peers.next()).answer(AllocateProducerIdsResponse, answer('NONE'));
    await asked;
  }
  expect(peers.connections.map(({ brokerId }) => brokerId)).toEqual([1, 2]);
});

test.each`
  state                  | because
  ${'waiting'}           | ${'no controller is known'}
  ${'out for an answer'} | ${'the controller is slow'}
`('closing ends what is $state: $because', async ({ state }) => {
  const { clock, peers, metadata, channel, ask } = aChannel();
  if (state !== 'waiting') metadata.update(anUpdateMetadata({ controllerId: 1 }));
  const asked = ask();
  await drained();
  channel.close();
  await expect(asked).rejects.toMatchObject({ code: 'ECANCELED' });
  expect(clock.pendingTimers).toBe(0);
  await expect(ask()).rejects.toMatchObject({ code: 'ECANCELED' });
  expect(peers.connections.length).toBeLessThanOrEqual(1);
});

test('an answer of a controller that has been replaced is not waited for', async () => {
  const { clock, peers, metadata, ask } = aChannel();
  metadata.update(anUpdateMetadata({ controllerId: 1 }));
  const asked = [ask(), ask()];
  await peers.next();
  await peers.next();
  metadata.update(anUpdateMetadata({ controllerId: 1 }));
  clock.advance(1000);
  await drained();
  expect(peers.unanswered).toBe(0);
  metadata.update(anUpdateMetadata({ controllerId: 3 }));
  await drained();
  clock.advance(50);
  for (const producerIdStart of [1000, 2000]) {
    const again = await peers.next();
    expect(again.target.brokerId).toBe(3);
    again.answer(AllocateProducerIdsResponse, answer('NONE', producerIdStart));
  }
  await expect(Promise.all(asked)).resolves.toMatchObject([
    { producerIdStart: 1000 },
    { producerIdStart: 2000 },
  ]);
  expect(peers.connections.map(({ brokerId }) => brokerId)).toEqual([1, 3]);
});

test('a connection that is never made to a replaced controller is not waited for', async () => {
  const { clock, peers, metadata, ask } = aChannel();
  metadata.update(anUpdateMetadata({ controllerId: 1 }));
  peers.isSilent = true;
  const asked = ask();
  await drained();
  peers.isSilent = false;
  metadata.update(anUpdateMetadata({ controllerId: 3 }));
  await drained();
  clock.advance(50);
  (await peers.next()).answer(AllocateProducerIdsResponse, answer('NONE', 7));
  await expect(asked).resolves.toMatchObject({ producerIdStart: 7 });
});

test('a new controller is asked at once', async () => {
  const { peers, metadata, ask } = aChannel();
  const asked = ask();
  await drained();
  metadata.update(anUpdateMetadata({ controllerId: 1 }));
  (await peers.next()).answer(AllocateProducerIdsResponse, answer('NONE', 7));
  await expect(asked).resolves.toMatchObject({ producerIdStart: 7 });
});

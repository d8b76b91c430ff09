import { MetadataCache } from '../../src/metadata/metadata-cache';
import { silentLog } from '../../src/platform/silent-log';
import { errorCode, type ErrorName } from '../../src/protocol/errors';
import {
  AlterPartitionRequest,
  AlterPartitionResponse,
} from '../../src/protocol/messages/56-alter-partition';
import { ControllerChannel } from '../../src/replication/controller-channel';
import { IsrUpdates } from '../../src/replication/isr-updates';
import type { IsrChange } from '../../src/replication/ports';
import { anUpdateMetadata, LISTENER } from '../builders/cluster-metadata';
import { drained } from '../builders/drained';
import { ManualClock } from '../builders/manual-clock';
import { ScriptedPeers, type PeerRequest } from '../builders/scripted-peer';

const ID_A = 'AAAAAAAAAAAAAAAAAAAAAQ';
const ID_B = 'AAAAAAAAAAAAAAAAAAAAAg';

function someUpdates() {
  const clock = new ManualClock();
  const peers = new ScriptedPeers();
  const metadata = new MetadataCache();
  metadata.update(anUpdateMetadata({ controllerId: 1 }));
  const platform = { clock, log: silentLog };
  const channel = new ControllerChannel({
    platform,
    brokerId: 2,
    metadata,
    interBrokerListener: LISTENER,
    peers,
    requestTimeoutMs: () => 30_000,
  });
  let brokerEpoch = 70;
  const updates = new IsrUpdates({
    platform,
    brokerId: 2,
    brokerEpoch: () => brokerEpoch++,
    channel,
  });
  return { clock, peers, channel, updates };
}

const aChange = (over: Partial<IsrChange> = {}): IsrChange => ({
  topic: 'a',
  topicId: ID_A,
  partition: 0,
  leaderEpoch: 4,
  partitionEpoch: 9,
  isr: [2, 3],
  ...over,
});

/** Says yes to all, or gives each partition the error that is named for it. */
function answerAll(request: PeerRequest, errors: Readonly<Record<number, ErrorName>> = {}): void {
  const { topics } = request.as(AlterPartitionRequest);
  request.answer(AlterPartitionResponse, {
    throttleTimeMs: 0,
    errorCode: 0,
    topics: topics.map(({ topicName, topicId, partitions }) => ({
      topicName,
      topicId,
      partitions: partitions.map((each) => ({
        partitionIndex: each.partitionIndex,
        errorCode: errorCode(errors[each.partitionIndex] ?? 'NONE'),
        leaderId: 2,
        leaderEpoch: each.leaderEpoch,
        isr: each.newIsrWithEpochs.map(({ brokerId }) => brokerId),
        partitionEpoch: each.partitionEpoch + 1,
      })),
    })),
  });
}

test('changes of one tick go in one request, by topic', async () => {
  const { peers, updates } = someUpdates();
  const results = [
    updates.submit(aChange({ joining: { brokerId: 3, brokerEpoch: 81 } })),
    updates.submit(aChange({ partition: 1, isr: [2] })),
    updates.submit(aChange({ topic: 'b', topicId: ID_B, isr: [2, 1] })),
  ];
  const request = await peers.next();
  expect(request.version).toBe(3);
  const message = request.as(AlterPartitionRequest);
  expect(message).toMatchObject({ brokerId: 2, brokerEpoch: 70 });
  expect(message.topics.map(({ topicId, partitions }) => [topicId, partitions.length])).toEqual([
    [ID_A, 2],
    [ID_B, 1],
  ]);
  expect(message.topics[0]?.partitions[0]).toMatchObject({
    leaderEpoch: 4,
    partitionEpoch: 9,
    leaderRecoveryState: 0,
    newIsrWithEpochs: [
      { brokerId: 2, brokerEpoch: -1 },
      { brokerId: 3, brokerEpoch: 81 },
    ],
  });
  answerAll(request, { 1: 'INELIGIBLE_REPLICA' });
  await expect(Promise.all(results)).resolves.toEqual([
    { error: 'NONE', leaderEpoch: 4, partitionEpoch: 10, isr: [2, 3] },
    { error: 'INELIGIBLE_REPLICA' },
    { error: 'NONE', leaderEpoch: 4, partitionEpoch: 10, isr: [2, 1] },
  ]);
});

test('a topic without id makes the whole request go by names', async () => {
  const { peers, updates } = someUpdates();
  void updates.submit(aChange());
  const named = updates.submit(aChange({ topic: 'b', topicId: undefined, isr: [2, 1] }));
  const request = await peers.next();
  expect(request.version).toBe(1);
  const { topics } = request.as(AlterPartitionRequest);
  expect(topics.map(({ topicName }) => topicName)).toEqual(['a', 'b']);
  request.answer(AlterPartitionResponse, {
    throttleTimeMs: 0,
    errorCode: 0,
    topics: topics.map(({ topicName }) => ({
      topicName,
      partitions: [
        {
          partitionIndex: 0,
          errorCode: 0,
          leaderId: 2,
          leaderEpoch: 4,
          isr: [2, 1],
          partitionEpoch: 10,
        },
      ],
    })),
  });
  await expect(named).resolves.toEqual({
    error: 'NONE',
    leaderEpoch: 4,
    partitionEpoch: 10,
    isr: [2, 1],
  });
});

test('one request is out at a time, later changes follow together', async () => {
  const { peers, updates } = someUpdates();
  const first = updates.submit(aChange());
  const request = await peers.next();
  const later = [
    updates.submit(aChange({ partition: 1 })),
    updates.submit(aChange({ partition: 2 })),
  ];
  await drained();
  expect(peers.unanswered).toBe(0);
  answerAll(request);
  await first;
  const second = await peers.next();
  expect(
    second.as(AlterPartitionRequest).topics[0]?.partitions.map((each) => each.partitionIndex),
  ).toEqual([1, 2]);
  answerAll(second);
  await Promise.all(later);
});

test('a request refused as a whole is sent again after a while, with the present broker epoch', async () => {
  const { clock, peers, updates } = someUpdates();
  const result = updates.submit(aChange());
  const request = await peers.next();
  request.answer(AlterPartitionResponse, {
    throttleTimeMs: 0,
    errorCode: errorCode('STALE_BROKER_EPOCH'),
    topics: [],
  });
  await drained();
  expect(peers.unanswered).toBe(0);
  clock.advance(50);
  const again = await peers.next();
  expect(again.as(AlterPartitionRequest).brokerEpoch).toBe(71);
  answerAll(again);
  await expect(result).resolves.toMatchObject({ error: 'NONE' });
});

test('a partition left out of the answer is sent again', async () => {
  const { clock, peers, updates } = someUpdates();
  const result = updates.submit(aChange());
  const request = await peers.next();
  request.answer(AlterPartitionResponse, { throttleTimeMs: 0, errorCode: 0, topics: [] });
  await drained();
  clock.advance(50);
  answerAll(await peers.next());
  await expect(result).resolves.toMatchObject({ error: 'NONE' });
});

test('after a lost answer the same changes go again, and newer ones with them', async () => {
  const { clock, peers, updates } = someUpdates();
  const first = updates.submit(aChange());
  (await peers.next()).break();
  const second = updates.submit(aChange({ partition: 1 }));
  await drained();
  clock.advance(50);
  const again = await peers.next();
  expect(
    again.as(AlterPartitionRequest).topics[0]?.partitions.map((each) => each.partitionIndex),
  ).toEqual([0, 1]);
  answerAll(again);
  await expect(Promise.all([first, second])).resolves.toHaveLength(2);
});

test('a newer proposal of a partition takes the place of the older one, also while that one is out', async () => {
  const { peers, updates } = someUpdates();
  const older = updates.submit(aChange());
  const request = await peers.next();
  const newer = updates.submit(aChange({ leaderEpoch: 5, isr: [2] }));
  await expect(older).resolves.toEqual({ error: 'OPERATION_NOT_ATTEMPTED' });
  answerAll(request);
  const second = await peers.next();
  expect(second.as(AlterPartitionRequest).topics[0]?.partitions[0]?.leaderEpoch).toBe(5);
  answerAll(second);
  await expect(newer).resolves.toMatchObject({ leaderEpoch: 5, isr: [2] });
});

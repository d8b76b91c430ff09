import { errorCode, type ErrorName } from '../../src/protocol/errors';
import { FetchRequest, FetchResponse } from '../../src/protocol/messages/01-fetch';
import {
  ListOffsetsRequest,
  ListOffsetsResponse,
} from '../../src/protocol/messages/02-list-offsets';
import { patchBaseOffset, patchLeaderEpoch } from '../../src/protocol/records/batch';
import type { InputOf } from '../../src/protocol/schema';
import { anUpdateMetadata } from '../builders/cluster-metadata';
import { aLeaderAndIsr, aLeaderAndIsrOf, aStopReplica } from '../builders/control-requests';
import { drained } from '../builders/drained';
import { ManualClock } from '../builders/manual-clock';
import { aBatch, ReplicaHost, TOPIC_ID } from '../builders/replica-host';
import type { PeerRequest } from '../builders/scripted-peer';

const OTHER_ID = 'AAAAAAAAAAAAAAAAAAAAAg';
const SESSION = 77;

let clock: ManualClock;
let host: ReplicaHost;

beforeEach(async () => {
  clock = new ManualClock();
  host = await ReplicaHost.start({ clock, brokerId: 2 });
  host.metadata.update(anUpdateMetadata({ brokers: [1, 2, 3] }));
});

afterEach(() => host.stop());

function follow(options: Parameters<typeof aLeaderAndIsr>[0] = {}): void {
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsr(options));
}

/** Batches of one record each as the leader stored them. */
function stored(from: number, count: number, leaderEpoch = 0): Buffer {
  const batches = Array.from({ length: count }, (_, index) => {
    const batch = aBatch(`record ${String(from + index)}`);
    patchBaseOffset(batch, 0, from + index);
    patchLeaderEpoch(batch, 0, leaderEpoch);
    return batch;
  });
  return Buffer.concat(batches);
}

type PartitionAnswer = Partial<
  InputOf<typeof FetchResponse>['responses'][number]['partitions'][number]
>;

interface Answered extends Omit<PartitionAnswer, 'errorCode'> {
  readonly topicId?: string;
  readonly error?: ErrorName;
}

/** Answers a Fetch with what is new of some partitions. */
function answer(request: PeerRequest, partitions: readonly Answered[], sessionId = SESSION): void {
  request.answer(FetchResponse, {
    throttleTimeMs: 0,
    errorCode: 0,
    sessionId,
    responses: partitions.map(({ topicId = TOPIC_ID, error = 'NONE', ...rest }) => ({
      topicId,
      partitions: [
        {
          partitionIndex: 0,
          errorCode: errorCode(error),
          highWatermark: 0,
          logStartOffset: 0,
          records: null,
          abortedTransactions: null,
          ...rest,
        },
      ],
    })),
  });
}

/** What a Fetch names: `topic id:partition@offset`. */
function named({ topics }: FetchRequest): string[] {
  return topics.flatMap(({ topicId, topic, partitions }) =>
    partitions.map(
      ({ partition, fetchOffset }) =>
        `${topic === '' ? topicId : topic}:${String(partition)}@${String(fetchOffset)}`,
    ),
  );
}

async function nextFetch(): Promise<{ request: PeerRequest; fetch: FetchRequest }> {
  const request = await host.peers.next();
  expect(request.apiKey).toBe(FetchRequest.apiKey);
  return { request, fetch: request.as(FetchRequest) };
}

/** The answer is worked off and what it brought is in the file. */
async function written(): Promise<void> {
  await drained();
  clock.endTick();
  await drained();
}

/** Follows `t-0` and has fetched `count` records of epoch 0. */
async function caughtUp(count: number): Promise<PeerRequest> {
  follow();
  const first = await nextFetch();
  answer(first.request, [{ records: stored(0, count), highWatermark: count }]);
  await written();
  return (await nextFetch()).request;
}

describe('a fetch', () => {
  test('names all partitions first, then only those that moved', async () => {
    host.replicas.becomeLeaderOrFollower(
      aLeaderAndIsrOf([{ topic: 't' }, { topic: 'u', topicId: OTHER_ID, partition: 0 }]),
    );
    const first = await nextFetch();
    expect(first.request.version).toBe(17);
    expect(first.fetch).toMatchObject({
      sessionId: 0,
      sessionEpoch: 0,
      minBytes: 1,
      maxWaitMs: 500,
      maxBytes: 10_485_760,
      replicaState: { replicaId: 2, replicaEpoch: 100 },
    });
    expect(first.fetch.topics[0]?.partitions[0]).toMatchObject({
      currentLeaderEpoch: 0,
      fetchOffset: 0,
      lastFetchedEpoch: -1,
      logStartOffset: 0,
      partitionMaxBytes: 1_048_576,
    });
    expect(named(first.fetch)).toEqual([`${TOPIC_ID}:0@0`, `${OTHER_ID}:0@0`]);
    answer(first.request, [{ records: stored(0, 2) }, { topicId: OTHER_ID }]);
    await written();
    const second = await nextFetch();
    expect(second.fetch).toMatchObject({ sessionId: SESSION, sessionEpoch: 1 });
    expect(named(second.fetch)).toEqual([`${TOPIC_ID}:0@2`]);
    expect(second.fetch.topics[0]?.partitions[0]?.lastFetchedEpoch).toBe(0);
    answer(second.request, []);
    const third = await nextFetch();
    expect(third.fetch.sessionEpoch).toBe(2);
    expect(named(third.fetch)).toEqual([]);
  });

  test('leaves only when what came before is in the file', async () => {
    follow();
    const first = await nextFetch();
    answer(first.request, [{ records: stored(0, 2) }]);
    await drained();
    expect(host.partition().log?.logEndOffset).toBe(2);
    expect(host.peers.unanswered).toBe(0);
    clock.endTick();
    expect(named((await nextFetch()).fetch)).toEqual([`${TOPIC_ID}:0@2`]);
  });

  test('names everything each time to a leader that has no room for a session', async () => {
    host.replicas.becomeLeaderOrFollower(
      aLeaderAndIsrOf([{ topic: 't' }, { topic: 'u', topicId: OTHER_ID }]),
    );
    const first = await nextFetch();
    answer(first.request, [{ records: stored(0, 1) }], 0);
    await written();
    const second = await nextFetch();
    expect(second.fetch).toMatchObject({ sessionId: 0, sessionEpoch: 0 });
    expect(named(second.fetch).sort()).toEqual([`${TOPIC_ID}:0@1`, `${OTHER_ID}:0@0`].sort());
  });

  test('goes by topic names while a topic has no id', async () => {
    host.replicas.becomeLeaderOrFollower(
      aLeaderAndIsrOf([{ topic: 't' }, { topic: 'u', topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }]),
    );
    const { request, fetch } = await nextFetch();
    expect(request.version).toBe(12);
    expect(fetch.replicaId).toBe(2);
    expect(named(fetch)).toEqual(['t:0@0', 'u:0@0']);
  });
});

describe('what the leader sends', () => {
  test('is appended, with its high watermark as far as the log goes', async () => {
    const request = await caughtUp(2);
    const { log } = host.partition();
    expect(log).toMatchObject({ logEndOffset: 2, highWatermark: 2, latestEpoch: 0 });
    answer(request, [{ records: stored(2, 2), highWatermark: 9 }]);
    await written();
    expect(log).toMatchObject({ logEndOffset: 4, highWatermark: 4 });
    expect(host.listener.events).toContain('hw t-0');
  });

  test('may be a high watermark without records', async () => {
    const request = await caughtUp(0);
    answer(request, [{ records: stored(0, 3), highWatermark: 0 }]);
    await written();
    answer((await nextFetch()).request, [{ highWatermark: 3 }]);
    await drained();
    expect(host.partition().log?.highWatermark).toBe(3);
  });

  test('does not take the high watermark back: a new leader may not know it yet', async () => {
    const request = await caughtUp(3);
    answer(request, [{ highWatermark: 1 }]);
    await drained();
    expect(host.partition().log?.highWatermark).toBe(3);
  });

  test('raises the log start', async () => {
    const request = await caughtUp(3);
    answer(request, [{ highWatermark: 3, logStartOffset: 2 }]);
    await drained();
    expect(host.partition().log?.logStartOffset).toBe(2);
  });

  test('raises the log start, of which the leader is told', async () => {
    answer(await caughtUp(3), [{ highWatermark: 3, logStartOffset: 0 }]);
    const second = await nextFetch();
    expect(named(second.fetch)).toEqual([]);
    answer(second.request, [{ highWatermark: 3, logStartOffset: 2 }]);
    const { fetch } = await nextFetch();
    expect(fetch.topics[0]?.partitions).toMatchObject([{ fetchOffset: 3, logStartOffset: 2 }]);
  });

  test('is ignored for a partition that is not followed any more', async () => {
    follow();
    const { request } = await nextFetch();
    host.replicas.stopReplicas(aStopReplica());
    answer(request, [{ records: stored(0, 2) }]);
    await written();
    expect(host.partition().log?.logEndOffset).toBe(0);
    const { fetch } = await nextFetch();
    expect(fetch.forgottenTopicsData).toEqual([{ topic: '', topicId: TOPIC_ID, partitions: [0] }]);
  });

  test('is ignored when it answers for an older leader epoch', async () => {
    follow();
    const { request } = await nextFetch();
    follow({ leaderEpoch: 1 });
    answer(request, [{ records: stored(0, 2) }]);
    await written();
    expect(host.partition().log?.logEndOffset).toBe(0);
    expect((await nextFetch()).fetch.topics[0]?.partitions[0]?.currentLeaderEpoch).toBe(1);
  });
});

describe('histories that parted', () => {
  test('are cut where the leader says, data and high watermark beside it do not count', async () => {
    const request = await caughtUp(5);
    answer(request, [
      {
        divergingEpoch: { epoch: 0, endOffset: 3 },
        records: stored(5, 2),
        highWatermark: 7,
        logStartOffset: 1,
      },
    ]);
    await written();
    expect(host.partition().log).toMatchObject({
      logEndOffset: 3,
      highWatermark: 3,
      logStartOffset: 0,
    });
    const next = await nextFetch();
    expect(named(next.fetch)).toEqual([`${TOPIC_ID}:0@3`]);
    answer(next.request, [{ records: stored(3, 1, 2), highWatermark: 4 }]);
    await written();
    expect(host.partition().log).toMatchObject({ logEndOffset: 4, latestEpoch: 2 });
  });

  test("are compared again when the follower does not know the leader's epoch", async () => {
    const request = await caughtUp(2);
    answer(request, [{ records: stored(2, 2, 3), highWatermark: 2 }]);
    await written();
    const third = await nextFetch();
    expect(third.fetch.topics[0]?.partitions[0]?.lastFetchedEpoch).toBe(3);
    answer(third.request, [{ divergingEpoch: { epoch: 1, endOffset: 4 } }]);
    await written();
    expect(host.partition().log?.logEndOffset).toBe(2);
    const fourth = await nextFetch();
    expect(fourth.fetch.topics[0]?.partitions[0]).toMatchObject({
      fetchOffset: 2,
      lastFetchedEpoch: 0,
    });
  });
});

describe('out of range', () => {
  async function answerOffset(offset: number, error: ErrorName = 'NONE'): Promise<number> {
    const request = await host.peers.next();
    const { replicaId, topics } = request.as(ListOffsetsRequest);
    expect(replicaId).toBe(2);
    const asked = topics[0]?.partitions[0];
    expect(asked?.currentLeaderEpoch).toBe(0);
    request.answer(ListOffsetsResponse, {
      throttleTimeMs: 0,
      topics: [
        { name: 't', partitions: [{ partitionIndex: 0, errorCode: errorCode(error), offset }] },
      ],
    });
    return asked?.timestamp ?? 0;
  }

  test('the leader ends earlier: the log is cut there', async () => {
    answer(await caughtUp(5), [{ error: 'OFFSET_OUT_OF_RANGE' }]);
    expect(await answerOffset(2)).toBe(-1);
    const { fetch } = await nextFetch();
    expect(named(fetch)).toEqual([`${TOPIC_ID}:0@2`]);
    expect(host.partition().log?.logEndOffset).toBe(2);
  });

  test('the leader starts later: the log starts over there', async () => {
    answer(await caughtUp(5), [{ error: 'OFFSET_OUT_OF_RANGE' }]);
    expect(await answerOffset(100)).toBe(-1);
    expect(await answerOffset(40)).toBe(-2);
    const { fetch } = await nextFetch();
    expect(named(fetch)).toEqual([`${TOPIC_ID}:0@40`]);
    expect(host.partition().log).toMatchObject({
      logStartOffset: 40,
      logEndOffset: 40,
      highWatermark: 40,
    });
  });

  test('the leader has the position by now: it is asked again', async () => {
    answer(await caughtUp(5), [{ error: 'OFFSET_OUT_OF_RANGE' }]);
    await answerOffset(8);
    await answerOffset(1);
    expect(named((await nextFetch()).fetch)).toEqual([`${TOPIC_ID}:0@5`]);
    expect(host.partition().log?.logEndOffset).toBe(5);
  });

  test.each`
    error                       | failed   | because
    ${'NOT_LEADER_OR_FOLLOWER'} | ${false} | ${'the leader may know more soon'}
    ${'FENCED_LEADER_EPOCH'}    | ${true}  | ${'only the controller can help'}
  `('the leader refuses with $error: $because', async ({ error, failed }) => {
    answer(await caughtUp(5), [{ error: 'OFFSET_OUT_OF_RANGE' }]);
    await answerOffset(0, error as ErrorName);
    await drained();
    expect(host.partition().log?.logEndOffset).toBe(5);
    expect(host.replicas.failedPartitions.has('t-0')).toBe(failed);
  });
});

describe('errors', () => {
  test.each`
    error                           | because
    ${'NOT_LEADER_OR_FOLLOWER'}     | ${'the leader has not heard from the controller yet'}
    ${'UNKNOWN_LEADER_EPOCH'}       | ${'the leader has not heard from the controller yet'}
    ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'the topic is being made or deleted'}
    ${'UNKNOWN_TOPIC_ID'}           | ${'the topic is being made or deleted'}
    ${'KAFKA_STORAGE_ERROR'}        | ${'the disk of the leader failed'}
  `(
    '$error: asked again after a while, and longer each time, because $because',
    async ({ error }) => {
      let request = await caughtUp(1);
      for (const backoffMs of [20, 40, 80]) {
        answer(request, [{ error: error as ErrorName }]);
        await drained();
        // Nothing is left in the session but to tell the leader so.
        const forgetting = await nextFetch();
        expect(forgetting.fetch.forgottenTopicsData).toHaveLength(1);
        answer(forgetting.request, []);
        await drained();
        clock.advance(backoffMs - 1);
        await drained();
        expect(host.peers.unanswered).toBe(0);
        clock.advance(1);
        ({ request } = await nextFetch());
      }
      answer(request, [{ records: stored(1, 1) }]);
      await written();
      expect(host.partition().log?.logEndOffset).toBe(2);
    },
  );

  test('FENCED_LEADER_EPOCH: not asked again until the controller speaks', async () => {
    answer(await caughtUp(1), [{ error: 'FENCED_LEADER_EPOCH' }]);
    await drained();
    expect([...host.replicas.failedPartitions]).toEqual(['t-0']);
    answer((await nextFetch()).request, []);
    await drained();
    clock.advance(60_000);
    await drained();
    expect(host.peers.unanswered).toBe(0);
    follow({ leaderEpoch: 1 });
    expect([...host.replicas.failedPartitions]).toEqual([]);
    expect((await nextFetch()).fetch.topics[0]?.partitions[0]?.currentLeaderEpoch).toBe(1);
  });

  test('a damaged batch: nothing is appended, and it is asked for again', async () => {
    const request = await caughtUp(1);
    const damaged = stored(1, 1);
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 0xff;
    answer(request, [{ records: damaged }]);
    await written();
    expect(host.partition().log?.logEndOffset).toBe(1);
    answer((await nextFetch()).request, []);
    await drained();
    clock.advance(20);
    answer((await nextFetch()).request, [{ records: stored(1, 1) }]);
    await written();
    expect(host.partition().log?.logEndOffset).toBe(2);
  });

  test('batches from elsewhere in the log: the partition is given up', async () => {
    const request = await caughtUp(3);
    answer(request, [{ records: stored(1, 1) }]);
    await drained();
    expect([...host.replicas.failedPartitions]).toEqual(['t-0']);
    expect(host.partition().log?.logEndOffset).toBe(3);
  });

  test('a lost connection: after a while a new one, and a full fetch that closes the old session', async () => {
    const request = await caughtUp(1);
    request.break();
    await drained();
    expect(host.peers.connections).toHaveLength(1);
    clock.advance(20);
    const { fetch } = await nextFetch();
    expect(host.peers.connections).toHaveLength(2);
    expect(fetch).toMatchObject({ sessionId: SESSION, sessionEpoch: 0 });
    expect(named(fetch)).toEqual([`${TOPIC_ID}:0@1`]);
  });

  test('a leader that cannot be reached is tried again, at the latest after the back-off', async () => {
    host.peers.isUnreachable = true;
    follow();
    for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 10) {
      await drained();
      clock.advance(10);
    }
    host.peers.isUnreachable = false;
    clock.advance(1_000);
    expect(named((await nextFetch()).fetch)).toEqual([`${TOPIC_ID}:0@0`]);
  });

  test.each`
    error                            | sessionId  | because
    ${'FETCH_SESSION_ID_NOT_FOUND'}  | ${0}       | ${'there is no session to close'}
    ${'INVALID_FETCH_SESSION_EPOCH'} | ${SESSION} | ${'the old session has to go'}
  `('$error: a full fetch at once, because $because', async ({ error, sessionId }) => {
    const request = await caughtUp(1);
    const refusal = { throttleTimeMs: 0, errorCode: errorCode(error as ErrorName), responses: [] };
    request.answer(FetchResponse, refusal);
    const { fetch } = await nextFetch();
    expect(fetch).toMatchObject({ sessionId, sessionEpoch: 0 });
    expect(named(fetch)).toEqual([`${TOPIC_ID}:0@1`]);
  });
});

describe('new partitions', () => {
  test('cut a long poll short', async () => {
    await caughtUp(1);
    host.replicas.becomeLeaderOrFollower(aLeaderAndIsrOf([{ topic: 'u', topicId: OTHER_ID }]));
    await drained();
    clock.advance(10);
    const { fetch } = await nextFetch();
    expect(host.peers.connections).toHaveLength(2);
    expect(fetch).toMatchObject({ sessionId: SESSION, sessionEpoch: 0 });
    expect(named(fetch)).toEqual([`${TOPIC_ID}:0@1`, `${OTHER_ID}:0@0`]);
  });

  test('do not make an unreachable leader be tried without pause', async () => {
    await caughtUp(1);
    host.peers.isUnreachable = true;
    host.replicas.becomeLeaderOrFollower(aLeaderAndIsrOf([{ topic: 'u', topicId: OTHER_ID }]));
    await drained();
    clock.advance(10);
    await drained();
    host.peers.isUnreachable = false;
    await drained();
    expect(host.peers.unanswered).toBe(0);
    clock.advance(1_000);
    expect(named((await nextFetch()).fetch)).toEqual([`${TOPIC_ID}:0@1`, `${OTHER_ID}:0@0`]);
  });

  test('wait for an answer that comes soon', async () => {
    const request = await caughtUp(1);
    host.replicas.becomeLeaderOrFollower(aLeaderAndIsrOf([{ topic: 'u', topicId: OTHER_ID }]));
    clock.advance(9);
    answer(request, []);
    const { fetch } = await nextFetch();
    clock.advance(1);
    expect(host.peers.connections).toHaveLength(1);
    expect(named(fetch)).toEqual([`${OTHER_ID}:0@0`]);
  });

  test('do not cost a connection each when many come', async () => {
    await caughtUp(1);
    for (let i = 0; i < 10; i++) {
      const topicId = `AAAAAAAAAAAAAAAAAAAAB${'AQgw'.charAt(i % 4)}`;
      host.replicas.becomeLeaderOrFollower(aLeaderAndIsrOf([{ topic: `u${String(i)}`, topicId }]));
      await drained();
      clock.advance(20);
      await drained();
    }
    expect(host.peers.connections.length).toBeLessThanOrEqual(4);
  });
});

test('a topic made anew under its old name takes the place of the old one in the session', async () => {
  const request = await caughtUp(1);
  host.replicas.stopReplicas(aStopReplica({ isDelete: true, leaderEpoch: -2 }));
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ topicId: OTHER_ID }));
  answer(request, []);
  const { fetch } = await nextFetch();
  expect(named(fetch)).toEqual([`${OTHER_ID}:0@0`]);
  expect(fetch.forgottenTopicsData).toEqual([{ topic: '', topicId: TOPIC_ID, partitions: [0] }]);
});

test('the leader is found anew for each connection', async () => {
  (await caughtUp(1)).break();
  host.metadata.update(anUpdateMetadata({ brokers: [2, 3] }));
  await drained();
  clock.advance(20);
  await drained();
  expect(host.peers.connections).toHaveLength(1);
  host.metadata.update(anUpdateMetadata({ brokers: [1, 2, 3] }));
  clock.advance(1_000);
  await nextFetch();
  expect(host.peers.connections).toHaveLength(2);
});

test('an idle fetcher closes its connection', async () => {
  const request = await caughtUp(1);
  follow({ leader: 2, leaderEpoch: 1 });
  await drained();
  expect(host.partition().isLeader).toBe(true);
  answer(request, [{ records: stored(1, 1) }]);
  await drained();
  expect(host.peers.unanswered).toBe(0);
  expect(host.partition().log?.logEndOffset).toBe(1);
});

test('another num.replica.fetchers spreads the partitions anew', async () => {
  const partitions = [0, 1, 2, 3, 4, 5];
  host.replicas.becomeLeaderOrFollower(
    aLeaderAndIsrOf(partitions.map((partition) => ({ partition }))),
  );
  const only = await nextFetch();
  expect(named(only.fetch)).toHaveLength(partitions.length);
  host.config.applyDynamic({ defaults: { 'num.replica.fetchers': '2' }, broker: {} });
  host.replicas.redistributeFetchers();
  const added = await nextFetch();
  expect(added.request.target.clientId).toBe('broker-2-fetcher-1');
  // The one that stays is told what went, and neither fetches what the other has.
  answer(only.request, []);
  const rest = await nextFetch();
  const forgotten = rest.fetch.forgottenTopicsData.flatMap(({ partitions: gone }) => gone);
  const moved = added.fetch.topics.flatMap(({ partitions: taken }) => taken);
  expect(new Set(forgotten)).toEqual(new Set(moved.map(({ partition }) => partition)));
  expect(forgotten).toHaveLength(partitions.length / 2);
});

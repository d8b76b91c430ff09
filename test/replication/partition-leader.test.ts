import type { AppendRequest, Partition } from '../../src/replication/partition';
import { anUpdateMetadata } from '../builders/cluster-metadata';
import { aLeaderAndIsr } from '../builders/control-requests';
import { drained } from '../builders/drained';
import { ManualClock } from '../builders/manual-clock';
import { aBatch, ReplicaHost } from '../builders/replica-host';

let clock: ManualClock;
let host: ReplicaHost;

async function aHost(properties: Readonly<Record<string, string>> = {}): Promise<void> {
  clock = new ManualClock();
  host = await ReplicaHost.start({ clock, brokerId: 1, properties });
  host.metadata.update(anUpdateMetadata({ brokers: [1, 2, 3] }));
}

afterEach(() => host.stop());

function lead(options: Parameters<typeof aLeaderAndIsr>[0] = {}): Partition {
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsr(options));
  return host.partition();
}

const ACKS_ALL: AppendRequest = { requiredAcks: -1, origin: 'client' };
const ACKS_1: AppendRequest = { requiredAcks: 1, origin: 'client' };

/** Appends `count` records and writes them to the file. */
function append(partition: Partition, count: number, request = ACKS_ALL): void {
  for (let i = 0; i < count; i++) partition.appendRecordsAsLeader(aBatch('x'), request);
  clock.endTick();
}

/** The follower fetches: it has all below `fetchOffset`. */
function fetched(partition: Partition, brokerId: number, fetchOffset: number): void {
  const reader = { kind: 'follower' as const, brokerId, brokerEpoch: 70 };
  const { endOffset } = partition.locate({
    reader,
    fetchOffset,
    currentLeaderEpoch: partition.leaderEpoch,
    lastFetchedEpoch: -1,
  });
  partition.recordFollowerFetch(brokerId, {
    brokerEpoch: 70,
    fetchOffset,
    logStartOffset: 0,
    leaderEndOffset: endOffset,
  });
}

describe('a new leader', () => {
  test('notes where its epoch begins, though nothing follows', async () => {
    await aHost();
    const partition = lead({ leaderEpoch: 4 });
    expect(partition.isLeader).toBe(true);
    expect(partition.log?.latestEpoch).toBe(4);
    expect(partition.endOffsetForEpoch(4, { currentLeaderEpoch: 4, leaderOnly: true })).toEqual({
      epoch: 4,
      endOffset: 0,
    });
  });

  test('ignores a state older than the one it knows', async () => {
    await aHost();
    const partition = lead({ leaderEpoch: 4, partitionEpoch: 8 });
    expect(
      partition.becomeLeader({
        leader: 1,
        leaderEpoch: 5,
        partitionEpoch: 7,
        isr: [1],
        replicas: [1],
        addingReplicas: [],
        removingReplicas: [],
      }),
    ).toBeUndefined();
    expect(partition.leaderEpoch).toBe(4);
    expect(partition.isr).toEqual([1, 2, 3]);
  });
});

describe('the high watermark', () => {
  test('counts only what is in the file', async () => {
    await aHost();
    const partition = lead({ isr: [1], replicas: [1] });
    partition.appendRecordsAsLeader(aBatch('x'), ACKS_ALL);
    expect(partition.log?.highWatermark).toBe(0);
    expect(partition.checkEnoughReplicas(1)).toBe('pending');
    clock.endTick();
    expect(partition.log?.highWatermark).toBe(1);
    expect(partition.checkEnoughReplicas(1)).toBe('NONE');
    expect(host.listener.take()).toEqual(['leader@0 t-0', 'hw t-0']);
  });

  test('waits for the slowest member of the ISR', async () => {
    await aHost();
    const partition = lead();
    append(partition, 3);
    fetched(partition, 2, 3);
    expect(partition.log?.highWatermark).toBe(0);
    fetched(partition, 3, 2);
    expect(partition.log?.highWatermark).toBe(2);
    fetched(partition, 3, 3);
    expect(partition.log?.highWatermark).toBe(3);
  });

  test('does not fall when a follower falls behind, nor when the leader is elected again', async () => {
    await aHost();
    const partition = lead();
    append(partition, 3);
    fetched(partition, 2, 3);
    fetched(partition, 3, 3);
    expect(partition.log?.highWatermark).toBe(3);
    fetched(partition, 3, 1);
    expect(partition.log?.highWatermark).toBe(3);
    lead({ leaderEpoch: 1 });
    expect(partition.log?.highWatermark).toBe(3);
  });

  test('stands still while the ISR is below the minimum, also for acks=1', async () => {
    await aHost({ 'min.insync.replicas': '2' });
    const partition = lead({ isr: [1, 2] });
    append(partition, 2);
    fetched(partition, 2, 2);
    lead({ leaderEpoch: 1, isr: [1] });
    append(partition, 2, ACKS_1);
    expect(partition.isUnderMinIsr).toBe(true);
    expect(partition.log?.highWatermark).toBe(2);
    expect(() => partition.appendRecordsAsLeader(aBatch('x'), ACKS_ALL)).toThrow(
      expect.objectContaining({ errorName: 'NOT_ENOUGH_REPLICAS' }) as Error,
    );
    expect(partition.log?.logEndOffset).toBe(4);
  });

  test('moves when the minimum is lowered', async () => {
    await aHost({ 'min.insync.replicas': '2' });
    const partition = lead({ isr: [1] });
    append(partition, 1, ACKS_1);
    clock.advance(30_001);
    expect(partition.log?.highWatermark).toBe(0);
    host.replicas.updateTopicConfig('t', { ...partition.settings, 'min.insync.replicas': 1 });
    expect(partition.log?.highWatermark).toBe(1);
  });
});

describe('the ISR', () => {
  test('takes in a follower that has caught up, who counts from the proposal on', async () => {
    await aHost();
    const partition = lead({ isr: [1, 2] });
    append(partition, 2);
    fetched(partition, 2, 2);
    // Broker 3 has never been caught up, so it does not hold the high watermark back.
    expect(partition.log?.highWatermark).toBe(2);
    fetched(partition, 3, 2);
    expect(host.isrUpdates.last).toEqual({
      topic: 't',
      topicId: partition.topicId,
      partition: 0,
      leaderEpoch: 0,
      partitionEpoch: 0,
      isr: [1, 2, 3],
      joining: { brokerId: 3, brokerEpoch: 70 },
    });
    expect(partition.isr).toEqual([1, 2]);
    append(partition, 1);
    clock.advance(30_001);
    fetched(partition, 2, 3);
    expect(partition.log?.highWatermark).toBe(2);

    host.isrUpdates.accept();
    await drained();
    expect(partition.isr).toEqual([1, 2, 3]);
    expect(partition.partitionEpoch).toBe(1);
    expect(host.listener.events).toContain('expanded t-0');
  });

  test('does not take in a follower that has not reached the start of the epoch', async () => {
    await aHost();
    const partition = lead({ isr: [1], replicas: [1, 2] });
    append(partition, 2);
    lead({ leaderEpoch: 1, isr: [1, 2], replicas: [1, 2] });
    append(partition, 2);
    lead({ leaderEpoch: 2, isr: [1], replicas: [1, 2] });
    fetched(partition, 2, 3);
    expect(host.isrUpdates.submitted).toEqual([]);
    fetched(partition, 2, 4);
    expect(host.isrUpdates.submitted).toHaveLength(1);
  });

  test('drops a follower that lags too long, and waits for the controller with the high watermark', async () => {
    await aHost();
    const partition = lead();
    append(partition, 2);
    fetched(partition, 2, 2);
    clock.advance(29_000);
    fetched(partition, 2, 2);
    clock.advance(1_000);
    expect(host.isrUpdates.submitted).toEqual([]);
    clock.advance(15_000);
    expect(host.isrUpdates.last?.isr).toEqual([1, 2]);
    expect(partition.log?.highWatermark).toBe(0);

    host.isrUpdates.accept();
    await drained();
    expect(partition.isr).toEqual([1, 2]);
    expect(partition.log?.highWatermark).toBe(2);
    expect(host.listener.events).toContain('shrunk t-0');
  });

  test('keeps a follower that has everything, however long nothing happens', async () => {
    await aHost();
    const partition = lead({ replicas: [1, 2] });
    append(partition, 1);
    fetched(partition, 2, 1);
    clock.advance(300_000);
    expect(host.isrUpdates.submitted).toEqual([]);
    expect(partition.log?.highWatermark).toBe(1);
  });

  test('has one change pending at a time', async () => {
    await aHost();
    const partition = lead({ isr: [1] });
    fetched(partition, 2, 0);
    fetched(partition, 3, 0);
    expect(host.isrUpdates.submitted.map(({ isr }) => isr)).toEqual([[1, 2]]);
    host.isrUpdates.accept();
    await drained();
    fetched(partition, 3, 0);
    expect(host.isrUpdates.last).toMatchObject({ isr: [1, 2, 3], partitionEpoch: 1 });
  });

  test('a refused change is taken back, and proposed anew later', async () => {
    await aHost();
    const partition = lead({ isr: [1] });
    fetched(partition, 2, 0);
    host.isrUpdates.answer({ error: 'INELIGIBLE_REPLICA' });
    await drained();
    expect(partition.leadership?.maximalIsr).toEqual([1]);
    fetched(partition, 2, 0);
    expect(host.isrUpdates.submitted).toHaveLength(2);
  });

  test('an unexpected error makes it ask again', async () => {
    await aHost();
    const partition = lead({ isr: [1] });
    fetched(partition, 2, 0);
    host.isrUpdates.answer({ error: 'UNKNOWN_SERVER_ERROR' });
    await drained();
    expect(partition.leadership?.maximalIsr).toEqual([1, 2]);
    clock.advance(50);
    expect(host.isrUpdates.submitted).toHaveLength(2);
    host.isrUpdates.accept();
    await drained();
    expect(partition.isr).toEqual([1, 2]);
  });

  test('LeaderAndIsr overrules a pending change; its answer, when it comes, is ignored', async () => {
    await aHost();
    const partition = lead({ isr: [1] });
    fetched(partition, 2, 0);
    lead({ leaderEpoch: 1, partitionEpoch: 5, isr: [1] });
    expect(partition.leadership?.maximalIsr).toEqual([1]);
    host.isrUpdates.accept();
    await drained();
    expect(partition.isr).toEqual([1]);
    expect(partition.partitionEpoch).toBe(5);
  });

  test('the answer means nothing to a broker that leads no more', async () => {
    await aHost();
    const partition = lead({ isr: [1] });
    fetched(partition, 2, 0);
    lead({ leaderEpoch: 1, leader: 2 });
    host.isrUpdates.accept();
    await drained();
    expect(partition.isLeader).toBe(false);
    expect(partition.isr).toEqual([]);
    expect(partition.partitionEpoch).toBe(1);
  });

  test('a broker that is not alive is not taken in', async () => {
    await aHost();
    const partition = lead({ isr: [1] });
    host.metadata.update(anUpdateMetadata({ brokers: [1, 3] }));
    fetched(partition, 2, 0);
    expect(host.isrUpdates.submitted).toEqual([]);
  });
});

describe('acks=all', () => {
  test.each`
    isr       | maximal   | reached  | answer                                | because
    ${[1, 2]} | ${[1, 2]} | ${false} | ${'pending'}                          | ${'not all have it'}
    ${[1, 2]} | ${[1, 2]} | ${true}  | ${'NONE'}                             | ${'all have it'}
    ${[1]}    | ${[1]}    | ${true}  | ${'NOT_ENOUGH_REPLICAS_AFTER_APPEND'} | ${'the ISR became too small meanwhile'}
  `('is $answer: $because', async ({ isr, reached, answer }) => {
    await aHost({ 'min.insync.replicas': '2' });
    const partition = lead({ isr: [1, 2] });
    append(partition, 1);
    if (reached) fetched(partition, 2, 1);
    lead({ leaderEpoch: 1, isr });
    expect(partition.checkEnoughReplicas(1)).toBe(answer);
  });

  test('is over when the leadership is', async () => {
    await aHost();
    const partition = lead();
    append(partition, 1);
    lead({ leaderEpoch: 1, leader: 2 });
    expect(partition.checkEnoughReplicas(1)).toBe('NOT_LEADER_OR_FOLLOWER');
    expect(() => partition.appendRecordsAsLeader(aBatch('x'), ACKS_1)).toThrow(
      expect.objectContaining({ errorName: 'NOT_LEADER_OR_FOLLOWER' }) as Error,
    );
  });

  test('needs no more replicas than the partition has', async () => {
    await aHost({ 'min.insync.replicas': '3' });
    const partition = lead({ replicas: [1, 2] });
    append(partition, 1);
    fetched(partition, 2, 1);
    expect(partition.checkEnoughReplicas(1)).toBe('NONE');
  });
});

test.each`
  replicas        | adding    | isr          | under    | because
  ${[1, 2, 3]}    | ${[]}     | ${[1, 2, 3]} | ${false} | ${'all are in sync'}
  ${[1, 2, 3]}    | ${[]}     | ${[1, 2]}    | ${true}  | ${'one is not'}
  ${[1, 2, 3, 4]} | ${[4]}    | ${[1, 2, 3]} | ${false} | ${'one that is being added is not missing'}
  ${[1, 2, 3, 4]} | ${[3, 4]} | ${[1]}       | ${true}  | ${'one of the old ones is missing'}
`('under-replicated is $under: $because', async ({ replicas, adding, isr, under }) => {
  await aHost();
  expect(lead({ replicas, adding, isr }).isUnderReplicated).toBe(under);
});

import { replicasOf } from '../../../src/controller/state/context';
import { registrationOf } from '../../builders/controller-cluster';
import { aContext, aPartition } from '../../builders/controller-context';

const keys = (partitions: Iterable<{ key: string }>): string[] =>
  [...partitions].map(({ key }) => key).sort();

test('partitions are found by the brokers of their replicas and by their leader', () => {
  const context = aContext();
  aPartition(context, 'a', { replicas: [0, 1], leader: 0 });
  const moved = aPartition(context, 'a', { replicas: [1, 2], leader: 1 });
  aPartition(context, 'b', { replicas: [2], leader: -1 });
  expect(keys(context.partitionsOn(1))).toEqual(['a-0', 'a-1']);
  expect(keys(context.partitionsOn(7))).toEqual([]);
  expect(keys(context.partitionsLedBy(1))).toEqual(['a-1']);
  context.setLeadership(moved, {
    leader: 2,
    leaderEpoch: 4,
    isr: [2],
    controllerEpoch: 1,
    recovering: false,
    zkVersion: 5,
  });
  expect(keys(context.partitionsLedBy(1))).toEqual([]);
  expect(keys(context.partitionsLedBy(2))).toEqual(['a-1']);
});

test('partitions without a leader are known without a search', () => {
  const context = aContext();
  const led = aPartition(context, 't', { replicas: [0], leader: 0 });
  aPartition(context, 't', { replicas: [1] });
  aPartition(context, 't', { replicas: [2], leader: -1 });
  expect(keys(context.leaderless)).toEqual(['t-1', 't-2']);
  context.setPartitionState(led, 'OfflinePartition');
  expect(keys(context.leaderless)).toEqual(['t-0', 't-1', 't-2']);
  context.setPartitionState(led, 'OnlinePartition');
  expect(keys(context.leaderless)).toEqual(['t-1', 't-2']);
});

test('a topic that is removed leaves nothing behind', () => {
  const context = aContext();
  const partition = aPartition(context, 't', { replicas: [0, 1], leader: -1 });
  context.markOfflineDir(0, partition);
  context.queueForDeletion('t');
  context.removeTopic('t');
  expect(context.partition('t', 0)).toBeUndefined();
  expect(context.topicName('id-of-t')).toBeUndefined();
  expect(context.isQueuedForDeletion('t')).toBe(false);
  for (const index of [context.partitionsOn(0), context.partitionsLedBy(-1), context.leaderless]) {
    expect(keys(index)).toEqual([]);
  }
});

test.each`
  situation          | live     | online   | reachable | because
  ${'registered'}    | ${true}  | ${true}  | ${true}   | ${'the broker is there'}
  ${'shutting down'} | ${false} | ${false} | ${true}   | ${'it still hears requests, but leads nothing new'}
  ${'failed disk'}   | ${true}  | ${false} | ${false}  | ${'its other partitions go on'}
  ${'gone'}          | ${false} | ${false} | ${false}  | ${'it is not registered'}
`('a broker that is $situation: $because', ({ situation, live, online, reachable }) => {
  const context = aContext();
  const partition = aPartition(context, 't', { replicas: [0, 1], leader: 1 });
  if (situation === 'shutting down') context.markShuttingDown(0);
  if (situation === 'failed disk') context.markOfflineDir(0, partition);
  if (situation === 'gone') context.removeBroker(0);
  expect([
    context.isLive(0),
    context.isOnline(0, partition),
    context.isReachable(0, partition),
  ]).toEqual([live, online, reachable]);
});

test('a broker that comes back is neither shutting down nor has it failed disks', () => {
  const context = aContext();
  const partition = aPartition(context, 't', { replicas: [0], leader: 0 });
  context.markShuttingDown(0);
  context.markOfflineDir(0, partition);
  context.removeBroker(0);
  context.setBroker({ ...registrationOf(0), epoch: 200 });
  expect(context.isOnline(0, partition)).toBe(true);
});

test('every replica of every partition', () => {
  const context = aContext();
  const partition = aPartition(context, 't', { replicas: [2, 0], leader: 2 });
  expect(replicasOf([partition])).toEqual([
    { partition, broker: 2 },
    { partition, broker: 0 },
  ]);
});

describe('another assignment', () => {
  const moving = { replicas: [2, 0], adding: [2], removing: [0] };

  function whereIs(context: ReturnType<typeof aContext>, key: string): number[] {
    return [0, 1, 2].filter((id) => [...context.partitionsOn(id)].some((each) => each.key === key));
  }

  test('moves the partition from broker to broker', () => {
    const context = aContext();
    const partition = aPartition(context, 't', { replicas: [0, 1], leader: 0 });
    aPartition(context, 't', { replicas: [0, 1], leader: 0 });
    context.setAssignment(partition, moving);
    expect(whereIs(context, 't-0')).toEqual([0, 2]);
    expect(whereIs(context, 't-1')).toEqual([0, 1]);
  });

  test('is on the move until nothing is added or removed any more', () => {
    const context = aContext();
    const partition = aPartition(context, 't', { replicas: [0, 1], leader: 0 });
    context.setAssignment(partition, moving);
    expect([...context.reassigning]).toEqual([partition]);
    expect(context.isTopicBeingReassigned('t')).toBe(true);
    expect(context.isTopicBeingReassigned('other')).toBe(false);
    context.setAssignment(partition, { replicas: [2], adding: [], removing: [] });
    expect(context.reassigning.size).toBe(0);
    expect(context.isTopicBeingReassigned('t')).toBe(false);
  });

  test('ends with its topic', () => {
    const context = aContext();
    const partition = aPartition(context, 't', { replicas: [0, 1], leader: 0 });
    context.setAssignment(partition, moving);
    context.removeTopic('t');
    expect(context.reassigning.size).toBe(0);
    expect(whereIs(context, 't-0')).toEqual([]);
  });

  test('forgets the failed disk of a replica that goes, and of no other', () => {
    const context = aContext();
    const partition = aPartition(context, 't', { replicas: [0, 1], leader: 0 });
    for (const id of [0, 1]) context.markOfflineDir(id, partition);
    context.setAssignment(partition, moving);
    expect([0, 1].map((id) => context.isOnline(id, partition))).toEqual([false, true]);
  });
});

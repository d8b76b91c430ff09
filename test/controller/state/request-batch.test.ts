import { RequestBatch } from '../../../src/controller/state/request-batch';
import type { BrokerRequest } from '../../../src/controller/state/request-batch';
import { aContext, aPartition } from '../../builders/controller-context';

const show = ({ kind, broker, partitions }: BrokerRequest): string =>
  `${String(broker)} ${kind} ${partitions.map(({ partition }) => partition.key).join(' ')}`.trim();

test('brokers hear LeaderAndIsr first, then UpdateMetadata, then StopReplica', () => {
  const context = aContext();
  const first = aPartition(context, 't', { replicas: [0, 1], leader: 0 });
  const second = aPartition(context, 't', { replicas: [0, 1], leader: 0 });
  const batch = new RequestBatch(context);
  batch.addStopReplica(1, second, false);
  batch.addUpdateMetadata([2]);
  batch.addLeaderAndIsr([0, 1], first);
  expect(batch.requests().map(show)).toEqual([
    '0 LeaderAndIsr t-0',
    '1 LeaderAndIsr t-0',
    '2 UpdateMetadata t-0',
    '0 UpdateMetadata t-0',
    '1 UpdateMetadata t-0',
    '1 StopReplica t-1',
  ]);
});

test('who gets LeaderAndIsr is told by UpdateMetadata with all others', () => {
  const context = aContext();
  const batch = new RequestBatch(context);
  batch.addLeaderAndIsr([1], aPartition(context, 't', { replicas: [1], leader: 1 }));
  expect(batch.requests().map(show)).toEqual([
    '1 LeaderAndIsr t-0',
    '0 UpdateMetadata t-0',
    '1 UpdateMetadata t-0',
    '2 UpdateMetadata t-0',
  ]);
});

test('only registered brokers are sent anything, those that are shutting down included', () => {
  const context = aContext({ brokers: [0, 1] });
  context.markShuttingDown(1);
  const partition = aPartition(context, 't', { replicas: [0, 1, 9], leader: 0 });
  const batch = new RequestBatch(context);
  batch.addLeaderAndIsr([-1, 0, 1, 9], partition);
  batch.addStopReplica(9, partition, true);
  expect(batch.requests().map(show)).toEqual([
    '0 LeaderAndIsr t-0',
    '1 LeaderAndIsr t-0',
    '0 UpdateMetadata t-0',
    '1 UpdateMetadata t-0',
  ]);
});

test('the last word on a partition wins, and once new or to be deleted stays so', () => {
  const context = aContext({ brokers: [0] });
  const partition = aPartition(context, 't', { replicas: [0], leader: 0 });
  const batch = new RequestBatch(context);
  batch.addLeaderAndIsr([0], partition, true);
  batch.addStopReplica(0, partition, true);
  const leadership = {
    leader: 0,
    leaderEpoch: 9,
    isr: [0],
    controllerEpoch: 2,
    recovering: false,
    zkVersion: 9,
  };
  context.setLeadership(partition, leadership);
  batch.addLeaderAndIsr([0], partition, false);
  batch.addStopReplica(0, partition, false);
  const [leaderAndIsr, , stopReplica] = batch.requests();
  expect(leaderAndIsr?.partitions).toEqual([{ partition, leadership, isNew: true }]);
  expect(stopReplica?.partitions).toEqual([{ partition, leaderEpoch: 9, deletePartition: true }]);
});

test.each`
  leader       | isDeleted | epoch | because
  ${0}         | ${false}  | ${3}  | ${'a stopped replica obeys the current epoch'}
  ${undefined} | ${false}  | ${-1} | ${'there never was a leader'}
  ${0}         | ${true}   | ${-2} | ${'a topic being deleted is past epochs'}
  ${undefined} | ${true}   | ${-2} | ${'a topic being deleted is past epochs'}
`('StopReplica carries epoch $epoch because $because', ({ leader, isDeleted, epoch }) => {
  const context = aContext();
  const partition = aPartition(context, 't', {
    replicas: [0],
    ...(leader === undefined ? {} : { leader }),
  });
  if (isDeleted) context.queueForDeletion('t');
  const batch = new RequestBatch(context);
  batch.addStopReplica(0, partition, false);
  expect(batch.requests()).toMatchObject([
    { kind: 'StopReplica', partitions: [{ leaderEpoch: epoch }] },
  ]);
});

test.each`
  leader       | isDeleted | told                                                              | because
  ${0}         | ${false}  | ${[{ leadership: { leader: 0, leaderEpoch: 3, zkVersion: 4 } }]}  | ${'it has a leader'}
  ${-1}        | ${false}  | ${[{ leadership: { leader: -1, leaderEpoch: 3, zkVersion: 4 } }]} | ${'it lost its leader'}
  ${0}         | ${true}   | ${[{ leadership: { leader: -2, leaderEpoch: 0, zkVersion: 0 } }]} | ${'metadata caches drop what has leader −2'}
  ${undefined} | ${false}  | ${[]}                                                             | ${'there never was a leader'}
`('UpdateMetadata says $told because $because', ({ leader, isDeleted, told }) => {
  const context = aContext({ brokers: [0] });
  const partition = aPartition(context, 't', {
    replicas: [0],
    ...(leader === undefined ? {} : { leader }),
  });
  if (isDeleted) context.queueForDeletion('t');
  const batch = new RequestBatch(context);
  batch.addUpdateMetadata([0], [partition]);
  expect(batch.requests()).toMatchObject([{ kind: 'UpdateMetadata', partitions: told }]);
});

test('replicas are offline on brokers that are gone, shutting down, or whose directory failed', () => {
  const context = aContext({ brokers: [0, 1, 2] });
  context.markShuttingDown(1);
  const partition = aPartition(context, 't', { replicas: [0, 1, 2, 9], leader: 0 });
  context.markOfflineDir(2, partition);
  const batch = new RequestBatch(context);
  batch.addUpdateMetadata([0], [partition]);
  expect(batch.requests()).toMatchObject([{ partitions: [{ offlineReplicas: [1, 2, 9] }] }]);
});

test('a batch without anything sends nothing', () => {
  expect(new RequestBatch(aContext()).requests()).toEqual([]);
});

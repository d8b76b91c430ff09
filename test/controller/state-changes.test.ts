/** The controller's lines of the state-change log, on a ZooKeeper in memory. */
import { LeveledLog, LogLevels } from '../../src/platform/log-levels';
import { StateChanges } from '../../src/controller/state-changes';
import { MemoryControllerCluster } from '../builders/controller-cluster';
import { RecordingLog } from '../builders/recording-log';

let cluster: MemoryControllerCluster;

beforeEach(() => {
  cluster = new MemoryControllerCluster();
});
afterEach(() => cluster.assertNoBug());

/** What the controller has said of state changes since this was last asked. */
function said(level: string): string[] {
  return cluster.active.log.lines
    .splice(0)
    .filter((line) => line.level === level && line.message.startsWith('controller epoch'))
    .map(({ message }) => message);
}

test('every change of leader, ISR or leader epoch in ZooKeeper has its line', async () => {
  await cluster.startAll(1, 2, 3);
  said('info');
  await cluster.createTopic('orders', [
    [2, 3, 1],
    [3, 1, 2],
  ]);
  expect(said('info')).toEqual([
    'controller epoch 1, orders-0, leader 2, leader epoch 0, ISR 2,3,1',
    'controller epoch 1, orders-1, leader 3, leader epoch 0, ISR 3,1,2',
  ]);
  await cluster.kill(2);
  expect(said('info').sort()).toEqual([
    'controller epoch 1, orders-0, leader 2 → 3, leader epoch 0 → 1, ISR 2,3,1 → 3,1',
    'controller epoch 1, orders-1, leader 3, leader epoch 0 → 1, ISR 3,1,2 → 3,1',
  ]);
});

test('the steps of partitions and replicas are there for who traces', async () => {
  await cluster.startAll(1, 2);
  said('trace');
  await cluster.createTopic('orders', [[1, 2]]);
  expect(said('trace')).toEqual([
    'controller epoch 1, orders-0, NonExistentPartition → NewPartition',
    'controller epoch 1, replica 1 of orders-0, NonExistentReplica → NewReplica',
    'controller epoch 1, replica 2 of orders-0, NonExistentReplica → NewReplica',
    'controller epoch 1, orders-0, NewPartition → OnlinePartition',
    'controller epoch 1, replica 1 of orders-0, NewReplica → OnlineReplica',
    'controller epoch 1, replica 2 of orders-0, NewReplica → OnlineReplica',
  ]);
});

test('what is not written is not put together', () => {
  const log = new LeveledLog(new RecordingLog(), new LogLevels('warn'));
  const changes = new StateChanges(log, 1);
  const untouchable = new Proxy({} as Parameters<StateChanges['noteLeadership']>[0], {
    get: () => {
      throw new Error('looked at');
    },
  });
  const state = { leader: 1, leaderEpoch: 0, isr: [1], controllerEpoch: 1, recovering: false };
  expect(() => changes.noteLeadership(untouchable, undefined, state)).not.toThrow();
  expect(() => changes.noteTransition(untouchable, 'a', 'b')).not.toThrow();
});

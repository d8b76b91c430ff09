import { mayPartitionEnter, mayReplicaEnter } from '../../../src/controller/state/transitions';
import type {
  PartitionStateName,
  ReplicaStateName,
} from '../../../src/controller/state/transitions';

const PARTITION_STATES: readonly PartitionStateName[] = [
  'NonExistentPartition',
  'NewPartition',
  'OnlinePartition',
  'OfflinePartition',
];
const REPLICA_STATES: readonly ReplicaStateName[] = [
  'NonExistentReplica',
  'NewReplica',
  'OnlineReplica',
  'OfflineReplica',
  'ReplicaDeletionStarted',
  'ReplicaDeletionSuccessful',
  'ReplicaDeletionIneligible',
];

test.each`
  target                    | from                                                       | because
  ${'NewPartition'}         | ${['NonExistentPartition']}                                | ${'a partition is new once'}
  ${'OnlinePartition'}      | ${['NewPartition', 'OnlinePartition', 'OfflinePartition']} | ${'any known partition may get a leader'}
  ${'OfflinePartition'}     | ${['NewPartition', 'OnlinePartition', 'OfflinePartition']} | ${'any known partition may be without one'}
  ${'NonExistentPartition'} | ${['OfflinePartition']}                                    | ${'a partition loses its leader before it is deleted'}
`('a partition may enter $target from $from: $because', ({ target, from }) => {
  expect(PARTITION_STATES.filter((state) => mayPartitionEnter(target, state))).toEqual(from);
});

test.each`
  target                         | from                                                                              | because
  ${'NewReplica'}                | ${['NonExistentReplica']}                                                         | ${'a replica is new once'}
  ${'OnlineReplica'}             | ${['NewReplica', 'OnlineReplica', 'OfflineReplica', 'ReplicaDeletionIneligible']} | ${'its broker is there'}
  ${'OfflineReplica'}            | ${['NewReplica', 'OnlineReplica', 'OfflineReplica', 'ReplicaDeletionIneligible']} | ${'its broker is gone, or it is stopped'}
  ${'ReplicaDeletionStarted'}    | ${['OfflineReplica']}                                                             | ${'a replica is stopped before it is deleted'}
  ${'ReplicaDeletionSuccessful'} | ${['ReplicaDeletionStarted']}                                                     | ${'its broker has answered'}
  ${'ReplicaDeletionIneligible'} | ${['OfflineReplica', 'ReplicaDeletionStarted']}                                   | ${'it could not be deleted'}
  ${'NonExistentReplica'}        | ${['ReplicaDeletionSuccessful']}                                                  | ${'it is deleted'}
`('a replica may enter $target from $from: $because', ({ target, from }) => {
  expect(REPLICA_STATES.filter((state) => mayReplicaEnter(target, state))).toEqual(from);
});

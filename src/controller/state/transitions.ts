/**
 * The life of a partition and of a replica as the controller sees them: the states, and from which state
 * each may be entered. Source: Kafka's `PartitionStateMachine` and `ReplicaStateMachine`.
 */

export type PartitionStateName =
  | 'NonExistentPartition'
  /** Known, but it never had a leader. */
  | 'NewPartition'
  /** It has a leader, which was alive when last seen. */
  | 'OnlinePartition'
  /** Its leader is gone and nobody could follow. */
  | 'OfflinePartition';

export type ReplicaStateName =
  | 'NonExistentReplica'
  | 'NewReplica'
  | 'OnlineReplica'
  | 'OfflineReplica'
  | 'ReplicaDeletionStarted'
  | 'ReplicaDeletionSuccessful'
  /** Its deletion failed or cannot be tried now. */
  | 'ReplicaDeletionIneligible';

const PARTITION_SOURCES: Record<PartitionStateName, readonly PartitionStateName[]> = {
  NewPartition: ['NonExistentPartition'],
  OnlinePartition: ['NewPartition', 'OnlinePartition', 'OfflinePartition'],
  OfflinePartition: ['NewPartition', 'OnlinePartition', 'OfflinePartition'],
  NonExistentPartition: ['OfflinePartition'],
};

const REPLICA_SOURCES: Record<ReplicaStateName, readonly ReplicaStateName[]> = {
  NewReplica: ['NonExistentReplica'],
  OnlineReplica: ['NewReplica', 'OnlineReplica', 'OfflineReplica', 'ReplicaDeletionIneligible'],
  OfflineReplica: ['NewReplica', 'OnlineReplica', 'OfflineReplica', 'ReplicaDeletionIneligible'],
  ReplicaDeletionStarted: ['OfflineReplica'],
  ReplicaDeletionSuccessful: ['ReplicaDeletionStarted'],
  ReplicaDeletionIneligible: ['OfflineReplica', 'ReplicaDeletionStarted'],
  NonExistentReplica: ['ReplicaDeletionSuccessful'],
};

export function mayPartitionEnter(target: PartitionStateName, from: PartitionStateName): boolean {
  return PARTITION_SOURCES[target].includes(from);
}

export function mayReplicaEnter(target: ReplicaStateName, from: ReplicaStateName): boolean {
  return REPLICA_SOURCES[target].includes(from);
}

/** Which brokers are to have a partition, and the controller's word about its roles. */

/** As LeaderAndIsr carries it for one partition. */
export interface PartitionState {
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  readonly isr: readonly number[];
  readonly replicas: readonly number[];
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
}

export interface Assignment {
  readonly replicas: readonly number[];
  /** Those of `replicas` that a reassignment is bringing in. */
  readonly adding: readonly number[];
  /** Those of `replicas` that a reassignment will take out. */
  readonly removing: readonly number[];
}

export const UNASSIGNED: Assignment = { replicas: [], adding: [], removing: [] };

export function assignmentOf(state: PartitionState): Assignment {
  return {
    replicas: state.replicas,
    adding: state.addingReplicas,
    removing: state.removingReplicas,
  };
}

/** Replicas that are only being added do not count: the partition is not under-replicated without them. */
export function replicationFactor({ replicas, adding }: Assignment): number {
  return replicas.filter((id) => !adding.includes(id)).length;
}

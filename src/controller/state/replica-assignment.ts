/** Where a partition's replicas are while they move (KIP-455): Kafka's `ReplicaAssignment`. */
import type { ReplicaAssignment } from '../../zookeeper/types';

/** An assignment that is not on the move. */
export function settledOn(replicas: readonly number[]): ReplicaAssignment {
  return { replicas, adding: [], removing: [] };
}

/** Whether a reassignment of the partition is under way or was left half done. */
export function isBeingReassigned({ adding, removing }: ReplicaAssignment): boolean {
  return adding.length > 0 || removing.length > 0;
}

/** The replicas from before the reassignment. Their order is lost as far as they stay. */
export function originReplicas({ replicas, adding }: ReplicaAssignment): readonly number[] {
  return without(replicas, adding);
}

/** The replicas once the reassignment is done, the preferred one first. */
export function targetReplicas({ replicas, removing }: ReplicaAssignment): readonly number[] {
  return without(replicas, removing);
}

/**
 * On the way to `target`: its replicas first, then those that will go. A move that is under way is given up for
 * the new one, which begins where the old one began.
 */
export function reassignTo(
  current: ReplicaAssignment,
  target: readonly number[],
): ReplicaAssignment {
  const origin = originReplicas(current);
  const replicas = [...new Set([...target, ...origin])];
  return { replicas, adding: without(replicas, origin), removing: without(replicas, target) };
}

export function isSameAssignment(one: ReplicaAssignment, other: ReplicaAssignment): boolean {
  return (
    isSameList(one.replicas, other.replicas) &&
    isSameList(one.adding, other.adding) &&
    isSameList(one.removing, other.removing)
  );
}

export function isSameList(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((id, index) => id === other[index]);
}

/** Those of `replicas` that are not in `others`, in their order. */
export function without(replicas: readonly number[], others: readonly number[]): readonly number[] {
  return replicas.filter((id) => !others.includes(id));
}

/**
 * The replica assignment of a new topic, and of partitions added to one: the checks of CreateTopics and
 * CreatePartitions (Kafka's `ZkAdminManager` and `AdminZkClient`), in their order and with their messages.
 */
import type { ReplicaAssignment } from '../../zookeeper/types';
import { placeReplicas, refuse } from './placement';
import type { Placement, PlacementBroker, PlacementRefusal } from './placement';
import { isBeingReassigned } from './replica-assignment';

/** A topic as CreateTopics asks for it: `partitionCount` and `replicationFactor` are −1 for the default. */
export interface TopicRequest {
  readonly partitionCount: number;
  readonly replicationFactor: number;
  /** Assigned by hand; empty if the broker shall place the replicas. */
  readonly manual: readonly { readonly partition: number; readonly replicas: readonly number[] }[];
}

export interface TopicDefaults {
  readonly partitionCount: number;
  readonly replicationFactor: number;
}

/** The assignment of a topic to be created. Whether brokers named by hand exist is not checked, as in Kafka. */
export function decideTopicAssignment(
  request: TopicRequest,
  defaults: TopicDefaults,
  brokers: readonly PlacementBroker[],
): Placement {
  const { partitionCount, replicationFactor, manual } = request;
  if (manual.length === 0) {
    return placeReplicas({
      brokers,
      partitionCount: partitionCount === -1 ? defaults.partitionCount : partitionCount,
      replicationFactor: replicationFactor === -1 ? defaults.replicationFactor : replicationFactor,
    });
  }
  if (partitionCount !== -1 || replicationFactor !== -1) {
    return refuse(
      'INVALID_REQUEST',
      'Both numPartitions or replicationFactor and replicasAssignments were set. ' +
        'Both cannot be used at the same time.',
    );
  }
  const ids = new Set(manual.map(({ partition }) => partition));
  if (ids.size !== manual.length || manual.some((_, index) => !ids.has(index))) {
    return refuse(
      'INVALID_REPLICA_ASSIGNMENT',
      'partitions should be a consecutive 0-based integer sequence',
    );
  }
  const sorted = [...manual].sort((a, b) => a.partition - b.partition);
  const lists = sorted.map(({ replicas }) => replicas);
  return refuseReplicaLists(lists, lists[0]?.length ?? 0) ?? { assignment: numbered(lists, 0) };
}

/** What CreatePartitions asks for: the new total, and perhaps the replicas of each added partition. */
export interface PartitionsRequest {
  readonly topic: string;
  readonly totalCount: number;
  readonly manual: readonly (readonly number[])[] | null;
}

/** The assignment of the partitions to be added to a topic; new partitions continue at the old count. */
export function decideAddedPartitions(
  request: PartitionsRequest,
  existing: ReadonlyMap<number, ReplicaAssignment>,
  brokers: readonly PlacementBroker[],
): Placement {
  const count = existing.size;
  const added = request.totalCount - count;
  if ([...existing.values()].some(isBeingReassigned)) {
    return refuse(
      'REASSIGNMENT_IN_PROGRESS',
      `A partition reassignment is in progress for the topic '${request.topic}'.`,
    );
  }
  if (added === 0)
    return refuse('INVALID_PARTITIONS', `Topic already has ${String(count)} partitions.`);
  if (added < 0) {
    return refuse(
      'INVALID_PARTITIONS',
      `Topic currently has ${String(count)} partitions, ` +
        `which is higher than the requested ${String(request.totalCount)}.`,
    );
  }
  const replicationFactor = existing.get(0)?.replicas.length ?? 0;
  if (request.manual === null) {
    return placeReplicas({
      brokers,
      partitionCount: added,
      replicationFactor,
      startPartition: count,
    });
  }
  return (
    refuseAddedByHand(request.manual, added, brokers) ??
    refuseReplicaLists(request.manual, replicationFactor) ?? {
      assignment: numbered(request.manual, count),
    }
  );
}

function refuseAddedByHand(
  manual: readonly (readonly number[])[],
  added: number,
  brokers: readonly PlacementBroker[],
): PlacementRefusal | undefined {
  const known = new Set(brokers.map(({ id }) => id));
  const unknown = [...new Set(manual.flat())].filter((id) => !known.has(id));
  if (unknown.length > 0) {
    return refuse(
      'INVALID_REPLICA_ASSIGNMENT',
      `Unknown broker(s) in replica assignment: ${unknown.join(', ')}.`,
    );
  }
  if (manual.length === added) return undefined;
  return refuse(
    'INVALID_REPLICA_ASSIGNMENT',
    `Increasing the number of partitions by ${String(added)} but ${String(manual.length)} assignments provided.`,
  );
}

function refuseReplicaLists(
  lists: readonly (readonly number[])[],
  replicationFactor: number,
): PlacementRefusal | undefined {
  const invalid = (message: string) => refuse('INVALID_REPLICA_ASSIGNMENT', message);
  if (lists.some((replicas) => replicas.length === 0))
    return invalid('A partition needs at least one replica.');
  if (lists.some((replicas) => replicas.some((id) => id < 0)))
    return invalid('A broker id is never negative.');
  if (lists.some((replicas) => replicas.length !== replicationFactor)) {
    return invalid('All partitions should have the same number of replicas');
  }
  const repeated = lists.find((replicas) => new Set(replicas).size !== replicas.length);
  return repeated && invalid(`Duplicate replica assignment found: ${repeated.join(', ')}`);
}

function numbered(
  lists: readonly (readonly number[])[],
  startPartition: number,
): ReadonlyMap<number, readonly number[]> {
  return new Map(lists.map((replicas, index) => [startPartition + index, replicas]));
}

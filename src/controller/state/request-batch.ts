/**
 * Collects what brokers must hear after one change, then gives it out in the only safe order: LeaderAndIsr,
 * UpdateMetadata, StopReplica. Requests name partitions; their content is taken from the context when the
 * batch is finished, so the last word wins. Kafka's `AbstractControllerBrokerRequestBatch`.
 */
import type { PartitionState } from '../../zookeeper/types';
import { NO_LEADER } from './election';
import type { ControllerContext, PartitionContext } from './context';

/** The leader that UpdateMetadata names for a partition that is being deleted: caches drop it. */
export const LEADER_DURING_DELETE = -2;
/** The leader epoch that StopReplica carries for a topic that is being deleted: accepted by any replica. */
export const EPOCH_DURING_DELETE = -2;
/** The leader epoch that StopReplica carries when there never was a leader. */
const NO_EPOCH = -1;

export interface LeaderAndIsrPartition {
  readonly partition: PartitionContext;
  readonly leadership: PartitionState;
  readonly isNew: boolean;
}

export interface UpdateMetadataPartition {
  readonly partition: PartitionContext;
  readonly leadership: PartitionState;
  readonly offlineReplicas: readonly number[];
}

export interface StopReplicaPartition {
  readonly partition: PartitionContext;
  readonly leaderEpoch: number;
  readonly deletePartition: boolean;
}

/** One request to one broker; UpdateMetadata's partitions are one array shared by all its brokers. */
export type BrokerRequest =
  | {
      readonly kind: 'LeaderAndIsr';
      readonly broker: number;
      readonly partitions: readonly LeaderAndIsrPartition[];
    }
  | {
      readonly kind: 'UpdateMetadata';
      readonly broker: number;
      readonly partitions: readonly UpdateMetadataPartition[];
    }
  | {
      readonly kind: 'StopReplica';
      readonly broker: number;
      readonly partitions: readonly StopReplicaPartition[];
    };

export class RequestBatch {
  readonly #context: ControllerContext;
  readonly #leaderAndIsr = new Map<number, Map<PartitionContext, boolean>>();
  readonly #metadataBrokers = new Set<number>();
  readonly #metadataPartitions = new Set<PartitionContext>();
  readonly #stopReplica = new Map<number, Map<PartitionContext, boolean>>();

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  /** Tells `brokers` the partition's leader and ISR, and all brokers by UpdateMetadata. Once new stays new. */
  addLeaderAndIsr(brokers: readonly number[], partition: PartitionContext, isNew = false): void {
    for (const broker of brokers) {
      if (broker >= 0) mergeFlag(this.#leaderAndIsr, broker, partition, isNew);
    }
    this.addUpdateMetadata(this.#context.brokers.keys(), [partition]);
  }

  /** Tells `brokers` the list of brokers, and with it the partitions' leaders. */
  addUpdateMetadata(brokers: Iterable<number>, partitions: Iterable<PartitionContext> = []): void {
    for (const broker of brokers) this.#metadataBrokers.add(broker);
    for (const partition of partitions) this.#metadataPartitions.add(partition);
  }

  /** Stops the replica on `broker`; once to be deleted stays so. */
  addStopReplica(broker: number, partition: PartitionContext, deletePartition: boolean): void {
    mergeFlag(this.#stopReplica, broker, partition, deletePartition);
  }

  get isEmpty(): boolean {
    return (
      this.#leaderAndIsr.size === 0 &&
      this.#metadataBrokers.size === 0 &&
      this.#stopReplica.size === 0
    );
  }

  /** The requests in the order in which they must be sent; only to registered brokers. */
  requests(): readonly BrokerRequest[] {
    const requests: BrokerRequest[] = [];
    for (const [broker, partitions] of this.#reachable(this.#leaderAndIsr)) {
      const states = [...partitions].flatMap(([partition, isNew]) =>
        leaderAndIsrOf(partition, isNew),
      );
      if (states.length > 0) requests.push({ kind: 'LeaderAndIsr', broker, partitions: states });
    }
    const metadata = [...this.#metadataPartitions].flatMap((partition) =>
      this.#metadataOf(partition),
    );
    for (const broker of this.#metadataBrokers) {
      if (this.#context.brokers.has(broker))
        requests.push({ kind: 'UpdateMetadata', broker, partitions: metadata });
    }
    for (const [broker, partitions] of this.#reachable(this.#stopReplica)) {
      const states = [...partitions].map(([partition, deletePartition]) => ({
        partition,
        leaderEpoch: this.#stopEpochOf(partition),
        deletePartition,
      }));
      requests.push({ kind: 'StopReplica', broker, partitions: states });
    }
    return requests;
  }

  *#reachable<T>(byBroker: ReadonlyMap<number, T>): Iterable<readonly [number, T]> {
    for (const entry of byBroker) if (this.#context.brokers.has(entry[0])) yield entry;
  }

  #metadataOf(partition: PartitionContext): UpdateMetadataPartition[] {
    const { leadership, assignment, topic } = partition;
    if (!leadership) return [];
    const offlineReplicas = assignment.replicas.filter(
      (broker) => !this.#context.isOnline(broker, partition),
    );
    const told = this.#context.isQueuedForDeletion(topic.name)
      ? { ...leadership, leader: LEADER_DURING_DELETE, leaderEpoch: 0, zkVersion: 0 }
      : leadership;
    return [{ partition, leadership: told, offlineReplicas }];
  }

  #stopEpochOf({ leadership, topic }: PartitionContext): number {
    if (this.#context.isQueuedForDeletion(topic.name)) return EPOCH_DURING_DELETE;
    return leadership?.leaderEpoch ?? NO_EPOCH;
  }
}

/** The brokers named as leaders by a LeaderAndIsr request: it carries their addresses. */
export function leadersOf(partitions: readonly LeaderAndIsrPartition[]): ReadonlySet<number> {
  const leaders = partitions.map(({ leadership }) => leadership.leader);
  return new Set(leaders.filter((leader) => leader !== NO_LEADER));
}

function leaderAndIsrOf(partition: PartitionContext, isNew: boolean): LeaderAndIsrPartition[] {
  return partition.leadership ? [{ partition, leadership: partition.leadership, isNew }] : [];
}

function mergeFlag(
  byBroker: Map<number, Map<PartitionContext, boolean>>,
  broker: number,
  partition: PartitionContext,
  flag: boolean,
): void {
  const partitions = byBroker.get(broker) ?? new Map<PartitionContext, boolean>();
  partitions.set(partition, flag || (partitions.get(partition) ?? false));
  byBroker.set(broker, partitions);
}

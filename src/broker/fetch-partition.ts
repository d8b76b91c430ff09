/**
 * One partition as a fetch asks for it, what its client was last told, and whether it is watched. It belongs
 * to a fetch session, or to one fetch without a session.
 */
import type { Partition } from '../replication/partition';
import type { PartitionChange, PartitionWatcher } from '../replication/partition-watchers';

/** Where a fetch of one partition starts, and how much it may bring. */
export interface FetchStart {
  readonly fetchOffset: number;
  readonly maxBytes: number;
  readonly currentLeaderEpoch: number;
  readonly lastFetchedEpoch: number;
  /** The follower's log start offset; -1 from consumers. */
  readonly logStartOffset: number;
}

/** Who must know that a partition may answer otherwise than when it was last read. */
export interface FetchPartitionOwner {
  onChange(partition: FetchPartition, change: PartitionChange): void;
}

export interface PartitionName {
  readonly partition: number;
  readonly topicId: string;
  /** `undefined` while a topic id is not known here. */
  readonly topic: string | undefined;
}

export class FetchPartition implements PartitionWatcher {
  readonly partition: number;
  readonly topicId: string;
  /** Looked up again at each fetch while it is `undefined`. */
  topic: string | undefined;
  sentHighWatermark = -1;
  sentLogStartOffset = -1;
  /** Place among the partitions of its session: the smallest is read first. */
  order = 0;
  /** Whether something has happened to the partition since it was last read. */
  hasChanged = true;
  /** Whom changes are told, while there is somebody. */
  owner: FetchPartitionOwner | undefined;
  #watched: Partition | undefined;

  constructor(
    { partition, topicId, topic }: PartitionName,
    public start: FetchStart,
  ) {
    this.partition = partition;
    this.topicId = topicId;
    this.topic = topic;
  }

  get watched(): Partition | undefined {
    return this.#watched;
  }

  /** Hears of each change of `partition` from now on, and no longer of any other, if there is an owner to tell. */
  watch(partition: Partition): void {
    if (this.#watched === partition || !this.owner) return;
    this.#watched?.watchers.delete(this);
    this.#watched = partition;
    partition.watchers.add(this);
  }

  /** It has no owner any more. */
  release(): void {
    this.owner = undefined;
    this.#watched?.watchers.delete(this);
    this.#watched = undefined;
  }

  onPartitionChange(change: PartitionChange): void {
    this.hasChanged = true;
    this.owner?.onChange(this, change);
  }
}

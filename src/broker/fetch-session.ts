/**
 * A fetch session (KIP-227): what a client's fetches have in common, so that a request names only what
 * changed and a response only what has news. A session watches its partitions and knows which of them may
 * have news, so that a fetch costs what changed, not what the session holds.
 */
import { ZERO_UUID } from '../protocol/schema';
import type { PartitionChange } from '../replication/partition-watchers';
import type { FetchPartition, FetchPartitionOwner, PartitionName } from './fetch-partition';

/** Topics go by id where the client does, so that a name found out later is still the same partition. */
function sessionKey({ topic, topicId, partition }: PartitionName): string {
  return `${topicId === ZERO_UUID ? (topic ?? '') : topicId}-${String(partition)}`;
}

/** What an answer about one partition says that the session's client may not know yet. */
export interface PartitionNews {
  readonly hasRecords: boolean;
  readonly hasError: boolean;
  readonly isDiverging: boolean;
  readonly highWatermark: number;
  readonly logStartOffset: number;
  /** There was nothing to read at its position, and its next fetch will leave it as it is unless something happens. */
  readonly isAtRest: boolean;
}

export interface FetchSessionIdentity {
  readonly id: number;
  readonly usesTopicIds: boolean;
  /** The follower whose session it is; `undefined` for a consumer's. */
  readonly followerId: number | undefined;
  readonly createdMs: number;
}

export class FetchSession implements FetchPartitionOwner {
  readonly id: number;
  readonly usesTopicIds: boolean;
  readonly followerId: number | undefined;
  readonly createdMs: number;
  /** The epoch that the next request must carry. */
  epoch = 1;
  lastUsedMs: number;
  /** Told of each change while a fetch of the session waits. */
  waiting: FetchPartitionOwner | undefined;
  readonly #partitions = new Map<string, FetchPartition>();
  /** Partitions that the next fetch must look at. The others are at rest: they would be left out of its answer. */
  readonly #unsettled = new Set<FetchPartition>();
  #nextOrder = 0;

  constructor(identity: FetchSessionIdentity) {
    this.id = identity.id;
    this.usesTopicIds = identity.usesTopicIds;
    this.followerId = identity.followerId;
    this.createdMs = identity.createdMs;
    this.lastUsedMs = identity.createdMs;
  }

  get size(): number {
    return this.#partitions.size;
  }

  /** Sessions of followers keep their place against sessions of consumers. */
  get isPrivileged(): boolean {
    return this.followerId !== undefined;
  }

  /** The partitions that a fetch must look at, in the order in which they are read. */
  unsettled(): FetchPartition[] {
    return [...this.#unsettled].sort((a, b) => a.order - b.order);
  }

  /** Takes what a request says of a partition. */
  put(asked: FetchPartition): void {
    const key = sessionKey(asked);
    let partition = this.#partitions.get(key);
    if (partition) partition.start = asked.start;
    else {
      partition = asked;
      partition.owner = this;
      partition.order = this.#nextOrder++;
      this.#partitions.set(key, partition);
    }
    // Its position may be another, so what is being found out about the old one does not count.
    partition.hasChanged = true;
    this.#unsettle(partition);
  }

  forget(name: PartitionName): void {
    const key = sessionKey(name);
    const partition = this.#partitions.get(key);
    if (!partition) return;
    this.#unsettle(partition);
    this.#unsettled.delete(partition);
    this.#partitions.delete(key);
    partition.release();
  }

  /** Lets go of all partitions. */
  close(): void {
    for (const partition of this.#partitions.values()) {
      this.#unsettle(partition);
      partition.release();
    }
    this.#partitions.clear();
    this.#unsettled.clear();
  }

  onChange(partition: FetchPartition, change: PartitionChange): void {
    this.#unsettle(partition);
    this.waiting?.onChange(partition, change);
  }

  /**
   * Whether an incremental response must name the partition; remembers what is then sent. Partitions that
   * returned data go to the end of the order, so that no partition starves the others.
   */
  recordNews(partition: FetchPartition, news: PartitionNews): boolean {
    const { hasRecords, hasError, isDiverging, highWatermark, logStartOffset } = news;
    const changed =
      hasRecords ||
      hasError ||
      isDiverging ||
      partition.sentHighWatermark !== highWatermark ||
      partition.sentLogStartOffset !== logStartOffset;
    // After an error the watermark is sent again, whatever it is.
    partition.sentHighWatermark = hasError ? -1 : highWatermark;
    partition.sentLogStartOffset = logStartOffset;
    if (hasRecords) this.#moveToEnd(partition);
    if (news.isAtRest && !partition.hasChanged) this.#unsettled.delete(partition);
    return changed;
  }

  /** Also in the set, which then is nearly in order when it is sorted. */
  #moveToEnd(partition: FetchPartition): void {
    partition.order = this.#nextOrder++;
    if (this.#unsettled.delete(partition)) this.#unsettled.add(partition);
  }

  /** A follower's partition was at rest up to now, so each fetch of the session found it caught up. */
  #unsettle(partition: FetchPartition): void {
    if (this.#unsettled.has(partition)) return;
    this.#unsettled.add(partition);
    if (this.followerId === undefined) return;
    partition.watched?.noteCaughtUp(this.followerId, this.lastUsedMs);
  }
}

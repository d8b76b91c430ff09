/**
 * The committed offsets of one group, and those that are not committed yet: written but not
 * acknowledged, or waiting for their transaction's marker. Every write has an order (its place in
 * the partition's log), by which a late completion cannot undo a newer commit.
 */

import type { TopicPartition } from '../../../protocol/topic-partition';
import { partitionKey } from '../../../protocol/topic-partition';

export interface CommittedOffset {
  readonly offset: number;
  /** −1 if the client did not say. */
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly commitTimestampMs: number;
  /** Only if a client asked for its own retention time (OffsetCommit v2–4). */
  readonly expireTimestampMs: number | undefined;
}

export interface PartitionOffset extends TopicPartition {
  readonly value: CommittedOffset;
}

interface Entry {
  readonly order: number;
  readonly value: CommittedOffset;
}

type Topics = Map<string, Map<number, Entry>>;

export class OffsetStore {
  readonly #committed: Topics = new Map();
  /** Commits in flight, counted by partition key. */
  readonly #inFlight = new Map<string, number>();
  readonly #ofTransaction = new Map<number, Topics>();

  get(topic: string, partition: number): CommittedOffset | undefined {
    return this.#committed.get(topic)?.get(partition)?.value;
  }

  *all(): Generator<PartitionOffset> {
    for (const [topic, partitions] of this.#committed) {
      for (const [partition, { value }] of partitions) yield { topic, partition, value };
    }
  }

  /** All partitions with an offset, committed or in an open transaction; of one topic only, if given. */
  partitions(topic?: string): TopicPartition[] {
    const found = new Map<string, TopicPartition>();
    for (const topics of [this.#committed, ...this.#ofTransaction.values()]) {
      for (const each of partitionsIn(topics, topic)) {
        found.set(partitionKey(each.topic, each.partition), each);
      }
    }
    return [...found.values()];
  }

  /** Whether nothing would be left, or come, if `partitions` were removed. */
  isEmptyWithout(partitions: readonly TopicPartition[]): boolean {
    if (this.#inFlight.size > 0) return false;
    const removed = new Set(partitions.map((each) => partitionKey(each.topic, each.partition)));
    return this.partitions().every((each) => removed.has(partitionKey(each.topic, each.partition)));
  }

  /** Partitions that have a committed offset. */
  get size(): number {
    let size = 0;
    for (const partitions of this.#committed.values()) size += partitions.size;
    return size;
  }

  /** Whether an offset of the partition is written and not decided yet. */
  isPending(topic: string, partition: number): boolean {
    if (this.#inFlight.has(partitionKey(topic, partition))) return true;
    for (const topics of this.#ofTransaction.values()) {
      if (topics.get(topic)?.has(partition)) return true;
    }
    return false;
  }

  hasTransaction(producerId: number): boolean {
    return this.#ofTransaction.has(producerId);
  }

  /** The offsets are being written: until `endCommit` they are pending. */
  beginCommit(offsets: readonly TopicPartition[]): void {
    for (const { topic, partition } of offsets) {
      const key = partitionKey(topic, partition);
      this.#inFlight.set(key, (this.#inFlight.get(key) ?? 0) + 1);
    }
  }

  endCommit(offsets: readonly PartitionOffset[], order: number, isCommitted: boolean): void {
    for (const { topic, partition, value } of offsets) {
      const key = partitionKey(topic, partition);
      const left = (this.#inFlight.get(key) ?? 0) - 1;
      if (left > 0) this.#inFlight.set(key, left);
      else this.#inFlight.delete(key);
      if (isCommitted) this.set(topic, partition, value, order);
    }
  }

  /** Unless a newer offset is there. */
  set(topic: string, partition: number, value: CommittedOffset, order: number): void {
    const current = this.#committed.get(topic)?.get(partition);
    if (!current || current.order < order) put(this.#committed, topic, partition, { value, order });
  }

  /** Removes what was written before `order`, where its tombstone lies in the log. */
  remove(partitions: readonly TopicPartition[], order: number): void {
    for (const { topic, partition } of partitions) {
      drop(this.#committed, topic, partition, order);
      for (const [producerId, topics] of this.#ofTransaction) {
        drop(topics, topic, partition, order);
        if (topics.size === 0) this.#ofTransaction.delete(producerId);
      }
    }
  }

  /** An offset written in a transaction that is still open. */
  setInTransaction(producerId: number, offset: PartitionOffset, order: number): void {
    let topics = this.#ofTransaction.get(producerId);
    if (!topics) this.#ofTransaction.set(producerId, (topics = new Map()));
    put(topics, offset.topic, offset.partition, { value: offset.value, order });
  }

  removeInTransaction(producerId: number, topic: string, partition: number): void {
    const topics = this.#ofTransaction.get(producerId);
    if (!topics) return;
    drop(topics, topic, partition, Infinity);
    if (topics.size === 0) this.#ofTransaction.delete(producerId);
  }

  /** The marker of the transaction is in the log. */
  endTransaction(producerId: number, isCommitted: boolean): void {
    const topics = this.#ofTransaction.get(producerId);
    this.#ofTransaction.delete(producerId);
    if (!topics || !isCommitted) return;
    for (const [topic, partitions] of topics) {
      for (const [partition, { value, order }] of partitions) {
        this.set(topic, partition, value, order);
      }
    }
  }
}

function* partitionsIn(topics: Topics, only: string | undefined): Generator<TopicPartition> {
  for (const [topic, partitions] of topics) {
    if (only !== undefined && topic !== only) continue;
    for (const partition of partitions.keys()) yield { topic, partition };
  }
}

function put(topics: Topics, topic: string, partition: number, entry: Entry): void {
  let partitions = topics.get(topic);
  if (!partitions) topics.set(topic, (partitions = new Map<number, Entry>()));
  partitions.set(partition, entry);
}

function drop(topics: Topics, topic: string, partition: number, order: number): void {
  const partitions = topics.get(topic);
  const entry = partitions?.get(partition);
  if (!partitions || !entry || entry.order >= order) return;
  partitions.delete(partition);
  if (partitions.size === 0) topics.delete(topic);
}

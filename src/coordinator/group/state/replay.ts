/**
 * Rebuilds the groups of one partition from its records, in log order. Offsets written in a
 * transaction wait for its marker; what is still open at the end stays pending.
 */

import type { TopicPartition } from '../../../protocol/topic-partition';
import { OffsetStore } from './offsets';
import type { CommittedOffset } from './offsets';
import type { GroupSnapshot } from './snapshot';

/** Which groups have offsets in an open transaction, so that its end does not visit all groups. */
export class OpenTransactions {
  readonly #stores = new Map<number, Set<OffsetStore>>();

  add(producerId: number, offsets: OffsetStore): void {
    const stores = this.#stores.get(producerId);
    if (stores) stores.add(offsets);
    else this.#stores.set(producerId, new Set([offsets]));
  }

  /** The marker was written: the pending offsets count, or are forgotten. */
  end(producerId: number, isCommitted: boolean): void {
    for (const offsets of this.#stores.get(producerId) ?? []) {
      offsets.endTransaction(producerId, isCommitted);
    }
    this.#stores.delete(producerId);
  }
}

export interface OffsetRecord extends TopicPartition {
  readonly groupId: string;
  /** `null`: deleted. */
  readonly value: CommittedOffset | null;
  /** Set if the record belongs to a transaction. */
  readonly producerId: number | undefined;
}

export interface ReplayedGroup {
  readonly groupId: string;
  /** `undefined` for a group that only stores offsets. */
  readonly snapshot: GroupSnapshot | undefined;
  readonly offsets: OffsetStore;
}

export class Replay {
  readonly transactions = new OpenTransactions();
  readonly #snapshots = new Map<string, GroupSnapshot>();
  readonly #offsets = new Map<string, OffsetStore>();

  offset(record: OffsetRecord, order: number): void {
    const { groupId, topic, partition, value, producerId } = record;
    const offsets = this.#offsetsOf(groupId);
    if (producerId !== undefined) {
      if (value === null) return offsets.removeInTransaction(producerId, topic, partition);
      this.transactions.add(producerId, offsets);
      return offsets.setInTransaction(producerId, { topic, partition, value }, order);
    }
    if (value === null) offsets.remove([{ topic, partition }], order);
    else offsets.set(topic, partition, value, order);
  }

  /** `null`: the group was deleted. Its offsets have tombstones of their own. */
  group(groupId: string, snapshot: GroupSnapshot | null): void {
    if (snapshot) this.#snapshots.set(groupId, snapshot);
    else this.#snapshots.delete(groupId);
  }

  marker(producerId: number, isCommitted: boolean): void {
    this.transactions.end(producerId, isCommitted);
  }

  *groups(): Generator<ReplayedGroup> {
    for (const [groupId, snapshot] of this.#snapshots) {
      yield { groupId, snapshot, offsets: this.#offsetsOf(groupId) };
    }
    for (const [groupId, offsets] of this.#offsets) {
      if (this.#snapshots.has(groupId) || offsets.isEmptyWithout([])) continue;
      yield { groupId, snapshot: undefined, offsets };
    }
  }

  #offsetsOf(groupId: string): OffsetStore {
    let offsets = this.#offsets.get(groupId);
    if (!offsets) this.#offsets.set(groupId, (offsets = new OffsetStore()));
    return offsets;
  }
}

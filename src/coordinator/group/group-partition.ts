/**
 * The groups of one partition of `__consumer_offsets` while this broker leads it, and the one way to
 * write to that partition. A write's order is its place in the log, seen from here: writes happen in
 * the order of the calls.
 */

import type { ErrorName } from '../../protocol/errors';
import { buildBatch } from '../../protocol/records/builder';
import type { GroupEnvironment } from './environment';
import { LiveGroup } from './live-group';
import type { Append, GroupHome, RecordToWrite } from './live-group';
import { encodeGroupKey, encodeOffsetKey } from './records';
import { isUselessWithout } from './state/expiration';
import { Group } from './state/group';
import { OffsetStore } from './state/offsets';
import type { OpenTransactions, Replay } from './state/replay';
import { restoreGroup } from './state/snapshot';
import type { TopicPartition } from '../../protocol/topic-partition';

/** A group may have offsets of any number of partitions; one batch of tombstones stays far below `max.message.bytes`. */
const TOMBSTONES_PER_BATCH = 1000;

export class GroupPartition implements GroupHome {
  readonly environment: GroupEnvironment;
  readonly transactions: OpenTransactions;
  readonly #partition: number;
  readonly #groups = new Map<string, LiveGroup>();
  #nextOrder: number;
  #isClosed = false;

  /** Takes over what was replayed from the log, which ended before `nextOffset`. */
  constructor(
    partition: number,
    replay: Replay,
    nextOffset: number,
    environment: GroupEnvironment,
  ) {
    this.environment = environment;
    this.transactions = replay.transactions;
    this.#partition = partition;
    this.#nextOrder = nextOffset;
    const nowMs = environment.platform.clock.nowMs();
    for (const { groupId, snapshot, offsets } of replay.groups()) {
      const group = snapshot ? restoreGroup(snapshot) : new Group(groupId, nowMs);
      this.#groups.set(groupId, new LiveGroup(group, offsets, this));
    }
  }

  get groups(): Iterable<LiveGroup> {
    return this.#groups.values();
  }

  /** Starts the sessions of all members. */
  activate(): void {
    for (const live of this.groups) live.activate();
  }

  /** Nothing is written from here any more. */
  close(error: ErrorName): void {
    this.#isClosed = true;
    for (const live of this.groups) live.close(error);
    this.#groups.clear();
  }

  find(groupId: string): LiveGroup | undefined {
    return this.#groups.get(groupId);
  }

  findOrCreate(groupId: string): LiveGroup {
    const existing = this.#groups.get(groupId);
    if (existing) return existing;
    const group = new Group(groupId, this.environment.platform.clock.nowMs());
    const live = new LiveGroup(group, new OffsetStore(), this);
    this.#groups.set(groupId, live);
    return live;
  }

  append(records: readonly RecordToWrite[]): Append {
    const order = this.#nextOrder++;
    const { platform, writer } = this.environment;
    if (this.#isClosed) return { order, committed: Promise.resolve('NOT_LEADER_OR_FOLLOWER') };
    const timestamp = platform.clock.nowMs();
    const batch = buildBatch({ records: records.map((record) => ({ ...record, timestamp })) });
    return { order, committed: writer.append(this.#partition, batch) };
  }

  /**
   * Writes tombstones for offsets of a group, and for the group itself if that leaves nothing of it.
   * Memory follows once they are committed; what was committed meanwhile stays.
   */
  async removeOffsets(live: LiveGroup, partitions: readonly TopicPartition[]): Promise<ErrorName> {
    const keys = this.#tombstoneKeys(live, partitions);
    for (let start = 0; start < keys.length; start += TOMBSTONES_PER_BATCH) {
      const end = start + TOMBSTONES_PER_BATCH;
      const tombstones = keys.slice(start, end).map((key) => ({ key, value: null }));
      const { order, committed } = this.append(tombstones);
      const error = await committed;
      if (error !== 'NONE') return error;
      live.offsets.remove(partitions.slice(start, end), order);
    }
    this.#forgetIfUseless(live);
    return 'NONE';
  }

  #tombstoneKeys(live: LiveGroup, partitions: readonly TopicPartition[]): Buffer[] {
    const { group, offsets } = live;
    const keys = partitions.map((each) => encodeOffsetKey(group.id, each.topic, each.partition));
    // Generation 0 means that no group record was ever written.
    const hasRecord = group.generation > 0;
    if (hasRecord && isUselessWithout(group, offsets, partitions)) {
      keys.push(encodeGroupKey(group.id));
    }
    return keys;
  }

  #forgetIfUseless(live: LiveGroup): void {
    const { group } = live;
    if (this.#groups.get(group.id) !== live || !live.isUseless) return;
    live.close('COORDINATOR_NOT_AVAILABLE');
    this.#groups.delete(group.id);
    this.environment.platform.log.info('removed the empty group', { group: group.id });
  }
}

/**
 * Where groups are: which partition a group belongs to, whether this broker coordinates it, and the
 * jobs that visit all groups.
 */

import type { Cancel } from '../../platform/ports';
import type { ErrorName } from '../../protocol/errors';
import { javaHash } from '../../protocol/java-hash';
import { CoordinatorPartitions } from '../runtime/coordinator-partitions';
import type { GroupEnvironment } from './environment';
import type { GroupPartition } from './group-partition';
import type { LiveGroup } from './live-group';
import { loadGroups } from './load-groups';
import { expiredOffsets } from './state/expiration';
import { isStorable } from './storable';

const MS_PER_MINUTE = 60_000;

/** A group's partition, or why it cannot be served here. */
export type Place =
  | { readonly error: Exclude<ErrorName, 'NONE'> }
  | { readonly error: 'NONE'; readonly home: GroupPartition };

export class GroupRegistry {
  readonly partitions: CoordinatorPartitions<GroupPartition>;
  readonly #environment: GroupEnvironment;
  #partitionCount = 0;
  #isActive = false;
  #cancelExpiration: Cancel | undefined;

  constructor(environment: GroupEnvironment) {
    this.#environment = environment;
    const { clock, log } = environment.platform;
    this.partitions = new CoordinatorPartitions<GroupPartition>({
      clock,
      log,
      load: (partition, isCurrent) => loadGroups(partition, environment, isCurrent),
      activate: (home) => home.activate(),
      unload: (home) => home.close('NOT_COORDINATOR'),
    });
  }

  start(partitionCount: number): void {
    this.#partitionCount = partitionCount;
    this.#isActive = true;
    this.#scheduleExpiration();
  }

  stop(): void {
    this.#isActive = false;
    this.#cancelExpiration?.();
    this.partitions.resignAll();
  }

  partitionFor(groupId: string): number {
    return partitionOfGroup(groupId, this.#partitionCount);
  }

  /** The empty group id was once allowed, for offsets only: it can still be read, written and deleted. */
  locate(groupId: string, options: { mayBeEmpty?: boolean } = {}): Place {
    const isNamed = groupId !== '' || options.mayBeEmpty === true;
    if (!isNamed || !isStorable(groupId)) return { error: 'INVALID_GROUP_ID' };
    if (!this.#isActive) return { error: 'COORDINATOR_NOT_AVAILABLE' };
    const found = this.partitions.find(this.partitionFor(groupId));
    return found.error === 'NONE' ? { error: 'NONE', home: found.state } : found;
  }

  /** All loaded groups. */
  groups(): LiveGroup[] {
    return [...this.partitions.active()].flatMap((home) => [...home.groups]);
  }

  /** Whether a list of all groups is complete. */
  get listingError(): ErrorName {
    if (!this.#isActive) return 'COORDINATOR_NOT_AVAILABLE';
    return this.partitions.isLoading ? 'COORDINATOR_LOAD_IN_PROGRESS' : 'NONE';
  }

  removeOffsetsOf(topic: string): void {
    this.partitions.whenEachActive((home) => {
      for (const live of home.groups) {
        const partitions = live.offsets.partitions(topic);
        if (partitions.length > 0) this.#removeOffsets(home, live, partitions, 'topic deleted');
      }
    });
  }

  #scheduleExpiration(): void {
    const { clock } = this.#environment.platform;
    const intervalMs = this.#environment.settings['offsets.retention.check.interval.ms'];
    this.#cancelExpiration = clock.callAfter(intervalMs, () => {
      this.#removeExpired();
      this.#scheduleExpiration();
    });
  }

  /** Also forgets empty groups without offsets. */
  #removeExpired(): void {
    const { platform, settings } = this.#environment;
    const nowMs = platform.clock.nowMs();
    const retentionMs = settings['offsets.retention.minutes'] * MS_PER_MINUTE;
    for (const home of this.partitions.active()) {
      for (const live of home.groups) {
        const expired = expiredOffsets(live.group, live.offsets, nowMs, retentionMs);
        if (expired.length > 0 || live.isUseless) {
          this.#removeOffsets(home, live, expired, 'expired');
        }
      }
    }
  }

  #removeOffsets(
    home: GroupPartition,
    live: LiveGroup,
    partitions: ReturnType<LiveGroup['offsets']['partitions']>,
    reason: string,
  ): void {
    const { log } = this.#environment.platform;
    const fields = { group: live.group.id, partitions: partitions.length, reason };
    void home.removeOffsets(live, partitions).then((error) => {
      // If they could not be removed now, the next check tries again; a deleted topic's expire later.
      if (error !== 'NONE') log.warn('cannot remove offsets', { ...fields, error });
      else if (partitions.length > 0) log.info('removed offsets', fields);
    });
  }
}

/** Kafka's `Utils.abs(groupId.hashCode) % count`: of the smallest integer the absolute value is 0. */
export function partitionOfGroup(groupId: string, partitionCount: number): number {
  const hash = Math.abs(javaHash(groupId));
  return (hash === 2 ** 31 ? 0 : hash) % partitionCount;
}

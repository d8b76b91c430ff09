/**
 * Elections whose outcome this broker has yet to hear of: an ElectLeaders is answered once the metadata here
 * name the elected leaders (`kafka.server.DelayedElectLeader`).
 */
import type { MetadataCache } from '../metadata/metadata-cache';
import type { PartitionImage } from '../metadata/state/cluster-image';
import type { Timers } from '../platform/timers';
import type { ErrorName } from '../protocol/errors';
import { DelayedOutcomes } from './delayed-outcomes';
import type { PendingOutcome } from './delayed-outcomes';

/** One partition's part of an election. */
export interface PendingElection extends PendingOutcome {
  /** The broker that was elected. */
  readonly leader: number;
}

export class DelayedElections extends DelayedOutcomes<PendingElection> {
  constructor(
    timers: Timers,
    private readonly metadata: MetadataCache,
  ) {
    super(timers);
  }

  /** Resolves when the `error` of each of `elections` is set, at the latest after `timeoutMs`. */
  awaitLeaders(elections: readonly PendingElection[], timeoutMs: number): Promise<void> {
    return this.awaitAll(elections, timeoutMs);
  }

  /** The metadata of these partitions changed. */
  checkAll(topics: ReadonlyMap<string, readonly PartitionImage[]>): void {
    if (this.size === 0) return;
    for (const [topic, partitions] of topics) {
      for (const { partition } of partitions) this.check(topic, partition);
    }
  }

  protected override outcomeOf({
    topic,
    partition,
    leader,
  }: PendingElection): ErrorName | undefined {
    return this.metadata.partition(topic, partition)?.leader === leader ? 'NONE' : undefined;
  }
}

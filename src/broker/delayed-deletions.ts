/**
 * DeleteRecords that wait for their replicas: the records are gone when the log of every live replica starts
 * at the wanted offset or later (`kafka.server.DelayedDeleteRecords`).
 */
import type { Timers } from '../platform/timers';
import type { ErrorName } from '../protocol/errors';
import type { ReplicaManager } from '../replication/replica-manager';
import { DelayedOutcomes } from './delayed-outcomes';
import type { PendingOutcome } from './delayed-outcomes';

/** One partition's part of a deletion. */
export interface PendingDeletion extends PendingOutcome {
  /** Where the logs of all live replicas must start at least. */
  readonly requiredOffset: number;
  /** As last seen, −1 if the partition is no longer led here. */
  lowWatermark: number;
}

/** Checked when a follower's log start or the leadership of a partition has changed. */
export class DelayedDeletions extends DelayedOutcomes<PendingDeletion> {
  constructor(
    timers: Timers,
    private readonly replicas: ReplicaManager,
  ) {
    super(timers);
  }

  /** Resolves when the `error` of each of `deletions` is set, at the latest after `timeoutMs`. */
  awaitReplicas(deletions: readonly PendingDeletion[], timeoutMs: number): Promise<void> {
    return this.awaitAll(deletions, timeoutMs);
  }

  protected override outcomeOf(deletion: PendingDeletion): ErrorName | undefined {
    const found = this.replicas.lookup(deletion.topic, deletion.partition);
    const lowWatermark = typeof found === 'string' ? undefined : found.leadership?.lowWatermark;
    deletion.lowWatermark = lowWatermark ?? -1;
    if (lowWatermark === undefined) {
      return typeof found === 'string' ? found : 'NOT_LEADER_OR_FOLLOWER';
    }
    return lowWatermark >= deletion.requiredOffset ? 'NONE' : undefined;
  }
}

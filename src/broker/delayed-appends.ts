/**
 * Appends that wait for their replicas: an acks=all answer is due when the high watermark has passed the
 * last appended offset (`kafka.server.DelayedProduce`). Used by Produce and by the coordinators.
 */
import type { Timers } from '../platform/timers';
import type { ErrorName } from '../protocol/errors';
import type { ReplicaManager } from '../replication/replica-manager';
import { DelayedOutcomes } from './delayed-outcomes';
import type { PendingOutcome } from './delayed-outcomes';

/** One partition's part of an append. */
export interface PendingAppend extends PendingOutcome {
  /** The offset after the last appended record. */
  readonly requiredOffset: number;
}

/** Checked when the high watermark, the ISR or the leadership of a partition has changed. */
export class DelayedAppends extends DelayedOutcomes<PendingAppend> {
  constructor(
    timers: Timers,
    private readonly replicas: ReplicaManager,
  ) {
    super(timers);
  }

  /** Resolves when the `error` of each of `appends` is set, at the latest after `timeoutMs`. */
  awaitReplication(appends: readonly PendingAppend[], timeoutMs: number): Promise<void> {
    return this.awaitAll(appends, timeoutMs);
  }

  protected override outcomeOf(append: PendingAppend): ErrorName | undefined {
    const found = this.replicas.lookup(append.topic, append.partition);
    if (typeof found === 'string') return found;
    const outcome = found.checkEnoughReplicas(append.requiredOffset);
    return outcome === 'pending' ? undefined : outcome;
  }
}

/** The high watermark: up to where every replica that may be elected has the data. */

import type { FollowerState } from './follower-state';
import { isCaughtUp } from './follower-state';

export interface HighWatermarkInput {
  /** End of what the leader itself answers for: what is in its file, and synced where durability is strict. */
  readonly leaderEndOffset: number;
  readonly followers: ReadonlyMap<number, FollowerState>;
  readonly isrSize: number;
  readonly maximalIsr: readonly number[];
  readonly effectiveMinIsr: number;
  readonly nowMs: number;
  readonly maxLagMs: number;
  readonly isAlive: (brokerId: number) => boolean;
}

/**
 * The offset to which the high watermark may rise; the caller keeps it from falling. `undefined` while the
 * ISR is below `min.insync.replicas`: data that too few replicas hold is not committed.
 *
 * Besides the maximal ISR, it waits for followers that are alive and caught up within the lag time.
 * Otherwise a leader that is alone in the ISR would move ahead for ever of a follower about to join
 * (`kafka.cluster.Partition.maybeIncrementLeaderHW`).
 */
export function highWatermarkCandidate(input: HighWatermarkInput): number | undefined {
  if (input.isrSize < input.effectiveMinIsr) return undefined;
  const leader = { endOffset: input.leaderEndOffset, nowMs: input.nowMs, maxLagMs: input.maxLagMs };
  let candidate = input.leaderEndOffset;
  for (const follower of input.followers.values()) {
    if (follower.logEndOffset >= candidate) continue;
    const counts =
      input.maximalIsr.includes(follower.brokerId) ||
      (isCaughtUp(follower, leader) && input.isAlive(follower.brokerId));
    if (counts) candidate = follower.logEndOffset;
  }
  return candidate;
}

/** No topic needs more in-sync replicas than it has replicas. */
export function effectiveMinIsr(minInsyncReplicas: number, replicaCount: number): number {
  return Math.min(minInsyncReplicas, replicaCount);
}

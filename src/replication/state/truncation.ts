/** Where a follower cuts its log when its history and the leader's diverge (KIP-101, KIP-279, KIP-595). */

/** An epoch and the offset at which it ended; −1 where undefined. */
export interface EpochEnd {
  readonly epoch: number;
  readonly endOffset: number;
}

export interface Truncation {
  readonly offset: number;
  /** False: the logs may still differ below; the next fetch will tell. */
  readonly isComplete: boolean;
}

const UNDEFINED = -1;

/**
 * `leader` is the leader's largest epoch that is not above the follower's last one, with its end there.
 * The result never lies above the follower's end. It may lie below the follower's high watermark: after
 * an unclean election the leader's history is the history.
 */
export function decideTruncation(
  leader: EpochEnd,
  follower: {
    fetchOffset: number;
    logEndOffset: number;
    endOffsetForEpoch: (epoch: number) => EpochEnd;
  },
): Truncation {
  const { logEndOffset } = follower;
  if (leader.endOffset === UNDEFINED) {
    return { offset: Math.min(follower.fetchOffset, logEndOffset), isComplete: true };
  }
  const upToLeader = Math.min(leader.endOffset, logEndOffset);
  if (leader.epoch === UNDEFINED) return { offset: upToLeader, isComplete: true };
  const own = follower.endOffsetForEpoch(leader.epoch);
  if (own.epoch === UNDEFINED || own.endOffset === UNDEFINED)
    return { offset: upToLeader, isComplete: true };
  if (own.epoch !== leader.epoch) {
    // The follower does not know the leader's epoch: all it has of later epochs goes, and the leader is asked again.
    return { offset: Math.min(own.endOffset, logEndOffset), isComplete: false };
  }
  return { offset: Math.min(own.endOffset, upToLeader), isComplete: true };
}

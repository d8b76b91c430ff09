/** What a leader knows of one follower, from its fetches (`kafka.cluster.Replica`). */

export interface FollowerState {
  readonly brokerId: number;
  /** −1 until its first fetch in this leadership. */
  readonly logEndOffset: number;
  /** −1 until its first fetch in this leadership. */
  readonly logStartOffset: number;
  /** The leader's end offset at the follower's last fetch. */
  readonly lastFetchLeaderEndOffset: number;
  readonly lastFetchMs: number;
  /** The last time at which the follower had all that the leader had. */
  readonly lastCaughtUpMs: number;
}

/** A time that lies longer ago than any lag. */
export const NEVER = Number.NEGATIVE_INFINITY;

export const UNKNOWN_OFFSET = -1;

export function unknownFollower(brokerId: number): FollowerState {
  return {
    brokerId,
    logEndOffset: UNKNOWN_OFFSET,
    logStartOffset: UNKNOWN_OFFSET,
    lastFetchLeaderEndOffset: UNKNOWN_OFFSET,
    lastFetchMs: NEVER,
    lastCaughtUpMs: NEVER,
  };
}

/**
 * At the start of a leader epoch. Members of the ISR get the full lag time from now; the others must not
 * hold the high watermark back. A leader that is elected again keeps what it knows of positions.
 */
export function resetFollower(
  follower: FollowerState,
  reset: { isInSync: boolean; isNewLeader: boolean; leaderEndOffset: number; nowMs: number },
): FollowerState {
  const lastCaughtUpMs = reset.isInSync ? reset.nowMs : NEVER;
  if (reset.isNewLeader) return { ...unknownFollower(follower.brokerId), lastCaughtUpMs };
  return {
    ...follower,
    lastFetchLeaderEndOffset: reset.leaderEndOffset,
    lastFetchMs: lastCaughtUpMs,
    lastCaughtUpMs,
  };
}

export interface FollowerFetch {
  /** The follower's broker epoch when it asked; −1 if it does not tell. */
  readonly brokerEpoch: number;
  /** Everything below it is in the follower's log. */
  readonly fetchOffset: number;
  readonly logStartOffset: number;
  /** The leader's end offset before the read. */
  readonly leaderEndOffset: number;
  readonly nowMs: number;
}

/**
 * A fetch at the leader's end means "caught up now"; one at the end that the leader had at the previous
 * fetch means "caught up then". So a follower that is always one small append behind still counts.
 */
export function recordFetch(follower: FollowerState, fetch: FollowerFetch): FollowerState {
  const { fetchOffset, leaderEndOffset, nowMs } = fetch;
  let { lastCaughtUpMs } = follower;
  if (fetchOffset >= leaderEndOffset) {
    lastCaughtUpMs = Math.max(lastCaughtUpMs, nowMs);
  } else if (fetchOffset >= follower.lastFetchLeaderEndOffset) {
    lastCaughtUpMs = Math.max(lastCaughtUpMs, follower.lastFetchMs);
  }
  return {
    brokerId: follower.brokerId,
    logEndOffset: fetchOffset,
    logStartOffset: fetch.logStartOffset,
    lastFetchLeaderEndOffset: Math.max(leaderEndOffset, follower.lastFetchLeaderEndOffset),
    lastFetchMs: nowMs,
    lastCaughtUpMs,
  };
}

/** Fetches that found nothing new on either side, up to one at `atMs`: only the times move. */
export function noteCaughtUp(follower: FollowerState, atMs: number): FollowerState {
  return {
    ...follower,
    lastFetchMs: Math.max(follower.lastFetchMs, atMs),
    lastCaughtUpMs: Math.max(follower.lastCaughtUpMs, atMs),
  };
}

/** Has all that the leader has, or had it within the lag time. */
export function isCaughtUp(
  follower: FollowerState,
  leader: { endOffset: number; nowMs: number; maxLagMs: number },
): boolean {
  return (
    follower.logEndOffset === leader.endOffset ||
    leader.nowMs - follower.lastCaughtUpMs <= leader.maxLagMs
  );
}

/** What a follower does with the leader's answer for one partition (`kafka.server.ReplicaFetcherThread`). */

import { baseOffsetOf, lastOffsetOf } from '../protocol/records/batch';
import type { Log } from '../storage/log';
import type { AppendResult } from '../storage/types';

export interface FollowerAppend {
  /** Whole batches, or empty; valid only during the call. */
  readonly records: Buffer;
  readonly leaderHighWatermark: number;
  readonly leaderLogStartOffset: number;
}

/** Returns `undefined` if there was nothing to append. Throws a `ProtocolError`. */
export function appendAsFollower(log: Log, append: FollowerAppend): AppendResult | undefined {
  const { records } = append;
  let result: AppendResult | undefined;
  if (records.length > 0) {
    restartInsideFirstBatch(log, records);
    result = log.appendAsFollower(records);
  }
  // A new leader may know a lower high watermark than its predecessor told this follower. What was committed
  // once is in every log that may lead, so the follower keeps what it knows; only truncation takes it back.
  const highWatermark = Math.min(append.leaderHighWatermark, log.logEndOffset);
  if (highWatermark > log.highWatermark) log.updateHighWatermark(highWatermark);
  if (append.leaderLogStartOffset > log.logStartOffset)
    log.raiseLogStart(append.leaderLogStartOffset);
  return result;
}

/**
 * The leader's log may start inside a batch, after DeleteRecords, and a new follower starts there too. The
 * batch comes whole, so the follower's empty log has to start at its base.
 */
function restartInsideFirstBatch(log: Log, records: Buffer): void {
  const { logEndOffset } = log;
  if (logEndOffset !== log.logStartOffset) return;
  const firstOffset = baseOffsetOf(records, 0);
  if (firstOffset < logEndOffset && lastOffsetOf(records, 0) >= logEndOffset)
    log.truncateFullyAndStartAt(firstOffset);
}

/** Whether a log is to be compacted, and which part of it (Kafka's `LogCleanerManager.cleanableOffsets`, `LogToClean`). */

import type { Log } from '../log';
import type { Segment } from '../segment/segment';

export interface Cleanable {
  readonly log: Log;
  /** All below was compacted before. */
  readonly firstDirtyOffset: number;
  /** From here on the log stays as it is for now. */
  readonly firstUncleanableOffset: number;
  /** Share of the cleanable part that was never compacted. */
  readonly dirtyRatio: number;
}

/**
 * What of the log is to be compacted now, `checkpoint` being where the last time ended; `undefined` if nothing is.
 * Throws `FileError`.
 */
export function dueForCleaning(
  log: Log,
  checkpoint: number | undefined,
  nowMs: number,
): Cleanable | undefined {
  if (log.isOffline || !log.config['cleanup.policy'].includes('compact')) return undefined;
  const firstDirtyOffset = firstDirty(log, checkpoint);
  const dirty = log.segments
    .from(firstDirtyOffset)
    .filter((segment) => segment !== log.segments.active);
  const firstUncleanableOffset = firstUncleanable(log, dirty, nowMs);
  if (firstUncleanableOffset <= firstDirtyOffset) return undefined;
  const dirtyBytes = sumBytes(
    dirty.filter(({ baseOffset }) => baseOffset < firstUncleanableOffset),
  );
  if (dirtyBytes === 0) return undefined;
  const cleanBytes = sumBytes(
    log.segments.all.filter(({ baseOffset }) => baseOffset < firstDirtyOffset),
  );
  const dirtyRatio = dirtyBytes / (cleanBytes + dirtyBytes);
  const isDue =
    dirtyRatio > log.config['min.cleanable.dirty.ratio'] || isOverdue(log, dirty, nowMs);
  return isDue ? { log, firstDirtyOffset, firstUncleanableOffset, dirtyRatio } : undefined;
}

/** A checkpoint outside of the log speaks of another life of it. */
function firstDirty(log: Log, checkpoint = log.logStartOffset): number {
  return checkpoint < log.logStartOffset || checkpoint > log.logEndOffset
    ? log.logStartOffset
    : checkpoint;
}

/**
 * Open transactions, what is not replicated, the active segment and records younger than `min.compaction.lag.ms`
 * are left alone, and the segments they lie in with them.
 */
function firstUncleanable(log: Log, dirty: readonly Segment[], nowMs: number): number {
  const lagMs = log.config['min.compaction.lag.ms'];
  const young =
    lagMs > 0 ? dirty.find((segment) => segment.largestTimestamp > nowMs - lagMs) : undefined;
  const offset = Math.min(
    log.lastStableOffset,
    log.segments.active.baseOffset,
    young?.baseOffset ?? Infinity,
  );
  return log.segments.at(offset).baseOffset;
}

/** Whether a dirty record has waited for longer than `max.compaction.lag.ms`. */
function isOverdue(log: Log, dirty: readonly Segment[], nowMs: number): boolean {
  const dueMs = nowMs - log.config['max.compaction.lag.ms'];
  if (dueMs <= 0) return false;
  return dirty.some(({ firstTimestamp = -1 }) => firstTimestamp > 0 && firstTimestamp < dueMs);
}

function sumBytes(segments: readonly Segment[]): number {
  return segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Which of a log's oldest segments may go (`UnifiedLog.deleteOldSegments`). Decides only; `Log` removes. */

import type { LogView } from './log-view';
import type { Segment } from './segment/segment';

/** How many segments, from the oldest on, are past the log's limits. May be all of them. */
export function countDeletable(log: LogView, nowMs: number): number {
  const isDelete = log.config['cleanup.policy'].includes('delete');
  const byStart = countWhile(
    log,
    (_, next) => next !== undefined && next.baseOffset <= log.logStartOffset,
  );
  if (!isDelete) return byStart;
  return Math.max(byStart, countBySize(log), countByTime(log, nowMs));
}

function countBySize(log: LogView): number {
  const limit = log.config['retention.bytes'];
  if (limit < 0) return 0;
  let excess = log.sizeBytes - limit;
  return countWhile(log, (segment) => {
    excess -= segment.sizeBytes;
    return excess >= 0;
  });
}

function countByTime(log: LogView, nowMs: number): number {
  const limit = log.config['retention.ms'];
  if (limit < 0) return 0;
  return countWhile(log, (segment) => nowMs - segment.largestTimestamp > limit);
}

/** A segment may go only when all of it is below the high watermark; an empty active one stays. */
function countWhile(
  log: LogView,
  isPastLimit: (segment: Segment, next: Segment | undefined) => boolean,
): number {
  const segments = log.segments.all;
  let count = 0;
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    const isReplicated = log.highWatermark >= (next?.baseOffset ?? log.logEndOffset);
    if (!isReplicated || (!next && segment.sizeBytes === 0)) break;
    if (!isPastLimit(segment, next)) break;
    count++;
  }
  return count;
}

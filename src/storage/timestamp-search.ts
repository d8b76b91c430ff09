/** Finds offsets by timestamp, for ListOffsets: indexes first, then the records of a few batches. */

import { readRecords } from '../protocol/records/reader';
import { headerAt } from './segment/batch-header';
import type { BatchHeader } from './segment/batch-header';
import type { Segment } from './segment/segment';
import type { SegmentList } from './segment/segment-list';
import type { LogRead, ReadOptions, TimestampOffset } from './types';

const READ_BYTES = 256 * 1024;

export interface SearchableLog {
  readonly segments: SegmentList;
  readonly logStartOffset: number;
  readonly writtenEndOffset: number;
  read(options: ReadOptions): LogRead | Promise<LogRead>;
  /** Mends indexes that do not fit their log. */
  repairIndexes(segment: Segment): Promise<void>;
}

/** The first record with a timestamp ≥ `timestamp`, as `UnifiedLog.fetchOffsetByTimestamp` finds it. */
export async function findTimestamp(
  log: SearchableLog,
  timestamp: number,
): Promise<TimestampOffset | undefined> {
  for (const segment of log.segments.all) {
    await ensureTrueMax(log, segment);
    if (segment.largestTimestamp < timestamp) continue;
    let entry = segment.timeIndex.lookup(timestamp);
    if (!segment.hasTime(entry)) {
      await log.repairIndexes(segment);
      entry = segment.timeIndex.lookup(timestamp);
    }
    const match = await scan(log, {
      segment,
      from: Math.max(entry.offset, log.logStartOffset),
      leastOffset: log.logStartOffset,
      isWanted: (found) => found >= timestamp,
    });
    // None if the record with the largest timestamp lies below the start of the log.
    if (match) return match;
  }
  return undefined;
}

/** The largest timestamp of an active segment is known from its batches. */
async function ensureTrueMax(log: SearchableLog, segment: Segment): Promise<void> {
  if (segment !== log.segments.active && !segment.hasTrueMax()) await log.repairIndexes(segment);
}

/** The record with the largest timestamp of all, the first one if there are several (KIP-734). */
export async function findMaxTimestamp(log: SearchableLog): Promise<TimestampOffset | undefined> {
  let segment: Segment | undefined;
  for (const each of log.segments.all) {
    await ensureTrueMax(log, each);
    if (each.max.timestamp > (segment?.max.timestamp ?? -1)) segment = each;
  }
  if (!segment) return undefined;
  const { timestamp, offset } = segment.max;
  return scan(log, {
    segment,
    from: Math.max(offset, log.logStartOffset),
    leastOffset: log.logStartOffset,
    isWanted: (found) => found >= timestamp,
  });
}

interface Scan {
  readonly segment: Segment;
  /** An offset of the first batch that can hold it. */
  readonly from: number;
  /** Records of that batch may lie below the start of the log. */
  readonly leastOffset: number;
  isWanted(timestamp: number): boolean;
}

/** The first wanted record of the segment from an offset on. */
async function scan(log: SearchableLog, wanted: Scan): Promise<TimestampOffset | undefined> {
  const upTo = Math.min(
    log.segments.endOf(wanted.segment, log.writtenEndOffset),
    log.writtenEndOffset,
  );
  let { from } = wanted;
  while (from < upTo) {
    const options = { offset: from, maxBytes: READ_BYTES, upTo, minOneBatch: true };
    const read = await log.read(options);
    try {
      const { match, nextOffset } = firstMatch(read, wanted, from);
      if (match || nextOffset === from) return match;
      from = nextOffset;
    } finally {
      read.release();
    }
  }
  return undefined;
}

function firstMatch(
  read: LogRead,
  wanted: Scan,
  from: number,
): { match: TimestampOffset | undefined; nextOffset: number } {
  let nextOffset = from;
  for (const buffer of read.buffers) {
    let at = 0;
    let header = headerAt(buffer, at, buffer.length);
    while (header) {
      const batch = buffer.subarray(at, at + header.sizeBytes);
      const match = wanted.isWanted(header.maxTimestamp) && matchInBatch(batch, header, wanted);
      if (match) return { match, nextOffset };
      nextOffset = header.lastOffset + 1;
      at += header.sizeBytes;
      header = headerAt(buffer, at, buffer.length - at);
    }
  }
  return { match: undefined, nextOffset };
}

function matchInBatch(
  batch: Buffer,
  header: BatchHeader,
  wanted: Scan,
): TimestampOffset | undefined {
  const { leaderEpoch } = header;
  for (const record of readRecords(batch)) {
    const { offset } = record;
    // Kafka takes times in microseconds or nanoseconds too, which no number holds exactly: as in the indexes.
    const timestamp = Math.min(record.timestamp, Number.MAX_SAFE_INTEGER);
    if (offset >= wanted.leastOffset && wanted.isWanted(timestamp)) {
      return { timestamp, offset, leaderEpoch };
    }
  }
  return undefined;
}

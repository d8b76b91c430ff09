/**
 * What compaction leaves of one batch (`Cleaner.cleanInto`, `MemoryRecords.filterTo`). Offsets never change: a
 * batch keeps its first and last offset however few records are left in it.
 */

import {
  baseTimestampOf,
  hasDeleteHorizon,
  isControl,
  isTransactional,
  producerEpochOf,
  producerIdOf,
} from '../../protocol/records/batch';
import { readRecords } from '../../protocol/records/reader';
import type { Record } from '../../protocol/records/reader';
import { markerOf } from '../producers/batch-info';
import { rebuildBatch } from '../recompress';
import type { WalkedBatch } from '../segment/batch-walk';
import type { OffsetMap } from './offset-map';
import type { CleanedTransactions } from './transactions';

/** The last thing that an active producer wrote. */
export interface LastWrite {
  /** `undefined` if it has written nothing but markers in its epoch. */
  readonly dataOffset: number | undefined;
  readonly producerEpoch: number;
}

export interface FilterRules {
  readonly latest: OffsetMap;
  readonly transactions: CleanedTransactions;
  readonly nowMs: number;
  /** `delete.retention.ms`: how long tombstones and markers stay after they were first compacted. */
  readonly deleteRetentionMs: number;
  /** End of what is compacted. The batch that ends there stays, if empty, so that the log's offsets stay known. */
  readonly upTo: number;
  readonly lastWrites: ReadonlyMap<number, LastWrite>;
}

/** The batch to keep, the same buffer if all of it stays; `undefined` if none of it does. */
export function filterBatch(
  { header, bytes }: WalkedBatch,
  rules: FilterRules,
): Buffer | undefined {
  // No broker has written older formats for years, and their records cannot be told apart cheaply: they stay.
  if (header.magic < 2) return bytes;
  const isObsolete = isDiscardable(bytes, header.lastOffset, rules);
  const isMarker = isControl(bytes, 0);
  const horizon = hasDeleteHorizon(bytes, 0) ? baseTimestampOf(bytes, 0) : undefined;
  const isPastHorizon = horizon !== undefined && horizon <= rules.nowMs;
  const isDropped = isObsolete && (!isMarker || isPastHorizon);
  const records = isDropped ? [] : [...readRecords(bytes)];
  const kept = isMarker
    ? records
    : records.filter((record) => isKept(record, rules, isPastHorizon));
  if (kept.length === 0) {
    return mustStay(bytes, header.lastOffset, rules) ? emptyBatch(bytes) : undefined;
  }
  const hasTombstone = !isMarker && kept.some(({ value }) => value === null);
  const needsHorizon = horizon === undefined && (hasTombstone || (isMarker && isObsolete));
  if (kept.length === records.length && !needsHorizon) return bytes;
  return rebuildBatch(bytes, kept, {
    deleteHorizonMs: needsHorizon ? rules.nowMs + rules.deleteRetentionMs : horizon,
    ...(kept.length === records.length ? {} : { maxTimestamp: largestTimestamp(kept) }),
  });
}

/** Aborted data, or a marker without data. */
function isDiscardable(bytes: Buffer, lastOffset: number, { transactions }: FilterRules): boolean {
  const producerId = producerIdOf(bytes, 0);
  if (!isControl(bytes, 0)) {
    return transactions.isAborted(producerId, isTransactional(bytes, 0), lastOffset);
  }
  return transactions.isMarkerObsolete(producerId, markerOf(bytes, 0), lastOffset);
}

function isKept(record: Record, { latest }: FilterRules, isPastHorizon: boolean): boolean {
  if (record.offset > latest.latestOffset) return true;
  if (record.key === null) return false;
  if (record.offset < latest.get(record.key)) return false;
  return record.value !== null || !isPastHorizon;
}

/** Without its last batch an active producer's next sequence could not be told after a restart. */
function mustStay(bytes: Buffer, lastOffset: number, { upTo, lastWrites }: FilterRules): boolean {
  if (lastOffset + 1 === upTo) return true;
  const last = lastWrites.get(producerIdOf(bytes, 0));
  if (!last) return false;
  if (last.dataOffset !== undefined) return last.dataOffset === lastOffset;
  return isControl(bytes, 0) && producerEpochOf(bytes, 0) === last.producerEpoch;
}

/** A batch of no records that keeps offsets, epochs and sequence. */
function emptyBatch(bytes: Buffer): Buffer {
  return rebuildBatch(bytes, [], { codec: 'none' });
}

function largestTimestamp(records: readonly Record[]): number {
  return records.reduce((largest, { timestamp }) => Math.max(largest, timestamp), -1);
}

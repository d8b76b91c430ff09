/**
 * Makes a batch anew with the records that stay of it. All that its header says of offsets, epochs, producer and
 * sequence stays, and so do the bytes of the records, unless the batch gets a delete horizon: that takes the place
 * of the base timestamp, so the records' timestamps are reckoned from there (KIP-534).
 */

import {
  HEADER_SIZE,
  baseTimestampOf,
  compressionCodecOf,
  hasLogAppendTime,
  patchRecords,
} from '../../protocol/records/batch';
import { compress } from '../../protocol/records/compression';
import { compressAsync } from '../../protocol/records/compression-async';
import { varintSize, writeVarint } from '../../protocol/records/varint';
import type { Pace } from './pace';
import type { RecordSelection } from './record-selection';
import { RecordWalk } from './record-walk';

/** Compressing more than this would hold up everything else. */
const MAX_SYNC_COMPRESSION = 16 * 1024;
/** Longest encoding of a timestamp delta, and how much longer it can make the encoding of a record's length. */
const MAX_DELTA_GROWTH = 10 + 1;
/** Varints are exact up to here. */
const MAX_DELTA = 2 ** 51;
const COPY_STEP_BYTES = 1024 * 1024;
const REWRITE_STEP_RECORDS = 100;

/** The batch that begins at `at` of `buffer`. */
export interface BatchPlace {
  readonly buffer: Buffer;
  readonly at: number;
}

/** Whether the timestamps of the kept records can be reckoned from `deleteHorizonMs`: absurd ones cannot. */
export function canGetHorizon(
  { buffer, at }: BatchPlace,
  selection: RecordSelection,
  deleteHorizonMs: number,
): boolean {
  const shift = baseTimestampOf(buffer, at) - deleteHorizonMs;
  return (
    Math.abs(selection.largestTimestampDelta) + Math.abs(shift) < MAX_DELTA &&
    Math.abs(selection.leastTimestampDelta) + Math.abs(shift) < MAX_DELTA
  );
}

/** The batch with the selected records, and with a delete horizon if one is given. */
export async function rebuildBatch(
  place: BatchPlace,
  selection: RecordSelection,
  { deleteHorizonMs, pace }: { readonly deleteHorizonMs: number | undefined; readonly pace: Pace },
): Promise<Buffer> {
  const { buffer, at } = place;
  const baseTimestamp = baseTimestampOf(buffer, at);
  const plain =
    deleteHorizonMs === undefined
      ? await copyKept(selection, pace)
      : await shiftKept(selection, baseTimestamp - deleteHorizonMs, pace);
  const batch = await packed(place, plain, pace);
  const isThinned = selection.keptCount < selection.seenCount;
  const maxTimestamp = baseTimestamp + selection.largestTimestampDelta;
  const hasOtherMax =
    isThinned && !hasLogAppendTime(buffer, at) && Number.isSafeInteger(maxTimestamp);
  patchRecords(batch, {
    recordCount: selection.keptCount,
    deleteHorizonMs,
    maxTimestamp: hasOtherMax ? maxTimestamp : undefined,
  });
  return batch;
}

/** The header of the batch alone: no records, but offsets, epochs and sequence (`writeEmptyHeader`). */
export function emptyBatch({ buffer, at }: BatchPlace): Buffer {
  const batch = Buffer.from(buffer.subarray(at, at + HEADER_SIZE));
  patchRecords(batch, { recordCount: 0, deleteHorizonMs: undefined, maxTimestamp: undefined });
  return batch;
}

/** The kept records behind room for a header. */
async function copyKept({ walk, runs, keptBytes }: RecordSelection, pace: Pace): Promise<Buffer> {
  const target = Buffer.allocUnsafe(HEADER_SIZE + keptBytes);
  let end = HEADER_SIZE;
  let copied = 0;
  for (let run = 0; run < runs.length; run += 2) {
    const start = runs[run] ?? 0;
    const limit = runs[run + 1] ?? 0;
    for (let from = start; from < limit; from += COPY_STEP_BYTES) {
      end += walk.buffer.copy(target, end, from, Math.min(limit, from + COPY_STEP_BYTES));
      if (end - copied < COPY_STEP_BYTES) continue;
      copied = end;
      if (pace.isDue) await pace.rest();
    }
  }
  return target;
}

/** The kept records, their timestamps `shiftMs` later, behind room for a header. */
async function shiftKept(selection: RecordSelection, shiftMs: number, pace: Pace): Promise<Buffer> {
  const { walk, runs, keptBytes, keptCount } = selection;
  const target = Buffer.allocUnsafe(HEADER_SIZE + keptBytes + keptCount * MAX_DELTA_GROWTH);
  let end = HEADER_SIZE;
  let left = keptCount;
  for (let run = 0; run < runs.length; run += 2) {
    const [start = 0, limit = 0] = runs.slice(run, run + 2);
    const kept = new RecordWalk(walk.buffer, { start, end: limit, count: left });
    while (kept.end < limit && kept.next()) {
      end = writeShifted(kept, shiftMs, { target, end });
      if (--left % REWRITE_STEP_RECORDS === 0 && pace.isDue) await pace.rest();
    }
  }
  return target.subarray(0, end);
}

function writeShifted(
  record: RecordWalk,
  shiftMs: number,
  { target, end }: { readonly target: Buffer; readonly end: number },
): number {
  const { buffer, timestampAt, afterTimestamp } = record;
  const delta = record.timestampDelta + shiftMs;
  let at = writeVarint(target, 1 + varintSize(delta) + record.end - afterTimestamp, end);
  target[at++] = buffer[timestampAt - 1] ?? 0;
  at = writeVarint(target, delta, at);
  return at + buffer.copy(target, at, afterTimestamp, record.end);
}

/** The records compressed as they were, behind the header as it was. */
async function packed({ buffer, at }: BatchPlace, plain: Buffer, pace: Pace): Promise<Buffer> {
  const codec = compressionCodecOf(buffer, at) ?? 'none';
  let batch = plain;
  if (codec !== 'none') {
    const records = plain.subarray(HEADER_SIZE);
    const isLarge = records.length > MAX_SYNC_COMPRESSION;
    const body = isLarge ? await compressAsync(codec, records) : compress(codec, records);
    batch = Buffer.allocUnsafe(HEADER_SIZE + body.length);
    for (let from = 0; from < body.length; from += COPY_STEP_BYTES) {
      if (pace.isDue) await pace.rest();
      body.copy(batch, HEADER_SIZE + from, from, from + COPY_STEP_BYTES);
    }
  }
  buffer.copy(batch, 0, at, at + HEADER_SIZE);
  return batch;
}

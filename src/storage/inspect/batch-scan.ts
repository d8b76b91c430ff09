/**
 * Reads a segment's file from front to back, batch by batch, for whoever looks into it from outside: nothing is
 * written, damaged batches are given like all others, and a broker may append meanwhile.
 */

import type { OpenFile } from '../../platform/ports';
import { LOG_OVERHEAD } from '../../protocol/records/batch';
import { isIntact } from '../../protocol/records/reader';
import { headerAt } from '../segment/batch-header';
import type { BatchHeader } from '../segment/batch-header';

const SLICE_BYTES = 1024 * 1024;
/** A length beyond this is damage: no request that could bring such a batch is taken by any broker. */
const MAX_BATCH_BYTES = 256 * 1024 * 1024;

export interface ScannedBatch {
  readonly header: BatchHeader;
  /** Position of the batch in the file. */
  readonly position: number;
  /** The whole batch; the bytes are gone at the next step. */
  readonly bytes: Buffer;
  /** Its checksum fits. */
  readonly isIntact: boolean;
}

/** Where a scan ended, and why it did not go on: nothing is left, part of a batch is left, or no batch begins there. */
export interface ScanEnd {
  readonly position: number;
  readonly reason: 'end' | 'torn' | 'no batch';
  /** Bytes of the file from `position` on. */
  readonly restBytes: number;
}

/** Gives the batches from `from` on. Rejects with `FileError`. */
export async function* scanBatches(
  file: OpenFile,
  from = 0,
): AsyncGenerator<ScannedBatch, ScanEnd> {
  let position = from;
  let room = Buffer.allocUnsafeSlow(SLICE_BYTES);
  for (;;) {
    const sizeBytes = file.size();
    const restBytes = Math.max(sizeBytes - position, 0);
    const target = room.subarray(0, Math.min(room.length, restBytes));
    const count = await readWhole(file, target, position);
    const before = position;
    for (const batch of wholeBatches(room.subarray(0, count), position)) {
      yield batch;
      position = batch.position + batch.bytes.length;
    }
    if (position > before) continue;
    const header = headerAt(room, 0, count);
    const neededBytes = header?.sizeBytes ?? 0;
    if (neededBytes > room.length && neededBytes <= Math.min(restBytes, MAX_BATCH_BYTES)) {
      room = Buffer.allocUnsafeSlow(neededBytes);
      continue;
    }
    // What a broker appends meanwhile may have been seen half written.
    if (file.size() > sizeBytes) continue;
    return { position, reason: reasonFor(room.subarray(0, count), header), restBytes };
  }
}

function reasonFor(rest: Buffer, header: BatchHeader | undefined): ScanEnd['reason'] {
  if (rest.length === 0) return 'end';
  if (header) return header.sizeBytes > MAX_BATCH_BYTES ? 'no batch' : 'torn';
  return isStartOfBatch(rest) ? 'torn' : 'no batch';
}

const LENGTH_AT = 8;
const MAGIC_AT = 16;
const LATEST_MAGIC = 2;

/** Whether bytes too few for a header may be the beginning of a batch. */
function isStartOfBatch(rest: Buffer): boolean {
  if (rest.length < LOG_OVERHEAD) return true;
  if (rest.readInt32BE(LENGTH_AT) <= rest.length - LOG_OVERHEAD) return false;
  const magic = rest.length > MAGIC_AT ? rest.readInt8(MAGIC_AT) : LATEST_MAGIC;
  return magic >= 0 && magic <= LATEST_MAGIC;
}

function* wholeBatches(slice: Buffer, position: number): Generator<ScannedBatch> {
  let at = 0;
  let header = headerAt(slice, at, slice.length);
  while (header && at + header.sizeBytes <= slice.length) {
    const bytes = slice.subarray(at, at + header.sizeBytes);
    yield { header, position: position + at, bytes, isIntact: isIntact(slice, at) };
    at += header.sizeBytes;
    header = headerAt(slice, at, slice.length - at);
  }
}

/** Returns how many bytes are there. */
async function readWhole(file: OpenFile, target: Buffer, position: number): Promise<number> {
  let count = 0;
  while (count < target.length) {
    const more = await file.read(target, count, target.length - count, position + count);
    if (more === 0) break;
    count += more;
  }
  return count;
}

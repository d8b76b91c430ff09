/**
 * The few fields of a batch that storage walks by, for record batches (magic 2) and for the message sets of
 * magic 0 and 1 that old segments may still hold. Field access for magic 2 alone is in protocol/records.
 */

import { readInt64 } from '../../protocol/int64';
import {
  HEADER_SIZE,
  LOG_OVERHEAD,
  batchSizeAt,
  lastOffsetDelta,
  magicOf,
  maxTimestampOf,
  partitionLeaderEpochOf,
} from '../../protocol/records/batch';

/** Bytes that tell everything there is to know of a batch without its records. */
export const HEADER_BYTES = HEADER_SIZE;
/** An empty message of magic 0: CRC, magic, attributes, no key, no value. */
export const LEAST_BATCH_BYTES = LOG_OVERHEAD + 14;
const LEGACY_TIMESTAMP_AT = 18;

export interface BatchHeader {
  readonly sizeBytes: number;
  readonly magic: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** −1 if there is none. */
  readonly maxTimestamp: number;
  /** −1 if unknown. */
  readonly leaderEpoch: number;
}

/** Last offset of the batch at `at`. A legacy message, or wrapper of a compressed set, carries it itself. */
export function lastOffsetAt(buffer: Buffer, at: number): number {
  const offset = readInt64(buffer, at);
  return magicOf(buffer, at) >= 2 ? offset + lastOffsetDelta(buffer, at) : offset;
}

/** The header at `at`, of which `available` bytes are there; `undefined` if they are too few or no batch. */
export function headerAt(buffer: Buffer, at: number, available: number): BatchHeader | undefined {
  if (available < LEAST_BATCH_BYTES) return undefined;
  const sizeBytes = batchSizeAt(buffer, at);
  const magic = magicOf(buffer, at);
  const isLegacy = magic === 0 || magic === 1;
  if (!isLegacy && (magic !== 2 || available < HEADER_BYTES)) return undefined;
  if (sizeBytes < (isLegacy ? LEAST_BATCH_BYTES : HEADER_BYTES)) return undefined;
  return {
    sizeBytes,
    magic,
    baseOffset: readInt64(buffer, at),
    lastOffset: lastOffsetAt(buffer, at),
    maxTimestamp: isLegacy ? legacyTimestamp(buffer, at, magic) : timestampAt(buffer, at),
    leaderEpoch: isLegacy ? -1 : partitionLeaderEpochOf(buffer, at),
  };
}

/** Timestamps beyond 2^53 exist only by mistake; they sort last, and no more is asked of them. */
function timestampAt(buffer: Buffer, at: number): number {
  return Math.min(maxTimestampOf(buffer, at), Number.MAX_SAFE_INTEGER);
}

function legacyTimestamp(buffer: Buffer, at: number, magic: number): number {
  if (magic === 0) return -1;
  return Math.min(readInt64(buffer, at + LEGACY_TIMESTAMP_AT), Number.MAX_SAFE_INTEGER);
}

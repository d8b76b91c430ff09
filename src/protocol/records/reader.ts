/** Reads batches and their records, for those who must look inside: coordinators, the cleaner, our own consumer. */
import { ProtocolError } from '../errors';
import { MalformedError } from '../reader';
import {
  HEADER_SIZE,
  LOG_OVERHEAD,
  baseOffsetOf,
  baseTimestampOf,
  batchSizeAt,
  compressionCodecOf,
  hasLogAppendTime,
  isCrcValid,
  magicOf,
  maxTimestampOf,
  recordCountOf,
} from './batch';
import type { CompressionCodec } from './batch';
import { decompress } from './compression';
import { decompressAsync } from './compression-async';
import { MIN_MESSAGE_SIZE, isLegacyMagic, isMessageCrcValid } from './message';
import { readMessages } from './message-set';
import type { RecordHeader } from './record';
import { readRecord } from './record';
import { VarintCursor } from './varint';

export interface Record {
  readonly offset: number;
  /** Milliseconds since the epoch, −1 for none. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}

/** More than this is never taken out of one compressed batch, unless the caller says otherwise. */
export const MAX_DECOMPRESSED_BYTES = 128 * 1024 * 1024;

/** Up to its magic a batch of every format looks alike. */
const MAGIC_END = 17;
const LATEST_MAGIC = 2;

/**
 * Whether a batch of whatever magic begins at `position` and is there to its end
 * (org.apache.kafka.common.record.ByteBufferLogInputStream). Throws CORRUPT_MESSAGE on what begins no batch.
 */
export function hasBatchAt(buffer: Buffer, position: number): boolean {
  if (position + LOG_OVERHEAD > buffer.length) return false;
  const size = batchSizeAt(buffer, position);
  if (size < MIN_MESSAGE_SIZE) {
    throw new ProtocolError('CORRUPT_MESSAGE', `a batch of ${String(size)} bytes`);
  }
  if (position + MAGIC_END > buffer.length) return false;
  const magic = magicOf(buffer, position);
  if (magic < 0 || magic > LATEST_MAGIC) {
    throw new ProtocolError('CORRUPT_MESSAGE', `a batch of magic ${String(magic)}`);
  }
  return position + size <= buffer.length;
}

/** True if the checksum of the batch at `position`, of whatever magic, fits. All of it must lie in `buffer`. */
export function isIntact(buffer: Buffer, position: number): boolean {
  return isLegacyMagic(magicOf(buffer, position))
    ? isMessageCrcValid(buffer, position)
    : isCrcValid(buffer, position);
}

/**
 * The whole batches in `buffer`, of whatever magic, in order; an incomplete last one is passed over.
 * Throws CORRUPT_MESSAGE on a length or magic that no batch can have.
 */
export function* batches(buffer: Buffer): Generator<{ position: number; size: number }> {
  for (let position = 0; hasBatchAt(buffer, position);) {
    const size = batchSizeAt(buffer, position);
    yield { position, size };
    position += size;
  }
}

/**
 * The records of one batch of any magic, which begins `batch`. Keys and values are views of the batch, or
 * of what was decompressed. Throws INVALID_RECORD on bytes that are no records, CORRUPT_MESSAGE on what
 * cannot be decompressed, MESSAGE_TOO_LARGE if that is more than `limit` bytes.
 */
export function readRecords(batch: Buffer, limit = MAX_DECOMPRESSED_BYTES): Generator<Record> {
  if (isLegacyMagic(magicOf(batch, 0))) {
    requireWhole(batch, MIN_MESSAGE_SIZE);
    return readMessages(batch, { limit });
  }
  return recordsIn(batch, decompress(codecOf(batch), compressedBytes(batch), limit));
}

/** As `readRecords` of a batch of magic 2, decompressed off the event loop; `batch` must keep its content. */
export async function readRecordsAsync(
  batch: Buffer,
  limit = MAX_DECOMPRESSED_BYTES,
): Promise<Generator<Record>> {
  return recordsIn(batch, await decompressAsync(codecOf(batch), compressedBytes(batch), limit));
}

function* recordsIn(batch: Buffer, records: Buffer): Generator<Record> {
  const cursor = new VarintCursor(records, 0);
  const baseOffset = baseOffsetOf(batch, 0);
  const baseTimestamp = baseTimestampOf(batch, 0);
  const appendTime = hasLogAppendTime(batch, 0) ? maxTimestampOf(batch, 0) : undefined;
  for (let left = recordCountOf(batch, 0); left > 0; left--) {
    const { offsetDelta, timestampDelta, key, value, headers } = checked(() => readRecord(cursor));
    const timestamp = appendTime ?? baseTimestamp + timestampDelta;
    yield { offset: baseOffset + offsetDelta, timestamp, key, value, headers };
  }
  if (cursor.position < cursor.buffer.length) {
    throw new ProtocolError('INVALID_RECORD', 'a batch holds more than the records that it counts');
  }
}

/** What follows the header. */
function compressedBytes(batch: Buffer): Buffer {
  return batch.subarray(HEADER_SIZE, requireWhole(batch, HEADER_SIZE));
}

function codecOf(batch: Buffer): CompressionCodec {
  const codec = compressionCodecOf(batch, 0);
  if (codec === undefined)
    throw new ProtocolError('CORRUPT_MESSAGE', 'an unknown compression codec');
  return codec;
}

/** Where the batch ends. Throws CORRUPT_MESSAGE unless it is there whole and has `leastBytes`. */
function requireWhole(batch: Buffer, leastBytes: number): number {
  const end = batchSizeAt(batch, 0);
  if (end < leastBytes || end > batch.length)
    throw new ProtocolError('CORRUPT_MESSAGE', 'a batch is cut short');
  return end;
}

function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof MalformedError)) throw cause;
    throw new ProtocolError('INVALID_RECORD', `no record: ${cause.message}`, { cause });
  }
}

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
  maxTimestampOf,
  recordCountOf,
} from './batch';
import { decompress } from './compression';
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
const MAX_DECOMPRESSED_BYTES = 128 * 1024 * 1024;

/** The counted bytes of the smallest batch of any magic: an empty message of magic 0. */
const MIN_BATCH_LENGTH = 14;

/**
 * The whole batches in `buffer`, of whatever magic, in order; an incomplete last one is passed over.
 * Throws CORRUPT_MESSAGE on a length that no batch can have.
 */
export function* batches(buffer: Buffer): Generator<{ position: number; size: number }> {
  for (let position = 0; position + LOG_OVERHEAD <= buffer.length;) {
    const size = batchSizeAt(buffer, position);
    if (size < LOG_OVERHEAD + MIN_BATCH_LENGTH) {
      throw new ProtocolError('CORRUPT_MESSAGE', `a batch of ${String(size)} bytes`);
    }
    if (position + size > buffer.length) return;
    yield { position, size };
    position += size;
  }
}

/**
 * The records of one batch (magic 2), which begins `batch`. Keys and values are views of the batch, or
 * of what was decompressed. Throws INVALID_RECORD on bytes that are no records, CORRUPT_MESSAGE on what
 * cannot be decompressed, MESSAGE_TOO_LARGE if that is more than `limit` bytes.
 */
export function* readRecords(batch: Buffer, limit = MAX_DECOMPRESSED_BYTES): Generator<Record> {
  const cursor = new VarintCursor(recordBytes(batch, limit), 0);
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

/** What follows the header, decompressed. */
function recordBytes(batch: Buffer, limit: number): Buffer {
  const codec = compressionCodecOf(batch, 0);
  if (codec === undefined)
    throw new ProtocolError('CORRUPT_MESSAGE', 'an unknown compression codec');
  const end = batchSizeAt(batch, 0);
  if (end < HEADER_SIZE || end > batch.length)
    throw new ProtocolError('CORRUPT_MESSAGE', 'a batch is cut short');
  return decompress(codec, batch.subarray(HEADER_SIZE, end), limit);
}

function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof MalformedError)) throw cause;
    throw new ProtocolError('INVALID_RECORD', `no record: ${cause.message}`, { cause });
  }
}

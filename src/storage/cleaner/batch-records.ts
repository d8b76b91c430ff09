/** Opens batches (magic 2) for a walk along their records; large ones are decompressed in the thread pool. */

import { ProtocolError } from '../../protocol/errors';
import {
  HEADER_SIZE,
  batchSizeAt,
  compressionCodecOf,
  recordCountOf,
} from '../../protocol/records/batch';
import { decompress } from '../../protocol/records/compression';
import type { CompressionCodec } from '../../protocol/records/batch';
import { decompressAsync } from '../../protocol/records/compression-async';
import { RecordWalk } from './record-walk';

/** More than this is never taken out of one batch. */
const MAX_DECOMPRESSED_BYTES = 128 * 1024 * 1024;
/** What is larger than this, compressed or not, would hold up everything else. */
const MAX_SYNC_BYTES = 64 * 1024;
const MAX_SYNC_DECOMPRESSED_BYTES = 512 * 1024;

/**
 * A walk along the records of the batch at `at` of `buffer`, which must not change until the walk has ended.
 * Throws or rejects with CORRUPT_MESSAGE on what cannot be decompressed, MESSAGE_TOO_LARGE on what is too much.
 */
export function openBatch(buffer: Buffer, at: number): RecordWalk | Promise<RecordWalk> {
  const end = at + batchSizeAt(buffer, at);
  const count = recordCountOf(buffer, at);
  const codec = compressionCodecOf(buffer, at);
  if (codec === undefined) {
    throw new ProtocolError('CORRUPT_MESSAGE', 'an unknown compression codec');
  }
  if (codec === 'none') return new RecordWalk(buffer, { start: at + HEADER_SIZE, end, count });
  const plain = decompressed(codec, buffer.subarray(at + HEADER_SIZE, end));
  return plain instanceof Promise
    ? plain.then((bytes) => walkOf(bytes, count))
    : walkOf(plain, count);
}

function walkOf(plain: Buffer, count: number): RecordWalk {
  return new RecordWalk(plain, { start: 0, end: plain.length, count });
}

function decompressed(codec: CompressionCodec, data: Buffer): Buffer | Promise<Buffer> {
  if (data.length <= MAX_SYNC_BYTES) {
    try {
      return decompress(codec, data, MAX_SYNC_DECOMPRESSED_BYTES);
    } catch (error) {
      const isTooMuch = error instanceof ProtocolError && error.errorName === 'MESSAGE_TOO_LARGE';
      if (!isTooMuch) throw error;
    }
  }
  return decompressAsync(codec, data, MAX_DECOMPRESSED_BYTES);
}

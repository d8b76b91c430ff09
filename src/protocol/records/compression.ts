/**
 * The codecs of record batches. Each library is loaded when it is first needed. Decompression never
 * yields more than the caller's limit, and decides so before the memory is taken.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { ProtocolError } from '../errors';
import type { CompressionCodec } from './batch';
import { compressLz4, decompressLz4 } from './lz4';
import { compressSnappy, decompressSnappy } from './snappy';
import { compressZstd, decompressZstd } from './zstd';

/** `level` is that of gzip (1 to 9), lz4 (1 to 17) or zstd; the other codecs have none. */
export function compress(codec: CompressionCodec, data: Buffer, level?: number): Buffer {
  switch (codec) {
    case 'none':
      return data;
    case 'gzip':
      return gzipSync(data, level === undefined ? {} : { level });
    case 'snappy':
      return compressSnappy(data);
    case 'lz4':
      return compressLz4(data, level);
    case 'zstd':
      return compressZstd(data, level);
  }
}

/** Throws MESSAGE_TOO_LARGE if more than `limit` bytes would come out, CORRUPT_MESSAGE if `data` is not of the codec. */
export function decompress(codec: CompressionCodec, data: Buffer, limit: number): Buffer {
  try {
    return decompressChecked(codec, data, limit);
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause;
    throw asDecompressionError(codec, cause);
  }
}

/** What to say of data that is not of its codec. */
export function asDecompressionError(codec: CompressionCodec, cause: unknown): ProtocolError {
  return new ProtocolError('CORRUPT_MESSAGE', `cannot decompress ${codec} data`, { cause });
}

function decompressChecked(codec: CompressionCodec, data: Buffer, limit: number): Buffer {
  switch (codec) {
    case 'none':
      return data;
    case 'gzip':
      return decompressGzip(data, limit);
    case 'snappy':
      return decompressSnappy(data, limit);
    case 'lz4':
      return decompressLz4(data, limit);
    case 'zstd':
      return decompressZstd(data, limit);
  }
}

function decompressGzip(data: Buffer, limit: number): Buffer {
  try {
    return gunzipSync(data, { maxOutputLength: limit });
  } catch (error) {
    throw asGzipError(error, limit);
  }
}

/** MESSAGE_TOO_LARGE if zlib stopped at the limit, else `error` itself. */
export function asGzipError(error: unknown, limit: number): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return error;
  return new ProtocolError('MESSAGE_TOO_LARGE', `more than ${String(limit)} bytes decompressed`);
}

/**
 * The codecs of record batches. Each library is loaded when it is first needed. Decompression never
 * yields more than the caller's limit, and decides so before the memory is taken.
 */
import { promisify } from 'node:util';
import { gunzip, gunzipSync, gzip, gzipSync } from 'node:zlib';
import { ProtocolError } from '../errors';
import type { CompressionCodec } from './batch';
import { compressLz4, compressLz4Later, decompressLz4, decompressLz4Later } from './lz4';
import { compressSnappy, decompressSnappy } from './snappy';
import { compressZstd, decompressZstd } from './zstd';

/** `level` is that of gzip (1 to 9) or zstd; the other codecs have none. */
export function compress(codec: CompressionCodec, data: Buffer, level?: number): Buffer {
  switch (codec) {
    case 'none':
      return data;
    case 'gzip':
      return gzipSync(data, level === undefined ? {} : { level });
    case 'snappy':
      return compressSnappy(data);
    case 'lz4':
      return compressLz4(data);
    case 'zstd':
      return compressZstd(data, level);
  }
}

const gzipLater = promisify(gzip);
const gunzipLater = promisify(gunzip);

/** As `compress` at the usual level, off the event loop where the codec takes long. */
export async function compressLater(codec: CompressionCodec, data: Buffer): Promise<Buffer> {
  if (codec === 'gzip') return gzipLater(data);
  return codec === 'lz4' ? compressLz4Later(data) : compress(codec, data);
}

/** Throws MESSAGE_TOO_LARGE if more than `limit` bytes would come out, CORRUPT_MESSAGE if `data` is not of the codec. */
export function decompress(codec: CompressionCodec, data: Buffer, limit: number): Buffer {
  try {
    return decompressChecked(codec, data, limit);
  } catch (cause) {
    throw undecompressable(codec, limit, cause);
  }
}

/** As `decompress`, off the event loop where the codec takes long; `data` must keep its content meanwhile. */
export async function decompressLater(
  codec: CompressionCodec,
  data: Buffer,
  limit: number,
): Promise<Buffer> {
  try {
    if (codec === 'gzip') return await gunzipLater(data, { maxOutputLength: limit });
    return codec === 'lz4' ? await decompressLz4Later(data, limit) : decompress(codec, data, limit);
  } catch (cause) {
    throw undecompressable(codec, limit, cause);
  }
}

function undecompressable(codec: CompressionCodec, limit: number, cause: unknown): unknown {
  if (cause instanceof ProtocolError) return cause;
  return (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    ? new ProtocolError('MESSAGE_TOO_LARGE', `more than ${String(limit)} bytes decompressed`)
    : new ProtocolError('CORRUPT_MESSAGE', `cannot decompress ${codec} data`, { cause });
}

function decompressChecked(codec: CompressionCodec, data: Buffer, limit: number): Buffer {
  switch (codec) {
    case 'none':
      return data;
    case 'gzip':
      return gunzipSync(data, { maxOutputLength: limit });
    case 'snappy':
      return decompressSnappy(data, limit);
    case 'lz4':
      return decompressLz4(data, limit);
    case 'zstd':
      return decompressZstd(data, limit);
  }
}

/**
 * As compression.ts, in the thread pool: for what is too large to hold up everything else meanwhile. The data must
 * not change until the returned promise settles.
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { ProtocolError } from '../errors';
import type { CompressionCodec } from './batch';
import { asDecompressionError, asGzipError } from './compression';
import { compressLz4Async, decompressLz4Async } from './lz4';
import { compressSnappyAsync, decompressSnappyAsync } from './snappy';
import { compressZstdAsync, decompressZstdAsync } from './zstd';

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/** At the usual level of each codec. */
export async function compressAsync(codec: CompressionCodec, data: Buffer): Promise<Buffer> {
  switch (codec) {
    case 'none':
      return data;
    case 'gzip':
      return gzipAsync(data);
    case 'snappy':
      return compressSnappyAsync(data);
    case 'lz4':
      return compressLz4Async(data);
    case 'zstd':
      return compressZstdAsync(data);
  }
}

/** Rejects as `decompress` throws. */
export async function decompressAsync(
  codec: CompressionCodec,
  data: Buffer,
  limit: number,
): Promise<Buffer> {
  try {
    return await decompressChecked(codec, data, limit);
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause;
    throw asDecompressionError(codec, cause);
  }
}

async function decompressChecked(
  codec: CompressionCodec,
  data: Buffer,
  limit: number,
): Promise<Buffer> {
  switch (codec) {
    case 'none':
      return data;
    case 'gzip':
      return gunzipAsync(data, { maxOutputLength: limit }).catch((error: unknown) => {
        throw asGzipError(error, limit);
      });
    case 'snappy':
      return decompressSnappyAsync(data, limit);
    case 'lz4':
      return decompressLz4Async(data, limit);
    case 'zstd':
      return decompressZstdAsync(data, limit);
  }
}

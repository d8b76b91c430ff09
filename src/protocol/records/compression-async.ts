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

/** The least that Node takes for `chunkSize`. */
const LEAST_CHUNK_BYTES = 64;
/** A gzip member (RFC 1952) of nothing, and the length of what is in it at its end. */
const GZIP_EMPTY_BYTES = 20;
const GZIP_SIZE_BYTES = 4;
/** No deflate stream expands more than this. */
const MAX_DEFLATE_RATIO = 1032;

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/** At the usual level of each codec. */
export async function compressAsync(codec: CompressionCodec, data: Buffer): Promise<Buffer> {
  switch (codec) {
    case 'none':
      return data;
    case 'gzip':
      return gzipAsync(data, { chunkSize: mostGzipBytes(data.length) });
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
      return gunzipAsync(data, {
        maxOutputLength: limit,
        chunkSize: Math.min(announcedBytes(data), limit) + LEAST_CHUNK_BYTES,
      }).catch((error: unknown) => {
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

/**
 * Data that does not get smaller is stored, with five bytes for each block of it. With room for all of it, zlib makes
 * one trip to the thread pool, and its pieces need not be joined, which would hold up everything else.
 */
function mostGzipBytes(length: number): number {
  return length + (length >> 10) + LEAST_CHUNK_BYTES;
}

/** How much a gzip member says it holds. It may be wrong, or not the only one: no more than a first guess. */
function announcedBytes(data: Buffer): number {
  if (data.length < GZIP_EMPTY_BYTES) return 0;
  const size = data.readUInt32LE(data.length - GZIP_SIZE_BYTES);
  return Math.min(size, data.length * MAX_DEFLATE_RATIO);
}

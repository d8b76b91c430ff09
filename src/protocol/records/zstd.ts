/** Zstandard (RFC 8878). */
import type * as zstd from '@toondepauw/node-zstd';
import { DecompressedSize } from './decompressed-size';

const DEFAULT_LEVEL = 3;
const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xffff_fff0;
const MAX_BLOCK_BYTES = 128 * 1024;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;

export function compressZstd(data: Buffer, level = DEFAULT_LEVEL): Buffer {
  return new (library().Encoder)(level).encodeSync(data);
}

export function decompressZstd(data: Buffer, limit: number): Buffer {
  checkSize(data, limit);
  const plain = new (library().Decoder)().decodeSync(data);
  new DecompressedSize(limit).add(plain.length);
  return plain;
}

/** As `compressZstd`, in the thread pool. */
export function compressZstdAsync(data: Buffer, level = DEFAULT_LEVEL): Promise<Buffer> {
  return new (library().Encoder)(level).encode(data);
}

/** As `decompressZstd`, in the thread pool. */
export async function decompressZstdAsync(data: Buffer, limit: number): Promise<Buffer> {
  checkSize(data, limit);
  const plain = await new (library().Decoder)().decode(data);
  new DecompressedSize(limit).add(plain.length);
  return plain;
}

/**
 * Walks over the frames and their blocks and adds up the most that each block can hold. Of the last
 * block no more is known than its largest size, so that one of these is allowed beyond the limit.
 */
function checkSize(data: Buffer, limit: number): void {
  const size = new DecompressedSize(limit + MAX_BLOCK_BYTES);
  for (let position = 0; position < data.length;) {
    const magic = data.readUInt32LE(position);
    if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC)
      position += 8 + data.readUInt32LE(position + 4);
    else if (magic === MAGIC) position = frameEnd(data, position + 4, size);
    else throw new RangeError('no zstd frame');
  }
}

/** `start` is that of the frame header; returns where the frame ends. */
function frameEnd(data: Buffer, start: number, size: DecompressedSize): number {
  const descriptor = data.readUInt8(start);
  let position = start + headerBytes(descriptor);
  for (let isLast = false; !isLast;) {
    const header = data.readUIntLE(position, BLOCK_HEADER_BYTES);
    const type = (header >> 1) & 3;
    const length = header >> 3;
    isLast = (header & 1) !== 0;
    // Raw blocks and repeated bytes say how much they hold; a compressed block says how long it is.
    size.add(type === 2 ? MAX_BLOCK_BYTES : length);
    position += BLOCK_HEADER_BYTES + (type === 1 ? 1 : length);
  }
  return position + (descriptor & 0x04 ? CHECKSUM_BYTES : 0);
}

/** Bytes of the frame header: descriptor, window, dictionary id and content size. */
function headerBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return 1 + (isSingleSegment ? 0 : 1) + dictionaryBytes + contentSizeBytes;
}

let loaded: typeof zstd | undefined;

function library(): typeof zstd {
  return (loaded ??= require('@toondepauw/node-zstd') as typeof zstd);
}

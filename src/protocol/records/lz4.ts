/**
 * LZ4 in its frame format (github.com/lz4/lz4: doc/lz4_Frame_format.md). Java's reader wants
 * independent blocks and a right header checksum, which is what the library writes.
 */
import type * as lz4 from 'lz4-napi';
import { DecompressedSize } from './decompressed-size';
import { xxHash32 } from './xxhash32';

const MAGIC = 0x184d2204;
const VERSION_MASK = 0xc0;
const VERSION = 0x40;
const BLOCK_CHECKSUM_BIT = 0x10;
const CONTENT_SIZE_BIT = 0x08;
const DICTIONARY_BIT = 0x01;
const FLAGS_AT = 4;
const BLOCK_SIZE_AT = 5;
/** Magic, flags, block size and header checksum. */
const MIN_HEADER_BYTES = 7;
const CONTENT_SIZE_BYTES = 8;
const DICTIONARY_BYTES = 4;
const UNCOMPRESSED_BIT = 0x8000_0000;
/** No LZ4 block expands more than this. */
const MAX_RATIO = 255;

export function compressLz4(data: Buffer): Buffer {
  return library().compressFrameSync(data);
}

export function decompressLz4(data: Buffer, limit: number): Buffer {
  checkSize(data, limit);
  const plain = library().decompressFrameSync(data);
  new DecompressedSize(limit).add(plain.length);
  return plain;
}

/** As `compressLz4`, in the thread pool. */
export function compressLz4Async(data: Buffer): Promise<Buffer> {
  return library().compressFrame(data);
}

/** As `decompressLz4`, in the thread pool. */
export async function decompressLz4Async(data: Buffer, limit: number): Promise<Buffer> {
  checkSize(data, limit);
  const plain = await library().decompressFrame(data);
  new DecompressedSize(limit).add(plain.length);
  return plain;
}

/**
 * The frame as message sets of magic 0 have it: Kafka's first writer took the frame's magic into the checksum
 * of the header too (KAFKA-3160), and what reads that format expects it so. Changes `frame`.
 */
export function spoilHeaderChecksum(frame: Buffer): Buffer {
  const at = headerChecksumAt(frame);
  return withHeaderChecksum(frame, frame.subarray(0, at));
}

/** The frame of a message set of magic 0, whose checksum nobody checks, with the right one. A copy. */
export function mendHeaderChecksum(frame: Buffer): Buffer {
  const at = headerChecksumAt(frame);
  return withHeaderChecksum(Buffer.from(frame), frame.subarray(FLAGS_AT, at));
}

function withHeaderChecksum(frame: Buffer, hashed: Buffer): Buffer {
  frame.writeUInt8((xxHash32(hashed) >>> 8) & 0xff, headerChecksumAt(frame));
  return frame;
}

function headerChecksumAt(frame: Buffer): number {
  const flags = frame.readUInt8(FLAGS_AT);
  return (
    MIN_HEADER_BYTES -
    1 +
    (flags & CONTENT_SIZE_BIT ? CONTENT_SIZE_BYTES : 0) +
    (flags & DICTIONARY_BIT ? DICTIONARY_BYTES : 0)
  );
}

/**
 * Walks over the blocks of the frame and adds up the most that each can hold. The last block may hold far
 * less, so that one block is allowed beyond the limit.
 */
function checkSize(data: Buffer, limit: number): void {
  if (data.readUInt32LE(0) !== MAGIC) throw new RangeError('no LZ4 frame');
  const flags = data.readUInt8(FLAGS_AT);
  if ((flags & VERSION_MASK) !== VERSION) throw new RangeError('an unknown version of LZ4 frames');
  const blockBytes = 1 << (8 + 2 * ((data.readUInt8(BLOCK_SIZE_AT) >> 4) & 7));
  const checksumBytes = flags & BLOCK_CHECKSUM_BIT ? 4 : 0;
  const size = new DecompressedSize(limit + blockBytes);
  let position = headerChecksumAt(data) + 1;
  for (;;) {
    const word = data.readUInt32LE(position);
    if (word === 0) return;
    const length = word % UNCOMPRESSED_BIT;
    size.add(word >= UNCOMPRESSED_BIT ? length : Math.min(blockBytes, length * MAX_RATIO));
    position += 4 + length + checksumBytes;
  }
}

let loaded: typeof lz4 | undefined;

function library(): typeof lz4 {
  return (loaded ??= require('lz4-napi') as typeof lz4);
}

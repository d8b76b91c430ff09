/** The frame format of LZ4 (github.com/lz4/lz4: doc/lz4_Frame_format.md), without what is in the blocks. */
import { MAX_POOL_BYTES } from './pieces';
import type { Piece } from './pieces';
import { xxHash32 } from './xxhash32';

const MAGIC = 0x184d2204;
const VERSION_MASK = 0xc0;
const VERSION = 0x40;
const INDEPENDENT_BIT = 0x20;
const BLOCK_CHECKSUM_BIT = 0x10;
const CONTENT_SIZE_BIT = 0x08;
const DICTIONARY_BIT = 0x01;
const FLAGS_AT = 4;
const BLOCK_SIZE_AT = 5;
/** Blocks of up to 64 KB. */
const SMALL_BLOCKS = 0x40;
/** The block sizes that there are, each by itself in its byte: 64 KB, 256 KB, 1 MB, 4 MB. */
const BLOCK_SIZES = [SMALL_BLOCKS, 0x50, 0x60, 0x70];
/** Magic, flags, block size and header checksum. */
export const MIN_HEADER_BYTES = 7;
const CONTENT_SIZE_BYTES = 8;
const DICTIONARY_BYTES = 4;
const BLOCK_CHECKSUM_BYTES = 4;
/** The length of a block, before it. */
export const LENGTH_BYTES = 4;
/** A block of no length ends the frame. */
export const END_BYTES = 4;
/** In the length of a block that is stored as it is. */
export const UNCOMPRESSED_BIT = 0x8000_0000;
/** No LZ4 block expands more than this. */
const MAX_RATIO = 255;

/** What stands before the blocks. */
export interface Lz4Header {
  readonly flags: number;
  /** The most that a block can hold. */
  readonly blockBytes: number;
  /** What the whole frame holds, if it says so. */
  readonly contentBytes: number | undefined;
  /** Where the blocks begin. */
  readonly end: number;
}

/** Throws RangeError on what is no frame. The checksum is left to the decoder. */
export function readLz4Header(data: Buffer): Lz4Header {
  if (data.readUInt32LE(0) !== MAGIC) throw new RangeError('no LZ4 frame');
  const flags = data.readUInt8(FLAGS_AT);
  if ((flags & VERSION_MASK) !== VERSION) throw new RangeError('an unknown version of LZ4 frames');
  return {
    flags,
    blockBytes: 1 << (8 + 2 * ((data.readUInt8(BLOCK_SIZE_AT) >> 4) & 7)),
    contentBytes:
      flags & CONTENT_SIZE_BIT ? Number(data.readBigUInt64LE(BLOCK_SIZE_AT + 1)) : undefined,
    end: headerChecksumAt(data) + 1,
  };
}

/** Writes the header of Kafka's clients: independent blocks of up to 64 KB. Returns where the blocks begin. */
export function writeLz4Header(frame: Buffer): number {
  frame.writeUInt32LE(MAGIC, 0);
  frame.writeUInt8(VERSION | INDEPENDENT_BIT, FLAGS_AT);
  const at = frame.writeUInt8(SMALL_BLOCKS, BLOCK_SIZE_AT);
  withHeaderChecksum(frame, frame.subarray(FLAGS_AT, at));
  return MIN_HEADER_BYTES;
}

/** Goes from block to block of a frame. */
export class Lz4Blocks {
  readonly hasChecksum: boolean;
  /** Not compressed. */
  isStored = false;
  /** Where the block begins, with its length. */
  start = 0;
  /** Where it ends, with its checksum. */
  end: number;
  /** The most that it can hold. */
  mostBytes = 0;

  constructor(
    private readonly data: Buffer,
    private readonly header: Lz4Header,
  ) {
    this.hasChecksum = (header.flags & BLOCK_CHECKSUM_BIT) !== 0;
    this.end = header.end;
  }

  /** False at the end of the frame. Throws RangeError if the data ends before. */
  next(): boolean {
    this.start = this.end;
    const word = this.data.readUInt32LE(this.start);
    if (word === 0) return false;
    const length = word % UNCOMPRESSED_BIT;
    this.end = this.start + LENGTH_BYTES + length + (this.hasChecksum ? BLOCK_CHECKSUM_BYTES : 0);
    this.isStored = word >= UNCOMPRESSED_BIT;
    this.mostBytes = this.isStored ? length : Math.min(this.header.blockBytes, length * MAX_RATIO);
    return true;
  }
}

/**
 * Whether each block can be decompressed for itself, with nothing lost by it. A frame with a checksum of all that it
 * holds would lose that; one with anything unknown or wrong in its header is left to the decoder.
 */
export function canBeCut(frame: Buffer, { flags }: Lz4Header): boolean {
  const known = VERSION | INDEPENDENT_BIT | BLOCK_CHECKSUM_BIT | CONTENT_SIZE_BIT;
  if (!(flags & INDEPENDENT_BIT) || flags & ~known) return false;
  if (!BLOCK_SIZES.includes(frame.readUInt8(BLOCK_SIZE_AT))) return false;
  const at = headerChecksumAt(frame);
  return frame.readUInt8(at) === headerChecksum(frame.subarray(FLAGS_AT, at));
}

/** Cuts a frame that can be cut into smaller ones, each with some blocks that are small together, or one block. */
export function* smallerFrames(frame: Buffer, header: Lz4Header): Generator<Piece, void, void> {
  const start = smallHeader(frame);
  const blocks = new Lz4Blocks(frame, header);
  const piece = (from: number, to: number): Buffer =>
    Buffer.concat([start, frame.subarray(from, to), Buffer.alloc(END_BYTES)]);
  let from = header.end;
  let mostBytes = 0;
  while (blocks.next()) {
    if (mostBytes > 0 && mostBytes + blocks.mostBytes > MAX_POOL_BYTES) {
      yield { data: piece(from, blocks.start), mostBytes };
      from = blocks.start;
      mostBytes = 0;
    }
    mostBytes += blocks.mostBytes;
  }
  if (from < blocks.start) yield { data: piece(from, blocks.start), mostBytes };
}

/** The header without the size of the whole. */
function smallHeader(frame: Buffer): Buffer {
  const header = Buffer.from(frame.subarray(0, MIN_HEADER_BYTES));
  header.writeUInt8(header.readUInt8(FLAGS_AT) & ~CONTENT_SIZE_BIT, FLAGS_AT);
  return withHeaderChecksum(header, header.subarray(FLAGS_AT, MIN_HEADER_BYTES - 1));
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
  frame.writeUInt8(headerChecksum(hashed), headerChecksumAt(frame));
  return frame;
}

function headerChecksum(hashed: Buffer): number {
  return (xxHash32(hashed) >>> 8) & 0xff;
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

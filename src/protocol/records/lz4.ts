/**
 * LZ4 in its frame format. Java's reader wants one frame of independent blocks and a right header checksum, which is
 * what the library writes.
 */
import type * as lz4 from 'lz4-napi';
import { DecompressedSize } from './decompressed-size';
import {
  END_BYTES,
  LENGTH_BYTES,
  Lz4Blocks,
  MIN_HEADER_BYTES,
  canBeCut,
  readLz4Header,
  smallerFrames,
} from './lz4-frame';
import type { Lz4Header } from './lz4-frame';
import { compressLz4High } from './lz4-high';
import {
  MAX_POOL_BYTES,
  compressParts,
  decompressPiece,
  decompressPieces,
  partsOf,
} from './pieces';
import type { PieceCodec } from './pieces';

/** The block size of Kafka's clients. */
const BLOCK_BYTES = 64 * 1024;
/** What is compressed better than this in blocks that may be full has to grow while it is decompressed. */
const FIRST_RATIO = 16;
/** As much as is copied in one turn of the event loop. */
const COPY_BYTES = 1024 * 1024;
const NOTHING = Buffer.alloc(0);

/** The level at which Kafka takes the fast compressor, the library's only one. */
const FAST_LEVEL = 9;

/** `level` is 1 to 17; all but 9 are those of the high compressor. */
export function compressLz4(data: Buffer, level = FAST_LEVEL): Buffer {
  if (level !== FAST_LEVEL) return compressLz4High(data, level);
  return library().compressFrameSync(data);
}

export function decompressLz4(data: Buffer, limit: number): Buffer {
  checkSize(data, limit);
  const plain = library().decompressFrameSync(data);
  new DecompressedSize(limit).add(plain.length);
  return plain;
}

/** As `compressLz4`, in the thread pool: each block as a frame, and the blocks of these put into one. */
export async function compressLz4Async(data: Buffer): Promise<Buffer> {
  const { compressFrame } = library();
  if (data.length <= BLOCK_BYTES) return compressFrame(data);
  const joined = new JoinedFrame(data.length);
  const blocks = partsOf(data, BLOCK_BYTES);
  for await (const frame of compressParts(blocks, (each) => compressFrame(each))) joined.add(frame);
  return joined.end();
}

/**
 * Takes the header of the first frame, whose block is the largest, and the blocks of all, in room that is enough for
 * blocks that do not compress, which are stored as they are.
 */
class JoinedFrame {
  readonly #target: Buffer;
  #end = 0;

  constructor(plainBytes: number) {
    const blocks = Math.ceil(plainBytes / BLOCK_BYTES);
    const most = plainBytes + blocks * LENGTH_BYTES;
    this.#target = Buffer.allocUnsafe(MIN_HEADER_BYTES + most + END_BYTES);
  }

  add(frame: Buffer): void {
    const from = this.#end === 0 ? 0 : readLz4Header(frame).end;
    this.#end += frame.copy(this.#target, this.#end, from, frame.length - END_BYTES);
  }

  end(): Buffer {
    return this.#target.subarray(0, this.#target.writeUInt32LE(0, this.#end));
  }
}

/**
 * As `decompressLz4`, small frames and small independent blocks in the thread pool. A large frame of blocks that need
 * the ones before them holds up everything else, for about three milliseconds for each megabyte: it cannot be cut, and
 * what the pool would give for it would not come back.
 */
export async function decompressLz4Async(data: Buffer, limit: number): Promise<Buffer> {
  const { header, mostBytes } = checkSize(data, limit);
  const isWhole = mostBytes <= MAX_POOL_BYTES || !canBeCut(data, header);
  const plain = isWhole
    ? await decompressPiece({ data, mostBytes }, codec)
    : await decompressBlocks(data, header, Math.min(mostBytes, limit));
  new DecompressedSize(limit).add(plain.length);
  return plain;
}

async function decompressBlocks(data: Buffer, header: Lz4Header, most: number): Promise<Buffer> {
  const { contentBytes } = header;
  const room = new Room(Math.min(most, contentBytes ?? data.length * FIRST_RATIO), most);
  const size = new DecompressedSize(most);
  for await (const plain of decompressPieces(smallerFrames(data, header), pieceCodec)) {
    size.add(plain.length);
    await room.add(plain);
  }
  if (contentBytes !== undefined && contentBytes !== room.bytes.length)
    throw new RangeError('an LZ4 frame does not hold what it announces');
  return room.bytes;
}

/** For what is decompressed: how much that will be shows only then. */
class Room {
  #target: Buffer;
  #end = 0;

  constructor(
    firstBytes: number,
    private readonly mostBytes: number,
  ) {
    this.#target = Buffer.allocUnsafe(firstBytes);
  }

  get bytes(): Buffer {
    return this.#target.subarray(0, this.#end);
  }

  async add(plain: Buffer): Promise<void> {
    const needed = this.#end + plain.length;
    if (needed > this.#target.length) await this.#grow(needed);
    await copyInSteps(plain, this.#target, this.#end);
    this.#end = needed;
  }

  async #grow(needed: number): Promise<void> {
    const target = Buffer.allocUnsafe(
      Math.max(needed, Math.min(2 * this.#target.length, this.mostBytes)),
    );
    await copyInSteps(this.bytes, target, 0);
    this.#target = target;
  }
}

/** Lets other work have its turn before each large step. */
async function copyInSteps(source: Buffer, target: Buffer, at: number): Promise<void> {
  for (let from = 0; from < source.length; from += COPY_BYTES) {
    if (source.length > COPY_BYTES) await codec.turn();
    source.copy(target, at + from, from, from + COPY_BYTES);
  }
}

const codec: PieceCodec = {
  now: (data) => library().decompressFrameSync(data),
  inPool: (data) => library().decompressFrame(data),
  turn: () => library().compressFrame(NOTHING),
};

/** For what `smallerFrames` gives. */
const pieceCodec: PieceCodec = { ...codec, now: decompressOnlyBlock };

/**
 * Decompresses a frame that has one block, in less than half of the time that the library needs for frames, which copies
 * what comes out. Changes `frame`.
 */
function decompressOnlyBlock(frame: Buffer): Buffer {
  const block = new Lz4Blocks(frame, readLz4Header(frame));
  block.next();
  if (block.isStored || block.hasChecksum) return codec.now(frame);
  // The library wants the most that comes out where the frame has the length of the block.
  frame.writeUInt32LE(block.mostBytes, block.start);
  return library().uncompressSync(frame.subarray(block.start, block.end));
}

interface CheckedFrame {
  readonly header: Lz4Header;
  /** The most that it can hold. */
  readonly mostBytes: number;
}

/**
 * Walks over the blocks of the frame and adds up the most that each can hold. The last block may hold far
 * less, so that one block is allowed beyond the limit.
 */
function checkSize(data: Buffer, limit: number): CheckedFrame {
  const header = readLz4Header(data);
  const size = new DecompressedSize(limit + header.blockBytes);
  const blocks = new Lz4Blocks(data, header);
  let mostBytes = 0;
  while (blocks.next()) {
    size.add(blocks.mostBytes);
    mostBytes += blocks.mostBytes;
  }
  return { header, mostBytes };
}

let loaded: typeof lz4 | undefined;

function library(): typeof lz4 {
  return (loaded ??= require('lz4-napi') as typeof lz4);
}

/**
 * Snappy as Kafka's clients frame it: the format of snappy-java ("xerial"), a header and then blocks with
 * their length, is what Java writes; librdkafka and others also send one bare block, which is accepted.
 */
import type * as snappy from 'snappy';
import { DecompressedSize } from './decompressed-size';
import { compressParts, decompressPiece, decompressPieces, partsOf } from './pieces';
import type { Piece, PieceCodec } from './pieces';

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** Magic, version and lowest compatible version. */
const XERIAL_HEADER_BYTES = 16;
const XERIAL_VERSION = 1;
/** The block size of snappy-java. */
const BLOCK_BYTES = 32 * 1024;
const LENGTH_BYTES = 4;
/** What does not compress takes a sixth more than it holds, and this (snappy's `MaxCompressedLength`). */
const BLOCK_GROWTH = 32 + 1;
const MAX_VARINT_BYTES = 5;
const NOTHING = Buffer.alloc(0);

export function compressSnappy(data: Buffer): Buffer {
  const { compressSync } = library();
  const frame = new Frame(data.length);
  for (const block of partsOf(data, BLOCK_BYTES)) frame.add(compressSync(block));
  return frame.bytes;
}

/** As `compressSnappy`, in the thread pool. */
export async function compressSnappyAsync(data: Buffer): Promise<Buffer> {
  const { compress } = library();
  const frame = new Frame(data.length);
  const blocks = partsOf(data, BLOCK_BYTES);
  for await (const block of compressParts(blocks, (each) => compress(each))) frame.add(block);
  return frame.bytes;
}

/** Grows by blocks as they are compressed, in room that is enough for the worst case. */
class Frame {
  readonly #target: Buffer;
  #end = XERIAL_HEADER_BYTES;

  constructor(plainBytes: number) {
    const blocks = Math.ceil(plainBytes / BLOCK_BYTES);
    const most = plainBytes + Math.ceil(plainBytes / 6) + blocks * (LENGTH_BYTES + BLOCK_GROWTH);
    this.#target = Buffer.allocUnsafe(XERIAL_HEADER_BYTES + most);
    XERIAL_MAGIC.copy(this.#target);
    this.#target.writeInt32BE(XERIAL_VERSION, 8);
    this.#target.writeInt32BE(XERIAL_VERSION, 12);
  }

  get bytes(): Buffer {
    return this.#target.subarray(0, this.#end);
  }

  add(block: Buffer): void {
    const at = this.#target.writeInt32BE(block.length, this.#end);
    this.#end = at + block.copy(this.#target, at);
  }
}

export function decompressSnappy(data: Buffer, limit: number): Buffer {
  const { blocks, plainBytes } = compressedBlocks(data, limit);
  const [only] = blocks;
  if (only && blocks.length === 1) return codec.now(only.data);
  const target = Buffer.allocUnsafe(plainBytes);
  let end = 0;
  for (const block of blocks) end += codec.now(block.data).copy(target, end);
  return target.subarray(0, end);
}

/**
 * As `decompressSnappy`, small blocks in the thread pool. A large bare block cannot be cut and holds up everything
 * else, for about a millisecond for each megabyte; but what the pool would give for it would never come back.
 */
export async function decompressSnappyAsync(data: Buffer, limit: number): Promise<Buffer> {
  const { blocks, plainBytes } = compressedBlocks(data, limit);
  const [only] = blocks;
  if (only && blocks.length === 1) return decompressPiece(only, codec);
  const target = Buffer.allocUnsafe(plainBytes);
  let end = 0;
  for await (const plain of decompressPieces(blocks, codec)) end += plain.copy(target, end);
  return target.subarray(0, end);
}

const codec: PieceCodec = {
  now: (data) => asBytes(library().uncompressSync(data, { asBuffer: true })),
  inPool: async (data) => asBytes(await library().uncompress(data, { asBuffer: true })),
  turn: () => library().compress(NOTHING),
};

interface CompressedBlocks {
  readonly blocks: Piece[];
  /** What they hold together. */
  readonly plainBytes: number;
}

/** The blocks, which together announce no more than `limit` bytes. */
function compressedBlocks(data: Buffer, limit: number): CompressedBlocks {
  const size = new DecompressedSize(limit);
  if (!isXerial(data)) {
    const mostBytes = announcedSize(data);
    size.add(mostBytes);
    return { blocks: [{ data, mostBytes }], plainBytes: mostBytes };
  }
  const blocks: Piece[] = [];
  let plainBytes = 0;
  for (let position = XERIAL_HEADER_BYTES; position < data.length;) {
    const length = data.readInt32BE(position);
    const start = position + LENGTH_BYTES;
    if (length < 0 || start + length > data.length) throw new RangeError('a block is cut short');
    const block = data.subarray(start, start + length);
    const mostBytes = announcedSize(block);
    size.add(mostBytes);
    plainBytes += mostBytes;
    blocks.push({ data: block, mostBytes });
    position = start + length;
  }
  return { blocks, plainBytes };
}

function asBytes(part: string | Buffer): Buffer {
  if (typeof part === 'string') throw new TypeError('snappy gave no bytes');
  return part;
}

function isXerial(data: Buffer): boolean {
  const length = XERIAL_MAGIC.length;
  return (
    data.length >= XERIAL_HEADER_BYTES && data.compare(XERIAL_MAGIC, 0, length, 0, length) === 0
  );
}

/** A block begins with its uncompressed size, which the decoder holds it to. */
function announcedSize(block: Buffer): number {
  let size = 0;
  for (let index = 0; index < MAX_VARINT_BYTES; index++) {
    const byte = block.readUInt8(index);
    size += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return size;
  }
  throw new RangeError('a block has no size');
}

let loaded: typeof snappy | undefined;

function library(): typeof snappy {
  return (loaded ??= require('snappy') as typeof snappy);
}

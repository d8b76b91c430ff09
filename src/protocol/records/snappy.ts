/**
 * Snappy as Kafka's clients frame it: the format of snappy-java ("xerial"), a header and then blocks with
 * their length, is what Java writes; librdkafka and others also send one bare block, which is accepted.
 */
import type * as snappy from 'snappy';
import { DecompressedSize } from './decompressed-size';

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** Magic, version and lowest compatible version. */
const XERIAL_HEADER_BYTES = 16;
const XERIAL_VERSION = 1;
/** The block size of snappy-java. */
const BLOCK_BYTES = 32 * 1024;
const LENGTH_BYTES = 4;
const MAX_VARINT_BYTES = 5;

export function compressSnappy(data: Buffer): Buffer {
  const { compressSync } = library();
  return framed(blocksOf(data).map((block) => compressSync(block)));
}

/** As `compressSnappy`, in the thread pool. */
export async function compressSnappyAsync(data: Buffer): Promise<Buffer> {
  const { compress } = library();
  return framed(await Promise.all(blocksOf(data).map((block) => compress(block))));
}

function blocksOf(data: Buffer): Buffer[] {
  const count = Math.ceil(data.length / BLOCK_BYTES);
  return Array.from({ length: count }, (_, index) =>
    data.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES),
  );
}

function framed(blocks: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(XERIAL_HEADER_BYTES);
  XERIAL_MAGIC.copy(header);
  header.writeInt32BE(XERIAL_VERSION, 8);
  header.writeInt32BE(XERIAL_VERSION, 12);
  const parts: Buffer[] = [header];
  for (const block of blocks) {
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

export function decompressSnappy(data: Buffer, limit: number): Buffer {
  const { uncompressSync } = library();
  return joined(
    compressedBlocks(data, limit).map((block) => uncompressSync(block, { asBuffer: true })),
  );
}

/** As `decompressSnappy`, in the thread pool. */
export async function decompressSnappyAsync(data: Buffer, limit: number): Promise<Buffer> {
  const { uncompress } = library();
  const blocks = compressedBlocks(data, limit);
  return joined(await Promise.all(blocks.map((block) => uncompress(block, { asBuffer: true }))));
}

/** The blocks, which together announce no more than `limit` bytes. */
function compressedBlocks(data: Buffer, limit: number): Buffer[] {
  const size = new DecompressedSize(limit);
  if (!isXerial(data)) {
    size.add(announcedSize(data));
    return [data];
  }
  const blocks: Buffer[] = [];
  for (let position = XERIAL_HEADER_BYTES; position < data.length;) {
    const length = data.readInt32BE(position);
    const start = position + LENGTH_BYTES;
    if (length < 0 || start + length > data.length) throw new RangeError('a block is cut short');
    const block = data.subarray(start, start + length);
    size.add(announcedSize(block));
    blocks.push(block);
    position = start + length;
  }
  return blocks;
}

function joined(parts: readonly (string | Buffer)[]): Buffer {
  const bytes = parts.map((part) => {
    if (typeof part === 'string') throw new TypeError('snappy gave no bytes');
    return part;
  });
  const [first] = bytes;
  return first && bytes.length === 1 ? first : Buffer.concat(bytes);
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

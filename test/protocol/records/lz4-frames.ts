/** Makes frames of LZ4 as other writers do. */
import { compressFrameSync } from 'lz4-napi';
import { xxHash32 } from '../../../src/protocol/records/xxhash32';

/** As the library writes it without a size of the content: magic, flags, block size, checksum. */
const HEADER_BYTES = 7;
const END = Buffer.alloc(4);

export interface FrameOptions {
  /** What a block holds; not more than 4 MB. */
  readonly blockBytes?: number;
  readonly blockChecksums?: boolean;
  /** Announced, rightly or not. */
  readonly contentBytes?: number;
}

/** A frame of independent blocks, as Kafka's Java client (64 KB) and others write it. */
export function frameOf(plain: Buffer, options: FrameOptions = {}): Buffer {
  const { blockBytes = 64 * 1024, blockChecksums = false, contentBytes } = options;
  const frames: Buffer[] = [];
  for (let at = 0; at === 0 || at < plain.length; at += blockBytes) {
    frames.push(compressFrameSync(plain.subarray(at, at + blockBytes), { blockChecksums }));
  }
  const [first = END] = frames;
  const header = headerOf(first.readUInt8(4), first.readUInt8(5), contentBytes);
  const blocks = frames.map((frame) => frame.subarray(HEADER_BYTES, -END.length));
  return Buffer.concat([header, ...blocks, END]);
}

/**
 * A frame of blocks that need the ones before them: 64 KB as they are, and `copies` blocks which repeat of these the
 * last 1,000 bytes (65 times, with 5 bytes of "xxxxx" at the end of each block).
 */
export function linkedFrameOf(plain: Buffer, copies: number): { frame: Buffer; holds: Buffer } {
  const first = plain.subarray(0, 64 * 1024);
  const stored = Buffer.alloc(4);
  stored.writeUInt32LE((first.length | 0x8000_0000) >>> 0);
  const block = linkedBlock();
  const length = Buffer.alloc(4);
  length.writeUInt32LE(block.length);
  const parts = [headerOf(0x40, 0x40), stored, first];
  const holds = [first];
  let last = first.subarray(-LINK_BYTES);
  for (let i = 0; i < copies; i++) {
    parts.push(length, block);
    const copied = Buffer.alloc(MATCH_BYTES, last);
    holds.push(copied, ENDING);
    last = Buffer.concat([copied.subarray(-LINK_BYTES), ENDING]).subarray(-LINK_BYTES);
  }
  return { frame: Buffer.concat([...parts, END]), holds: Buffer.concat(holds) };
}

const LINK_BYTES = 1000;
const ENDING = Buffer.from('xxxxx');
const LENGTH_STEPS = 200;
/** Least match, what the token holds, steps of 255 and a last one of nothing. */
const MATCH_BYTES = 4 + 15 + LENGTH_STEPS * 255;

/** No literals and a match that reaches back before the block; then five literals. */
function linkedBlock(): Buffer {
  return Buffer.concat([
    Buffer.from([0x0f, LINK_BYTES & 0xff, LINK_BYTES >> 8]),
    Buffer.alloc(LENGTH_STEPS, 0xff),
    Buffer.from([0x00, ENDING.length << 4]),
    ENDING,
  ]);
}

function headerOf(flags: number, blockSize: number, contentBytes?: number): Buffer {
  const size = contentBytes === undefined ? 0 : 8;
  const header = Buffer.alloc(HEADER_BYTES + size);
  header.writeUInt32LE(0x184d2204);
  header.writeUInt8(size === 0 ? flags : flags | 0x08, 4);
  header.writeUInt8(blockSize, 5);
  if (contentBytes !== undefined) header.writeBigUInt64LE(BigInt(contentBytes), 6);
  const checksum = xxHash32(header.subarray(4, -1)) >>> 8;
  header.writeUInt8(checksum & 0xff, header.length - 1);
  return header;
}

/**
 * LZ4 with levels: more work for fewer bytes. The frame is the one that Kafka's `Lz4BlockOutputStream` writes:
 * independent blocks of 64 KB without checksums.
 */
import {
  END_BYTES,
  LENGTH_BYTES,
  MIN_HEADER_BYTES,
  UNCOMPRESSED_BIT,
  writeLz4Header,
} from './lz4-frame';
import { HighBlockEncoder } from './lz4-high-block';
import { MAX_BLOCK_BYTES } from './lz4-matches';

/** `level`, 1 to 17 as in lz4-java, doubles the places that a search looks at from 1 up to all of a block. */
export function compressLz4High(data: Buffer, level: number): Buffer {
  const steps = 2 ** (level - 1);
  const blocks = Math.ceil(data.length / MAX_BLOCK_BYTES);
  const frame = Buffer.allocUnsafe(
    MIN_HEADER_BYTES + blocks * LENGTH_BYTES + data.length + END_BYTES,
  );
  let position = writeLz4Header(frame);
  for (let at = 0; at < data.length; at += MAX_BLOCK_BYTES) {
    position = writeBlock(data.subarray(at, at + MAX_BLOCK_BYTES), frame, position, steps);
  }
  return frame.subarray(0, frame.writeUInt32LE(0, position));
}

/** Returns where the block ends in `frame`. */
function writeBlock(block: Buffer, frame: Buffer, position: number, steps: number): number {
  const start = position + LENGTH_BYTES;
  const end = encoder().encode(block, frame, start, steps);
  if (end !== undefined) {
    frame.writeUInt32LE(end - start, position);
    return end;
  }
  frame.writeUInt32LE(UNCOMPRESSED_BIT + block.length, position);
  return start + block.copy(frame, start);
}

let shared: HighBlockEncoder | undefined;

/** One for all calls: it holds nothing from one block to the next, and takes 256 KB. */
function encoder(): HighBlockEncoder {
  return (shared ??= new HighBlockEncoder());
}

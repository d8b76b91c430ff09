/**
 * A piece of a log's tail in memory: whole batches that lie one after the other in one segment file. The log
 * copies each batch in once, writes the file from here and serves readers from here.
 */

import type { Segment } from '../segment/segment';
import type { BufferPool, Evictable } from './buffer-pool';

/** Bytes between two marks: how far a search has to walk from batch to batch. */
const MARK_INTERVAL_BYTES = 8 * 1024;

export interface ChunkPlace {
  readonly segment: Segment;
  /** Where the first byte of the chunk lies in the segment's file. */
  readonly filePosition: number;
  /** The log's end offset when the chunk was begun: no batch with an offset from here on lies before it. */
  readonly startOffset: number;
}

export class Chunk implements Evictable {
  readonly segment: Segment;
  readonly filePosition: number;
  readonly startOffset: number;
  /** Bytes that hold batches. */
  used = 0;
  /** Bytes of those that are in the file too. */
  written = 0;
  /** One past the last offset of the last batch. */
  endOffset: number;
  /** Ascending positions of some batches, and their base offsets. */
  readonly #markPositions: number[] = [];
  readonly #markOffsets: number[] = [];
  /** The log itself, and every reader. */
  #holders = 1;
  /** The log has let go of it. */
  #isLent = false;

  constructor(
    private readonly pool: BufferPool,
    readonly buffer: Buffer,
    place: ChunkPlace,
    private readonly onEvict: (chunk: Chunk) => void,
  ) {
    this.segment = place.segment;
    this.filePosition = place.filePosition;
    this.startOffset = place.startOffset;
    this.endOffset = place.startOffset;
  }

  get roomBytes(): number {
    return this.buffer.length - this.used;
  }

  /** Notes a batch just copied to `used`. */
  noteBatch(sizeBytes: number, baseOffset: number, lastOffset: number): void {
    const lastMark = this.#markPositions.at(-1);
    if (lastMark === undefined || this.used - lastMark >= MARK_INTERVAL_BYTES) {
      this.#markPositions.push(this.used);
      this.#markOffsets.push(baseOffset);
    }
    this.used += sizeBytes;
    this.endOffset = lastOffset + 1;
  }

  /** The start of a batch at or before the first one that reaches `offset`. */
  positionBefore(offset: number): number {
    return this.#markPositions[lastAtMost(this.#markOffsets, offset)] ?? 0;
  }

  /** The start of a batch at or before `position`. */
  batchBefore(position: number): number {
    return this.#markPositions[lastAtMost(this.#markPositions, position)] ?? 0;
  }

  hold(): void {
    this.#holders++;
  }

  /** A reader lets go; the buffer is recycled with the last hold. */
  release(): void {
    this.#holders--;
    if (this.#holders > 0) return;
    if (this.#isLent) this.pool.takeBack(this.buffer);
    else this.pool.give(this.buffer);
  }

  /** The log lets go; what readers still hold is theirs from now on. */
  leaveLog(): void {
    this.#isLent = this.#holders > 1;
    if (this.#isLent) this.pool.lend(this.buffer);
    this.release();
  }

  evict(): void {
    this.onEvict(this);
  }
}

/** Index of the last of the ascending `values` that is ≤ `limit`, −1 if there is none. */
function lastAtMost(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

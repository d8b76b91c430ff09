/**
 * Reads of data that is no longer in memory: asynchronous, into recycled buffers, whole batches only. Remembers
 * where recent reads ended, since a consumer that reads a log from its start goes on exactly there.
 */

import { assert } from '../base/assert';
import { ProtocolError } from '../protocol/errors';
import { BUFFER_SIZES, LARGEST_BUFFER } from './cache/buffer-pool';
import type { BufferPool } from './cache/buffer-pool';
import { ReadAhead } from './cache/read-ahead';
import type { Stretch, StretchPlace } from './cache/read-ahead';
import { EMPTY_READ } from './cache/log-tail';
import { headerAt } from './segment/batch-header';
import type { Segment } from './segment/segment';
import type { SegmentList } from './segment/segment-list';
import type { LogRead, ReadOptions } from './types';

const MAX_REMEMBERED_ENDS = 16;

export class SegmentReader {
  /** Offset that a read ended before → where the file goes on, oldest first. */
  readonly #ends = new Map<number, { segment: Segment; position: number }>();
  readonly #ahead: ReadAhead<Segment>;

  constructor(
    private readonly pool: BufferPool,
    private readonly segments: SegmentList,
    /** Bytes of the active segment that are not in its file yet. */
    private readonly unwrittenBytes: () => number,
  ) {
    this.#ahead = new ReadAhead(pool, (place) => this.#readFile(place));
  }

  /** Rejects with `FileError`, or with a `ProtocolError` where the file does not hold batches. */
  async read(options: ReadOptions): Promise<LogRead> {
    let segment: Segment | undefined = this.segments.at(options.offset);
    let result = EMPTY_READ;
    while (segment && result.sizeBytes === 0) {
      const found = await this.#readSegment(segment, options);
      if (!found) return EMPTY_READ;
      result = found;
      segment = this.segments.after(segment);
      if (segment && segment.baseOffset >= options.upTo) return result;
    }
    return result;
  }

  /** The log's files have changed under the positions known. */
  forgetPositions(): void {
    this.#ends.clear();
    this.#ahead.evict();
  }

  /** Where the batch that holds `offset` begins, or a little before that. */
  positionBefore(offset: number): { segment: Segment; position: number } {
    const segment = this.segments.at(offset);
    return { segment, position: this.#startOf(segment, offset) };
  }

  /** `undefined` if the wanted batch must not be returned; an empty read if the segment has no such batch. */
  async #readSegment(segment: Segment, options: ReadOptions): Promise<LogRead | undefined> {
    const isSequential = this.#ends.has(options.offset);
    let position = this.#startOf(segment, options.offset);
    let wanted = Math.min(Math.max(options.maxBytes, BUFFER_SIZES[0]), LARGEST_BUFFER);
    while (position < this.#fileBytes(segment)) {
      const place = { file: segment, position, wanted };
      const stretch = (await this.#ahead.take(place)) ?? (await this.#readFile(place));
      const at = firstReaching(stretch, options.offset);
      const header = headerAt(stretch.buffer, at, stretch.count - at);
      const found = header && header.lastOffset >= options.offset;
      const { end, nextOffset } = found
        ? wholeBatches(stretch, at, options)
        : { end: at, nextOffset: 0 };
      if (end > at) {
        this.#remember(segment, position + end, nextOffset);
        if (isSequential) this.#readAhead({ file: segment, position: position + end, wanted });
        return new PooledRead(this.pool, stretch.buffer, at, end);
      }
      this.pool.give(stretch.buffer);
      if (!header && at === 0) throw damaged(segment, position);
      position += at;
      if (!header) continue;
      if (!found) {
        position += header.sizeBytes;
        continue;
      }
      const isTooLarge = !options.minOneBatch && header.sizeBytes > options.maxBytes;
      if (header.lastOffset >= options.upTo || isTooLarge) return undefined;
      if (at === 0 && wanted >= header.sizeBytes) throw damaged(segment, position);
      wanted = Math.max(wanted, header.sizeBytes);
    }
    return EMPTY_READ;
  }

  #startOf(segment: Segment, offset: number): number {
    const known = this.#ends.get(offset);
    return known?.segment === segment
      ? known.position
      : segment.offsetIndex.lookup(offset).position;
  }

  #fileBytes(segment: Segment): number {
    const isActive = segment === this.segments.active;
    return isActive ? segment.sizeBytes - this.unwrittenBytes() : segment.sizeBytes;
  }

  /** In the same file only: at its end the next one is begun without. */
  #readAhead(place: StretchPlace<Segment>): void {
    if (place.position < this.#fileBytes(place.file)) this.#ahead.start(place);
  }

  async #readFile({ file: segment, position, wanted }: StretchPlace<Segment>): Promise<Stretch> {
    const length = Math.min(wanted, this.#fileBytes(segment) - position);
    const buffer = this.pool.take(Math.max(length, 1));
    try {
      const count = await segment.log.hold((file) => file.read(buffer, 0, length, position));
      return { buffer, count };
    } catch (error) {
      this.pool.give(buffer);
      throw error;
    }
  }

  #remember(segment: Segment, position: number, nextOffset: number): void {
    this.#ends.delete(nextOffset);
    this.#ends.set(nextOffset, { segment, position });
    if (this.#ends.size <= MAX_REMEMBERED_ENDS) return;
    for (const oldest of this.#ends.keys()) {
      this.#ends.delete(oldest);
      return;
    }
  }
}

/** A part of one pooled buffer, lent until it is released. */
class PooledRead implements LogRead {
  readonly buffers: readonly Buffer[];
  readonly sizeBytes: number;
  #isReleased = false;

  constructor(
    private readonly pool: BufferPool,
    private readonly whole: Buffer,
    start: number,
    end: number,
  ) {
    pool.lend(whole);
    this.buffers = [whole.subarray(start, end)];
    this.sizeBytes = end - start;
  }

  release(): void {
    assert(!this.#isReleased, 'a read is released once');
    this.#isReleased = true;
    this.pool.takeBack(this.whole);
  }
}

/**
 * Position of the first batch that ends at or after `offset`. Stops earlier at a batch that goes beyond the
 * stretch, or at what is no batch.
 */
function firstReaching({ buffer, count }: Stretch, offset: number): number {
  let at = 0;
  for (;;) {
    const header = headerAt(buffer, at, count - at);
    if (!header || header.lastOffset >= offset || at + header.sizeBytes > count) return at;
    at += header.sizeBytes;
  }
}

interface Found {
  readonly end: number;
  /** One past the last offset of the batches. */
  readonly nextOffset: number;
}

/** The whole batches from `start` on that may be returned; none if `end` is `start`. */
function wholeBatches({ buffer, count }: Stretch, start: number, options: ReadOptions): Found {
  let end = start;
  let nextOffset = options.offset;
  for (;;) {
    const header = headerAt(buffer, end, count - end);
    if (!header || header.lastOffset >= options.upTo) return { end, nextOffset };
    const next = end + header.sizeBytes;
    const isTooMuch = next - start > options.maxBytes && !(options.minOneBatch && end === start);
    if (next > count || isTooMuch) return { end, nextOffset };
    end = next;
    nextOffset = header.lastOffset + 1;
  }
}

function damaged(segment: Segment, position: number): ProtocolError {
  return new ProtocolError(
    'CORRUPT_MESSAGE',
    `No record batch at position ${String(position)} of ${segment.log.path}`,
  );
}

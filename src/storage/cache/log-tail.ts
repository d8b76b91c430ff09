/**
 * The end of one log in memory: a row of chunks that ends at the log end offset. Appends are gathered here and
 * written to the file once a tick; reads of recent data are served from here without touching the file.
 */

import { assert } from '../../base/assert';
import { batchSizeAt } from '../../protocol/records/batch';
import { lastOffsetAt } from '../segment/batch-header';
import type { Segment } from '../segment/segment';
import type { LogRead, ReadOptions } from '../types';
import { BUFFER_SIZES, LARGEST_BUFFER } from './buffer-pool';
import type { BufferPool } from './buffer-pool';
import { Chunk } from './chunk';

/** What one log keeps at most, so that a busy one goes round in memory that the processor has at hand. */
const MAX_LOG_BYTES = 8 * LARGEST_BUFFER;
const CHUNK_GROWTH = 4;

export const EMPTY_READ: LogRead = { buffers: [], sizeBytes: 0, release: () => undefined };

/** Where in memory an appended batch lies. */
export interface CopiedBatch {
  readonly buffer: Buffer;
  readonly at: number;
}

export class LogTail {
  /** In log order. */
  #chunks: Chunk[] = [];
  #bytes = 0;
  /** Chunks with batches that are not in the file yet, in log order; all of one segment. */
  #unwritten: Chunk[] = [];
  readonly #onEvict = (chunk: Chunk): void => this.#drop(chunk);

  constructor(private readonly pool: BufferPool) {}

  get unwrittenBytes(): number {
    return this.#unwritten.reduce((sum, { used, written }) => sum + used - written, 0);
  }

  /** Copies one batch behind the last one. `logEndOffset` is the log's end before it. */
  push(segment: Segment, batch: Buffer, range: BatchRange): CopiedBatch {
    const chunk = this.#chunkFor(segment, batch.length, range.logEndOffset);
    const at = chunk.used;
    batch.copy(chunk.buffer, at);
    if (chunk.used === chunk.written) {
      this.#unwritten.push(chunk);
      this.pool.noteNotEvictable(chunk);
    }
    chunk.noteBatch(batch.length, range.firstOffset, range.lastOffset);
    return { buffer: chunk.buffer, at };
  }

  /** Writes what was pushed since the last call, with one call to the file. Throws `FileError`. */
  write(): void {
    const first = this.#unwritten[0];
    if (!first) return;
    const buffers = this.#unwritten.map((chunk) =>
      chunk.buffer.subarray(chunk.written, chunk.used),
    );
    first.segment.log.file.writeSync(buffers, first.filePosition + first.written);
    // Not before: a flush that runs between an append and its write would take the file for synced.
    first.segment.isDirty = true;
    for (const chunk of this.#unwritten) {
      chunk.written = chunk.used;
      this.pool.noteEvictable(chunk);
    }
    this.#unwritten = [];
  }

  /** Whole batches from memory, or `undefined` if `offset` is no longer here. Only written data is served. */
  read(options: ReadOptions): LogRead | undefined {
    let index = this.#chunks.findLastIndex((chunk) => chunk.startOffset <= options.offset);
    let chunk = this.#chunks[index];
    if (!chunk) return undefined;
    let start = firstReaching(chunk, options.offset);
    const pieces = new TailRead();
    for (;;) {
      const end = endOfBatches(chunk, start, {
        maxBytes: options.maxBytes - pieces.sizeBytes,
        upTo: options.upTo,
        minOneBatch: options.minOneBatch && pieces.sizeBytes === 0,
      });
      pieces.add(chunk, start, end);
      const next = this.#chunks[index + 1];
      if (end < chunk.written || !next || next.segment !== chunk.segment) return pieces;
      index++;
      chunk = next;
      start = 0;
    }
  }

  /** Position in its segment of the batch that holds `offset`, if it is in memory. */
  filePositionOf(offset: number): { segment: Segment; position: number } | undefined {
    const chunk = this.#chunks.findLast((each) => each.startOffset <= offset);
    if (!chunk) return undefined;
    return { segment: chunk.segment, position: chunk.filePosition + firstReaching(chunk, offset) };
  }

  /** Forgets what lies in these segments, none of them the active one, and before them. */
  forgetThrough(segments: readonly Segment[]): void {
    const last = this.#chunks.findLastIndex(({ segment }) => segments.includes(segment));
    for (const chunk of this.#chunks.slice(0, last + 1)) this.#drop(chunk);
  }

  /** Forgets everything; what was not written is lost, what readers hold stays readable. */
  clear(): void {
    for (const chunk of [...this.#chunks]) this.#drop(chunk);
    this.#unwritten = [];
  }

  #chunkFor(segment: Segment, sizeBytes: number, logEndOffset: number): Chunk {
    const last = this.#chunks.at(-1);
    const isSameFile = last?.segment === segment;
    if (last && isSameFile && last.roomBytes >= sizeBytes) return last;
    const grown = last ? Math.min(last.buffer.length * CHUNK_GROWTH, LARGEST_BUFFER) : 0;
    const buffer = this.pool.take(Math.max(sizeBytes, grown, BUFFER_SIZES[0]));
    const place = { segment, filePosition: segment.sizeBytes, startOffset: logEndOffset };
    const chunk = new Chunk(this.pool, buffer, place, this.#onEvict);
    this.#chunks.push(chunk);
    this.#bytes += buffer.length;
    this.#limit();
    return chunk;
  }

  #limit(): void {
    let oldest = this.#chunks[0];
    while (
      oldest &&
      this.#bytes > MAX_LOG_BYTES &&
      oldest.written === oldest.used &&
      oldest.used > 0
    ) {
      this.#drop(oldest);
      oldest = this.#chunks[0];
    }
  }

  #drop(chunk: Chunk): void {
    const index = this.#chunks.indexOf(chunk);
    assert(index >= 0, 'an evicted chunk belongs to its log');
    this.#chunks.splice(index, 1);
    this.#bytes -= chunk.buffer.length;
    this.pool.noteNotEvictable(chunk);
    chunk.leaveLog();
  }
}

export interface BatchRange {
  readonly logEndOffset: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

/** Pieces of chunks, held until the reader is done. */
class TailRead implements LogRead {
  readonly buffers: Buffer[] = [];
  sizeBytes = 0;
  #chunks: Chunk[] | undefined = [];

  add(chunk: Chunk, start: number, end: number): void {
    if (end === start) return;
    chunk.hold();
    this.#chunks?.push(chunk);
    this.buffers.push(chunk.buffer.subarray(start, end));
    this.sizeBytes += end - start;
  }

  release(): void {
    assert(this.#chunks !== undefined, 'a read is released once');
    for (const chunk of this.#chunks) chunk.release();
    this.#chunks = undefined;
  }
}

/** Position of the first batch that ends at or after `offset`; the end of the chunk if there is none. */
function firstReaching(chunk: Chunk, offset: number): number {
  let at = chunk.positionBefore(offset);
  while (at < chunk.used && lastOffsetAt(chunk.buffer, at) < offset) {
    at += batchSizeAt(chunk.buffer, at);
  }
  return at;
}

/** End of the last batch that lies in the first `maxBytes` from `start` and ends below `upTo`. */
function endOfBatches(
  chunk: Chunk,
  start: number,
  { maxBytes, upTo, minOneBatch }: Omit<ReadOptions, 'offset'>,
): number {
  const limit = Math.min(chunk.written, start + maxBytes);
  if (limit === chunk.used && upTo >= chunk.endOffset) return limit;
  const sure = Math.min(chunk.batchBefore(limit), chunk.positionBefore(upTo));
  let end = Math.max(start, sure);
  while (end < chunk.written && lastOffsetAt(chunk.buffer, end) < upTo) {
    const next = end + batchSizeAt(chunk.buffer, end);
    if (next > limit && !(minOneBatch && end === start)) break;
    end = next;
  }
  return end;
}

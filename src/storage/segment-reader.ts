/**
 * Reads of data that is no longer in memory: asynchronous, into recycled buffers, whole batches only, and only those
 * that are what was written. Remembers where recent reads ended, since a consumer that reads a log from its start
 * goes on exactly there.
 */

import { assert } from '../base/assert';
import type { ProtocolError } from '../protocol/errors';
import { BUFFER_SIZES, LARGEST_BUFFER } from './cache/buffer-pool';
import type { BufferPool } from './cache/buffer-pool';
import { EMPTY_READ } from './cache/log-tail';
import { ReadAhead } from './cache/read-ahead';
import type { Stretch as FileStretch, StretchPlace } from './cache/read-ahead';
import type { DamageReports } from './damage-reports';
import { BatchChain } from './segment/batch-chain';
import type { BatchHeader } from './segment/batch-header';
import { intactBytesOf, searchStretch } from './segment/batch-search';
import type { SearchStart, Stretch, Suspicion } from './segment/batch-search';
import type { Segment } from './segment/segment';
import type { SegmentList } from './segment/segment-list';
import type { LogRead, ReadOptions } from './types';

const MAX_REMEMBERED_ENDS = 16;
const MAX_REMEMBERED_REFUSALS = 1000;

export interface SegmentReaderOptions {
  readonly pool: BufferPool;
  readonly segments: SegmentList;
  /** Bytes of the active segment that are not in its file yet. */
  readonly unwrittenBytes: () => number;
  readonly endOffset: () => number;
  readonly epochAt: (offset: number) => number | undefined;
  readonly damages: DamageReports;
  /** An entry of the segment's offset index leads to where no batch begins. */
  readonly onWrongIndex: (segment: Segment) => Promise<void>;
}

export class SegmentReader {
  /** Offset that a read ended before → where the file goes on, oldest first. */
  readonly #ends = new Map<number, { segment: Segment; position: number }>();
  /** Offsets at which the log is damaged; telling so again costs no search. */
  readonly #refusals = new Map<number, ProtocolError>();

  readonly #ahead: ReadAhead<Segment>;
  /** How often the log's files have changed under the positions known. */
  #layout = 0;

  constructor(private readonly options: SegmentReaderOptions) {
    this.#ahead = new ReadAhead(options.pool, (place) => this.#readChecked(place));
  }

  /** Rejects with `FileError`, or with CORRUPT_MESSAGE where the file does not hold the batches that were written. */
  async read(wanted: ReadOptions): Promise<LogRead> {
    const { segments } = this.options;
    let segment: Segment | undefined = segments.at(wanted.offset);
    let result = EMPTY_READ;
    while (segment && result.sizeBytes === 0) {
      const found = await this.#readSegment(segment, wanted);
      if (!found) return EMPTY_READ;
      result = found;
      segment = segments.after(segment);
      if (segment && segment.baseOffset >= wanted.upTo) return result;
    }
    return result;
  }

  /** The log's files have changed under the positions known. */
  forgetPositions(): void {
    this.#layout++;
    this.#ends.clear();
    this.#refusals.clear();
    this.#ahead.evict();
  }

  /** Where the batch that holds `offset` begins, or a little before that. */
  positionBefore(offset: number): { segment: Segment; position: number } {
    const segment = this.options.segments.at(offset);
    return { segment, position: this.#startOf(segment, offset).position };
  }

  /** `undefined` if the wanted batch must not be returned; an empty read if the segment has no such batch. */
  async #readSegment(segment: Segment, wanted: ReadOptions): Promise<LogRead | undefined> {
    const refusal = this.#refusals.get(wanted.offset);
    if (refusal) throw refusal;
    const first = this.#startOf(segment, wanted.offset);
    let isIndexDoubted = false;
    for (let start = first; ;) {
      const found = await this.#search(segment, start, wanted);
      if (!(found instanceof Refused)) {
        if (isIndexDoubted) await this.options.onWrongIndex(segment);
        return found;
      }
      isIndexDoubted = first.entry !== undefined && !found.suspicion.isGap;
      const surer = surerStart(segment, start, found.suspicion);
      if (!surer) throw this.#refuse(segment, found, wanted.offset);
      start = surer;
    }
  }

  #refuse(segment: Segment, { position, suspicion }: Refused, offset: number): ProtocolError {
    const { reason } = suspicion;
    const { damages } = this.options;
    const refusal = damages.report({ file: segment.log.path, position, offset, reason });
    if (this.#refusals.size >= MAX_REMEMBERED_REFUSALS) this.#refusals.clear();
    this.#refusals.set(offset, refusal);
    return refusal;
  }

  async #search(
    segment: Segment,
    start: SearchStart,
    wanted: ReadOptions,
  ): Promise<LogRead | undefined | Refused> {
    const { segments, endOffset, epochAt } = this.options;
    const limits = { endOffset: segments.endOf(segment, endOffset()), epochAt };
    const isSequential = this.#ends.has(wanted.offset);
    const search = { start, wanted, chain: new BatchChain(start.leastOffset, limits) };
    let { position } = start;
    let lengthBytes = Math.min(Math.max(wanted.maxBytes, BUFFER_SIZES[0]), LARGEST_BUFFER);
    for (;;) {
      const place = { file: segment, position, wanted: lengthBytes };
      const stretch = await this.#stretchAt(place);
      const found = searchStretch(stretch, search, position === start.position);
      if (found.kind === 'batches') {
        this.#remember(segment, position + found.to, found.nextOffset);
        const next = { ...place, position: position + found.to };
        const part = stretch.buffer.subarray(found.from, found.to);
        const onReleased = isSequential ? this.#readAheadOf(next) : undefined;
        return new PooledRead(this.options.pool, stretch.buffer, part, onReleased);
      }
      this.options.pool.give(stretch.buffer);
      if (found.kind === 'end') return EMPTY_READ;
      if (found.kind === 'withheld') return undefined;
      if (found.kind === 'suspicion') return new Refused(position + found.at, found);
      position += found.skipBytes;
      lengthBytes = Math.max(lengthBytes, found.leastBytes);
    }
  }

  #startOf(segment: Segment, offset: number): SearchStart {
    const known = this.#ends.get(offset);
    if (known?.segment !== segment) return startAt(segment, offset, false);
    return { position: known.position, leastOffset: offset, entry: undefined, isCareful: false };
  }

  #fileBytes(segment: Segment): number {
    const isActive = segment === this.options.segments.active;
    return isActive ? segment.sizeBytes - this.options.unwrittenBytes() : segment.sizeBytes;
  }

  async #stretchAt(place: StretchPlace<Segment>): Promise<Stretch> {
    const { file: segment, position } = place;
    const stretch = (await this.#ahead.take(place)) ?? (await this.#readFile(place));
    const { count } = stretch;
    const isEnd = position + count >= this.#fileBytes(segment);
    const headerAfter = (at: number): BatchHeader | undefined => segment.header(position + at);
    return { ...stretch, isEnd, headerAfter };
  }

  /**
   * Begins to read what lies at `place`, once what is read now has been sent: the consumer waits for the one and works
   * before it asks for the other. In the same file only: at its end the next one is begun without.
   */
  #readAheadOf(place: StretchPlace<Segment>): () => void {
    const layout = this.#layout;
    return () => {
      const isThere = place.position < this.#fileBytes(place.file);
      if (layout === this.#layout && isThere) this.#ahead.start(place);
    };
  }

  /** Checks the batches too: there is time for it while nobody waits, and less to do once somebody does. */
  async #readChecked(place: StretchPlace<Segment>): Promise<FileStretch> {
    const { buffer, count } = await this.#readFile(place);
    return { buffer, count, intactBytes: intactBytesOf(buffer, count) };
  }

  async #readFile({
    file: segment,
    position,
    wanted,
  }: StretchPlace<Segment>): Promise<FileStretch> {
    const { pool } = this.options;
    const length = Math.max(Math.min(wanted, this.#fileBytes(segment) - position), 0);
    const buffer = pool.take(Math.max(length, 1));
    try {
      const count = await segment.log.hold((file) => file.read(buffer, 0, length, position));
      return { buffer, count, intactBytes: 0 };
    } catch (error) {
      pool.give(buffer);
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

/** What a search ended with when it met something that is not what was written. */
class Refused {
  constructor(
    readonly position: number,
    readonly suspicion: Suspicion,
  ) {}
}

/** By the offset index: its entry for an offset at or below `offset`. */
function startAt(segment: Segment, offset: number, isCareful: boolean): SearchStart {
  const found = segment.offsetIndex.lookup(offset);
  const { baseOffset: leastOffset } = segment;
  if (found.position === 0) return { position: 0, leastOffset, entry: undefined, isCareful };
  // An entry that points outside of the file is met there as the end of the file, and doubted.
  const position = Math.min(Math.max(found.position, 0), segment.sizeBytes);
  return { position, leastOffset, entry: found, isCareful };
}

/** From further ahead, for what came of a search to be sure; `undefined` if nothing surer can be had. */
function surerStart(
  segment: Segment,
  start: SearchStart,
  { isGap }: Suspicion,
): SearchStart | undefined {
  if (start.isCareful && start.position === 0) return undefined;
  const { baseOffset: leastOffset } = segment;
  const isDoubted = !isGap || start.isCareful || !start.entry;
  return isDoubted
    ? { position: 0, leastOffset, entry: undefined, isCareful: true }
    : startAt(segment, start.entry.offset - 1, true);
}

/** A part of one pooled buffer, lent until it is released. */
class PooledRead implements LogRead {
  readonly buffers: readonly Buffer[];
  readonly sizeBytes: number;
  #isReleased = false;

  constructor(
    private readonly pool: BufferPool,
    private readonly whole: Buffer,
    part: Buffer,
    private readonly onReleased: (() => void) | undefined,
  ) {
    pool.lend(whole);
    this.buffers = [part];
    this.sizeBytes = part.length;
  }

  release(): void {
    assert(!this.#isReleased, 'a read is released once');
    this.#isReleased = true;
    this.pool.takeBack(this.whole);
    this.onReleased?.();
  }
}

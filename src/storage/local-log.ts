/**
 * The bytes of one log: its segments, its tail in memory and its writer (Kafka's `LocalLog`). What the bytes
 * mean, who may append and what consumers see, `Log` decides.
 */

import { assert } from '../base/assert';
import type { Cancel } from '../platform/ports';
import { ProtocolError } from '../protocol/errors';
import { EMPTY_READ, LogTail } from './cache/log-tail';
import type { CopiedBatch } from './cache/log-tail';
import type { LogHome, StorageEnvironment } from './environment';
import { DELETED_SUFFIX, SWAP_SUFFIX } from './formats/file-names';
import { DamageReports } from './damage-reports';
import { repairIndexes } from './index-repair';
import { LogWriter } from './log-writer';
import { SegmentReader } from './segment-reader';
import { Segment } from './segment/segment';
import type { SegmentList } from './segment/segment-list';
import type { LogConfig, LogRead, ReadOptions } from './types';

/** Reads that meet a truncation or a removed segment begin again, at most so often. */
const MAX_READ_ATTEMPTS = 5;

export interface LocalLogOptions {
  readonly environment: StorageEnvironment;
  readonly home: LogHome;
  readonly folder: string;
  /** `topic-partition`. */
  readonly key: string;
  readonly segments: SegmentList;
  readonly endOffset: number;
  readonly recoveryPoint: number;
  readonly epochAt: (offset: number) => number | undefined;
  readonly config: () => LogConfig;
  readonly onWritten: () => void;
  readonly onDurable: () => void;
  /** Brings the log's small files, and the names in its folder, to the device. */
  readonly syncNewFiles: () => void;
  readonly hasNewFiles: boolean;
}

/** One batch to append; its bytes are copied. */
export interface NewBatch {
  readonly bytes: Buffer;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly maxTimestamp: number;
}

export class LocalLog {
  readonly segments: SegmentList;
  readonly writer: LogWriter;
  readonly #tail: LogTail;
  readonly #reader: SegmentReader;
  readonly #environment: StorageEnvironment;
  readonly #config: () => LogConfig;
  readonly folder: string;
  /** Files that wait to be removed. */
  readonly #removals = new Set<Cancel>();
  #endOffset: number;
  #jitterMs: number;
  /** Count the occasions on which bytes stopped being the log's, and files stopped being there. */
  #truncations = 0;
  #removalCount = 0;

  constructor(options: LocalLogOptions) {
    this.#environment = options.environment;
    this.#config = options.config;
    this.folder = options.folder;
    this.segments = options.segments;
    this.#endOffset = options.endOffset;
    this.#tail = new LogTail(options.environment.pool);
    this.#reader = new SegmentReader({
      pool: options.environment.pool,
      segments: options.segments,
      unwrittenBytes: () => this.#tail.unwrittenBytes,
      endOffset: () => this.#endOffset,
      epochAt: options.epochAt,
      damages: new DamageReports(options.environment, options.key),
      onWrongIndex: (segment) => this.repairIndexes(segment),
    });
    this.#jitterMs = this.#drawJitter();
    this.writer = new LogWriter({
      ...options,
      tail: this.#tail,
      maxUnflushed: () => this.#config()['flush.messages'],
    });
  }

  get endOffset(): number {
    return this.#endOffset;
  }

  /** How often bytes stopped being the log's: what was read of it before may no longer be there. */
  get truncationCount(): number {
    return this.#truncations;
  }

  /** Whether a batch of this size and these offsets has to go to a new segment. */
  mustRoll(batch: Omit<NewBatch, 'bytes'>, sizeBytes: number): boolean {
    const question = {
      config: this.#config(),
      maxAgeMs: maxSegmentMs(this.#config()) - this.#jitterMs,
      nowMs: this.#environment.clock.nowMs(),
      sizeBytes,
      lastOffset: batch.lastOffset,
      maxTimestamp: batch.maxTimestamp,
    };
    return this.writer.attempt(() => this.segments.active.mustRoll(question));
  }

  /** Begins a new segment at `baseOffset`; what came before goes to the device in the background. */
  roll(baseOffset: number): void {
    this.writer.writeNow();
    this.writer.attempt(() => {
      this.segments.active.seal();
      this.#addSegment(baseOffset);
    });
    this.writer.flush().catch(() => undefined); // A failed flush has taken the directory offline.
  }

  /** Copies a batch to the end of the log; it is in the file when the tick has ended. */
  append(batch: NewBatch): CopiedBatch {
    assert(batch.firstOffset >= this.#endOffset, 'a log only grows');
    const { active } = this.segments;
    const copied = this.#tail.push(active, batch.bytes, {
      logEndOffset: this.#endOffset,
      firstOffset: batch.firstOffset,
      lastOffset: batch.lastOffset,
    });
    const { lastOffset, maxTimestamp } = batch;
    const appended = { sizeBytes: batch.bytes.length, lastOffset, maxTimestamp };
    this.writer.attempt(() => active.append(appended, this.#config()['index.interval.bytes']));
    this.#endOffset = lastOffset + 1;
    this.writer.appended(this.#endOffset);
    return copied;
  }

  /** Whole batches between `offset` and `upTo`, from memory at once or from the file later. */
  read(options: ReadOptions): LogRead | Promise<LogRead> {
    return this.#tail.read(options) ?? this.#readFile(options);
  }

  /** Bytes from `from` to the end of the log, if both lie in one segment; else `undefined`. */
  bytesFrom(from: number): number | undefined {
    const { segment, position } =
      this.#tail.filePositionOf(from) ??
      this.writer.attempt(() => this.#reader.positionBefore(from));
    return segment === this.segments.active ? segment.sizeBytes - position : undefined;
  }

  /** Cuts the log so that it ends at `offset` or, if that lies inside of a batch, before the batch. */
  truncateTo(offset: number): void {
    this.writer.writeNow();
    this.#truncations++;
    this.#forget();
    const later = this.segments.all.filter((segment) => segment.baseOffset > offset);
    this.removeSegments(later);
    if (later.length > 0) this.#syncNames();
    const { active } = this.segments;
    this.writer.attempt(() => active.truncateTo(offset, this.#environment.clock.nowMs()));
    this.#endOffset = offset;
    this.writer.truncated(offset);
  }

  /** Drops everything and goes on with an empty segment at `offset`. */
  restartAt(offset: number): void {
    this.writer.writeNow();
    this.#truncations++;
    this.#forget();
    this.removeSegments(this.segments.all);
    this.writer.attempt(() => this.#addSegment(offset));
    this.#syncNames();
    this.#endOffset = offset;
    this.writer.restarted(offset);
  }

  /** What a truncation took away must not come back, after a power failure, behind what is appended next. */
  #syncNames(): void {
    this.writer.attempt(() => this.#environment.files.syncDirectorySync(this.folder));
  }

  /** Takes segments out of the log now, and their files off the disk after `file.delete.delay.ms`. */
  removeSegments(removed: readonly Segment[]): void {
    this.segments.remove(removed);
    for (const segment of removed) this.#retire(segment);
  }

  /** Puts `cleaned`, complete and named `.swap`, in the place of the segments it was made from. */
  replaceSegments(cleaned: Segment, replaced: readonly Segment[]): void {
    this.#tail.forgetThrough(replaced);
    this.#reader.forgetPositions();
    this.segments.remove(replaced);
    this.segments.add(cleaned);
    for (const segment of replaced) this.#retire(segment);
    this.writer.attempt(() => cleaned.changeState(SWAP_SUFFIX, ''));
  }

  /** Writes what is pending and completes the indexes; nothing is appended after it. */
  finish(): void {
    this.writer.writeNow();
    this.writer.attempt(() => this.segments.active.completeIndexes());
    this.writer.isFinished = true;
  }

  /** Closes files and gives back memory without writing anything. */
  release(): void {
    this.#forget();
    this.writer.attemptLate(() => this.segments.all.forEach((segment) => segment.closeFiles()));
    for (const cancel of this.#removals) cancel();
    this.#removals.clear();
  }

  async #readFile(options: ReadOptions): Promise<LogRead> {
    let { upTo } = options;
    for (let attempt = 1; ; attempt++) {
      const truncations = this.#truncations;
      const removals = this.#removalCount;
      try {
        const read = await this.#reader.read({ ...options, upTo });
        if (truncations === this.#truncations) return read;
        read.release();
      } catch (error) {
        // A file that is gone, or was cut, while it was read is no fault of the directory.
        const isSame = truncations === this.#truncations && removals === this.#removalCount;
        if (isSame || attempt === MAX_READ_ATTEMPTS) throw this.writer.translate(error);
      }
      if (options.offset < this.segments.first.baseOffset) {
        throw new ProtocolError('OFFSET_OUT_OF_RANGE');
      }
      // What a truncation left may end below the bound of this read.
      upTo = Math.min(upTo, this.writer.writtenEndOffset);
      if (options.offset >= upTo) return EMPTY_READ;
    }
  }

  /** Builds the indexes of a segment anew from its batches, which are good as far as they are indexed then. */
  async repairIndexes(segment: Segment): Promise<void> {
    const { log } = this.#environment;
    log.warn('an index does not fit its log and is built anew', { file: segment.log.path });
    const isClosed = (): boolean => segment !== this.segments.active && !segment.isRemoved;
    await repairIndexes(segment, this.#config()['index.interval.bytes'], isClosed);
  }

  #addSegment(baseOffset: number): void {
    const segment = Segment.create({
      openFiles: this.#environment.openFiles,
      folder: this.folder,
      baseOffset,
      createdMs: this.#environment.clock.nowMs(),
    });
    this.segments.add(segment);
    this.writer.hasNewFiles = true;
    this.#jitterMs = this.#drawJitter();
  }

  /** Removes files, already renamed to `.deleted`, after `file.delete.delay.ms`. */
  removeLater(paths: readonly string[]): void {
    if (paths.length === 0) return;
    const { clock, files } = this.#environment;
    const cancel = clock.callAfter(this.#config()['file.delete.delay.ms'], () => {
      this.#removals.delete(cancel);
      Promise.all(paths.map((path) => files.remove(path))).catch((error: unknown) => {
        this.writer.translate(error);
      });
    });
    this.#removals.add(cancel);
  }

  #retire(segment: Segment): void {
    segment.isRemoved = true;
    this.#removalCount++;
    // A truncated segment that came back after a power failure would hide what took its place.
    this.writer.hasNewFiles = true;
    this.writer.attempt(() => {
      segment.changeState('', DELETED_SUFFIX);
      segment.closeFiles();
    });
    // A file that it has not got, and that kept its name, may by then be a new segment's of the same base offset.
    this.removeLater(segment.paths.filter((path) => path.endsWith(DELETED_SUFFIX)));
  }

  #forget(): void {
    this.#tail.clear();
    this.#reader.forgetPositions();
  }

  /** Spreads the rolling of logs that were created together. */
  #drawJitter(): number {
    const config = this.#config();
    const limit = Math.min(config['segment.jitter.ms'], config['segment.ms']);
    return limit > 0 ? this.#environment.random.below(limit) : 0;
  }
}

/** What is to be compacted within `max.compaction.lag.ms` must not lie in the active segment for longer. */
function maxSegmentMs(config: LogConfig): number {
  const lagMs = config['max.compaction.lag.ms'];
  const isHurried = config['cleanup.policy'].includes('compact') && lagMs > 0;
  return isHurried ? Math.min(lagMs, config['segment.ms']) : config['segment.ms'];
}

/**
 * Brings what a log appended to the file: one write at the end of each tick, and fdatasync when asked for. Keeps
 * who waits for it in order.
 */

import { deferred } from '../base/deferred';
import type { Deferred } from '../base/deferred';
import { FileError } from '../platform/ports';
import type { LogTail } from './cache/log-tail';
import type { LogHome, StorageEnvironment } from './environment';
import type { SegmentList } from './segment/segment-list';
import { StorageError } from './types';

export interface WriterOptions {
  readonly environment: StorageEnvironment;
  readonly home: LogHome;
  readonly tail: LogTail;
  readonly segments: SegmentList;
  readonly endOffset: number;
  readonly recoveryPoint: number;
  /** How many records may stay unflushed (`flush.messages`). */
  readonly maxUnflushed: () => number;
  /** Brings small files, and the names of new ones, to the device. */
  readonly syncNewFiles: () => void;
  /** Whether there are such at the start. */
  readonly hasNewFiles: boolean;
  /** `writtenEndOffset` has moved. */
  readonly onWritten: () => void;
  /** `durableEndOffset` has moved after `writtenEndOffset`, which only happens under strict durability. */
  readonly onDurable: () => void;
}

export class LogWriter {
  /** Some small files, or names of files, may not be on the device yet. */
  hasNewFiles: boolean;
  /** Nothing more will be appended: a flush includes what an orderly stop has completed. */
  isFinished = false;
  /** End of what is in the file, and on the device where `flush.messages` asks for it. */
  #writtenEndOffset: number;
  /** End of what was appended. */
  #endOffset: number;
  /** End of what is in the file. */
  #fileEndOffset: number;
  #recoveryPoint: number;
  #lastFlushMs: number;
  #isScheduled = false;
  /** Settled by the end of this tick. */
  #waiting: Deferred<void> | undefined;
  /** Ticks that wait for a flush, in order. */
  #flushing: Promise<void> | undefined;
  #nextFlush: Promise<void> | undefined;
  #ticks: Promise<void> | undefined;
  #failure: StorageError | undefined;
  /** Counts truncations: what was begun before one says nothing about the log after it. */
  #truncations = 0;
  readonly #isStrict: boolean;

  constructor(private readonly options: WriterOptions) {
    this.hasNewFiles = options.hasNewFiles;
    this.#endOffset = options.endOffset;
    this.#fileEndOffset = options.endOffset;
    this.#writtenEndOffset = options.endOffset;
    this.#recoveryPoint = options.recoveryPoint;
    this.#lastFlushMs = options.environment.clock.nowMs();
    this.#isStrict = options.environment.durability === 'strict';
    this.#makeDurable();
  }

  get writtenEndOffset(): number {
    return this.#writtenEndOffset;
  }

  /**
   * End of what this replica answers for: what counts for the high watermark and what a follower tells its
   * leader to have. It is what is written or, under strict durability, what of that is on the device.
   */
  get durableEndOffset(): number {
    return this.#isStrict
      ? Math.min(this.#recoveryPoint, this.#writtenEndOffset)
      : this.#writtenEndOffset;
  }

  /** All below is on the device; a crash loses nothing of it. */
  get recoveryPoint(): number {
    return this.#recoveryPoint;
  }

  get lastFlushMs(): number {
    return this.#lastFlushMs;
  }

  get failure(): StorageError | undefined {
    return this.#failure;
  }

  /** The log now ends at `endOffset`, of which the rest is to be written when the tick ends. */
  appended(endOffset: number): void {
    this.#endOffset = endOffset;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.options.environment.clock.callAtEndOfTick(this.#onEndOfTick);
  }

  /** Settles when everything appended so far is in the file; one promise for all of a tick. */
  written(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (!this.#isScheduled) return this.#ticks ?? Promise.resolve();
    if (!this.#waiting) {
      this.#waiting = deferred();
      this.#waiting.promise.catch(() => undefined); // Whoever waits hears of it; nobody has to wait.
    }
    return this.#waiting.promise;
  }

  /** Settles when this replica answers for everything appended so far. Rejects with `StorageError`. */
  async durable(): Promise<void> {
    const endOffset = this.#endOffset;
    await this.written();
    if (!this.#isStrict) return;
    // What a truncation took away meanwhile nobody answers for any more.
    while (this.#recoveryPoint < Math.min(endOffset, this.#endOffset)) await this.flush();
  }

  /** Writes now what is pending, e.g. because the next append goes to another file. Throws `StorageError`. */
  writeNow(): void {
    if (this.#failure) throw this.#failure;
    this.attempt(() => this.#write());
  }

  /** Runs a file operation; its failure takes the directory offline. Throws `StorageError`. */
  attempt<T>(operation: () => T): T {
    try {
      return operation();
    } catch (error) {
      throw this.translate(error);
    }
  }

  /** Like `attempt`, for what nobody waits for: a failure only takes the directory offline. */
  attemptLate(operation: () => void): void {
    try {
      this.attempt(operation);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
    }
  }

  /** What to tell whoever asked for the operation that failed with `error`. */
  translate(error: unknown): unknown {
    if (!(error instanceof FileError)) return error;
    return this.#failure ?? this.options.home.fail(error);
  }

  /** The log was cut at `endOffset`. Nothing may be pending. */
  truncated(endOffset: number): void {
    this.#truncations++;
    this.#endOffset = endOffset;
    this.#fileEndOffset = endOffset;
    this.#writtenEndOffset = Math.min(this.#writtenEndOffset, endOffset);
    this.#recoveryPoint = Math.min(this.#recoveryPoint, endOffset);
    this.#makeDurable();
  }

  /** The log was emptied and goes on at `offset`. */
  restarted(offset: number): void {
    this.#truncations++;
    this.#endOffset = offset;
    this.#fileEndOffset = offset;
    this.#writtenEndOffset = offset;
    this.#recoveryPoint = offset;
  }

  /** fdatasync of what is written so far. Calls during a flush share the next one. */
  flush(): Promise<void> {
    this.#nextFlush ??= (this.#flushing ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        this.#flushing = this.#nextFlush;
        this.#nextFlush = undefined;
        return this.#flushNow();
      });
    return this.#nextFlush;
  }

  /**
   * As a flush, done when it returns. The log goes on at `offset`, after a gap if it ended before. Nothing may be
   * pending. Throws `StorageError`.
   */
  flushSync(offset: number): void {
    const { segments } = this.options;
    this.attempt(() => {
      for (const segment of segments.all.filter(({ isDirty }) => isDirty)) {
        segment.syncSync(segment === segments.active ? 'log' : 'all');
      }
      this.options.syncNewFiles();
    });
    this.hasNewFiles = false;
    this.#recoveryPoint = Math.max(this.#recoveryPoint, offset);
  }

  /** The directory went offline, or the log was closed: nothing more will be written. */
  fail(failure: StorageError): void {
    this.#failure ??= failure;
    this.#waiting?.reject(failure);
    this.#waiting = undefined;
  }

  readonly #onEndOfTick = (): void => {
    this.#isScheduled = false;
    if (this.#failure) return;
    this.attemptLate(() => this.#write());
    if (!this.#failure) this.#endTick();
  };

  #write(): void {
    this.options.tail.write();
    this.#fileEndOffset = this.#endOffset;
  }

  /**
   * Under strict durability, brings to the device what is not there yet: at once if nothing is on its way, else
   * together with all that comes until that has arrived.
   */
  #makeDurable(): void {
    if (!this.#isStrict || this.#recoveryPoint >= this.#fileEndOffset) return;
    this.flush().catch(() => undefined); // A failed flush has taken the directory offline.
  }

  #endTick(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    const endOffset = this.#endOffset;
    const truncations = this.#truncations;
    const mustFlush = endOffset - this.#recoveryPoint >= this.options.maxUnflushed();
    this.#makeDurable();
    if (!mustFlush && !this.#ticks) {
      this.#settle(endOffset, waiting);
      return;
    }
    const previous = this.#ticks ?? Promise.resolve();
    const flushed = mustFlush ? this.flush() : Promise.resolve();
    const tick = Promise.all([previous, flushed]).then(() => {
      this.#settle(truncations === this.#truncations ? endOffset : 0, waiting);
    });
    this.#ticks = tick;
    tick
      .catch((error: unknown) => waiting?.reject(error))
      .finally(() => {
        if (this.#ticks === tick) this.#ticks = undefined;
      });
  }

  #settle(endOffset: number, waiting: Deferred<void> | undefined): void {
    this.#writtenEndOffset = Math.max(this.#writtenEndOffset, endOffset);
    waiting?.resolve();
    this.options.onWritten();
  }

  async #flushNow(): Promise<void> {
    if (this.#failure) throw this.#failure;
    const truncations = this.#truncations;
    const endOffset = this.#fileEndOffset;
    const { segments, environment } = this.options;
    const startMs = environment.clock.monotonicMs();
    try {
      for (const segment of segments.all.filter(({ isDirty }) => isDirty)) {
        // After a crash the indexes of the active segment are proven good before they are used, or built anew.
        const isGrowing = segment === segments.active && !this.isFinished;
        if (!segment.isRemoved) await segment.sync(isGrowing ? 'log' : 'all');
      }
      if (this.hasNewFiles) this.options.syncNewFiles();
      this.hasNewFiles = false;
    } catch (error) {
      throw this.translate(error);
    }
    if (truncations === this.#truncations) {
      this.#recoveryPoint = Math.max(this.#recoveryPoint, endOffset);
    }
    environment.counters.flushTime.note(environment.clock.monotonicMs() - startMs);
    this.#lastFlushMs = environment.clock.nowMs();
    if (this.#isStrict) this.options.onDurable();
    if (!this.#nextFlush) this.#makeDurable();
  }
}

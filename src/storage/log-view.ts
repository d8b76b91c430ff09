/**
 * What can be asked of one partition's log: its offsets, its records, its epochs. What changes it is in `Log`.
 */

import { join } from 'node:path';

import { ProtocolError } from '../protocol/errors';
import { partitionKey } from '../protocol/topic-partition';
import { EMPTY_READ } from './cache/log-tail';
import type { LogHome, StorageEnvironment } from './environment';
import { PARTITION_METADATA_FILE } from './formats/file-names';
import { syncSmallFile } from './formats/small-file';
import type { LeaderEpochCache } from './leader-epoch-cache';
import { LocalLog } from './local-log';
import type { LogProducers } from './producers/log-producers';
import type { ProducerStates } from './producers/producer-states';
import type { Segment } from './segment/segment';
import type { SegmentList } from './segment/segment-list';
import { findMaxTimestamp, findTimestamp } from './timestamp-search';
import { StorageError } from './types';
import type {
  AbortedTransaction,
  EpochEndOffset,
  LogConfig,
  LogRead,
  ReadOptions,
  TimestampOffset,
} from './types';

/** What loading or creating a log's folder gives. */
export interface LogParts {
  readonly environment: StorageEnvironment;
  readonly home: LogHome;
  readonly folder: string;
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string | undefined;
  readonly config: LogConfig;
  readonly segments: SegmentList;
  readonly epochs: LeaderEpochCache;
  readonly producers: LogProducers;
  readonly logStartOffset: number;
  readonly endOffset: number;
  readonly recoveryPoint: number;
  readonly highWatermark: number;
  /** It was just made, or not closed in order: its small files may not be on the device. */
  readonly hasNewFiles: boolean;
}

export abstract class LogView {
  readonly topic: string;
  readonly partition: number;
  /** `topic-partition`. */
  readonly key: string;
  /** The log directory (one of `log.dirs`) that holds the log's folder. */
  readonly directory: string;
  topicId: string | undefined;
  config: LogConfig;
  /** Runs right after a tick's write, when `writtenEndOffset` has moved. */
  onWritten: (() => void) | undefined;
  /** Runs when `durableEndOffset` has moved after `writtenEndOffset`. */
  onDurable: (() => void) | undefined;
  /** Runs when `logStartOffset` has risen. */
  onStartMoved: (() => void) | undefined;
  protected readonly local: LocalLog;
  protected readonly environment: StorageEnvironment;
  protected readonly home: LogHome;
  protected readonly epochs: LeaderEpochCache;
  protected readonly producerState: LogProducers;
  protected startOffset: number;
  protected watermark: number;
  protected isClosed = false;
  /** Whether the folder's own name is on the device. */
  #isFolderSynced: boolean;

  constructor(parts: LogParts) {
    this.topic = parts.topic;
    this.partition = parts.partition;
    this.key = partitionKey(parts.topic, parts.partition);
    this.directory = parts.home.path;
    this.topicId = parts.topicId;
    this.config = parts.config;
    this.environment = parts.environment;
    this.home = parts.home;
    this.epochs = parts.epochs;
    this.producerState = parts.producers;
    this.startOffset = parts.logStartOffset;
    this.watermark = clamp(parts.highWatermark, parts.logStartOffset, parts.endOffset);
    // Recovery has read their markers again, and a high watermark at the end of the log will not move for them.
    this.producerState.states.forgetReplicated(this.watermark);
    this.#isFolderSynced = !parts.hasNewFiles;
    this.local = new LocalLog({
      ...parts,
      key: this.key,
      epochAt: (offset) => this.epochs.epochAt(offset),
      config: () => this.config,
      onWritten: () => this.onWritten?.(),
      onDurable: () => this.onDurable?.(),
      syncNewFiles: () => this.#syncNewFiles(),
    });
  }

  get logStartOffset(): number {
    return this.startOffset;
  }

  get logEndOffset(): number {
    return this.local.endOffset;
  }

  get highWatermark(): number {
    return this.watermark;
  }

  /** What read_committed consumers may read up to: no open transaction, and no undecided one, lies below it. */
  get lastStableOffset(): number {
    const unstable = this.producerState.states.firstUnstableOffset ?? this.watermark;
    return clamp(unstable, this.startOffset, this.watermark);
  }

  /** The latest leader epoch known; `undefined` if there is none. */
  get latestEpoch(): number | undefined {
    return this.epochs.latestEpoch;
  }

  /** The leader epoch of the record at `offset`; `undefined` if that is not known. */
  epochAt(offset: number): number | undefined {
    return this.epochs.epochAt(offset);
  }

  /** End of what is in the file; only that is served. */
  get writtenEndOffset(): number {
    return this.local.writer.writtenEndOffset;
  }

  /** End of what counts for the high watermark: what is written, and synced where durability is strict. */
  get durableEndOffset(): number {
    return this.local.writer.durableEndOffset;
  }

  get recoveryPoint(): number {
    return this.local.writer.recoveryPoint;
  }

  get lastFlushMs(): number {
    return this.local.writer.lastFlushMs;
  }

  get sizeBytes(): number {
    return this.local.segments.sizeBytes;
  }

  get segments(): SegmentList {
    return this.local.segments;
  }

  get producers(): ProducerStates {
    return this.producerState.states;
  }

  /** How often the log was cut or begun anew while it was open. */
  get truncationCount(): number {
    return this.local.truncationCount;
  }

  get folder(): string {
    return this.local.folder;
  }

  /** Whether its directory went offline, or the log was closed. */
  get isOffline(): boolean {
    return this.isClosed || this.local.writer.failure !== undefined;
  }

  /**
   * Whole batches from the one that holds `offset` on. Recent data comes at once, older data from the file. Less
   * than `maxBytes` may come although there is more. Throws or rejects with OFFSET_OUT_OF_RANGE, `StorageError`.
   */
  read(options: ReadOptions): LogRead | Promise<LogRead> {
    this.checkUsable();
    const { offset } = options;
    if (offset < this.startOffset || offset > this.logEndOffset) {
      throw new ProtocolError(
        'OFFSET_OUT_OF_RANGE',
        `Offset ${String(offset)} of ${this.key} is not within ` +
          `[${String(this.startOffset)}, ${String(this.logEndOffset)}]`,
      );
    }
    const upTo = Math.min(options.upTo, this.writtenEndOffset);
    return offset < upTo ? this.local.read({ ...options, upTo }) : EMPTY_READ;
  }

  /** About how many bytes lie between two offsets, at most `maxBytes`; never too few. */
  estimateBytes(from: number, upTo: number, maxBytes: number): number {
    if (from >= upTo || this.isOffline) return 0;
    const toEnd = this.local.bytesFrom(from);
    if (toEnd === undefined) return maxBytes;
    const beyond = upTo < this.logEndOffset ? (this.local.bytesFrom(upTo) ?? 0) : 0;
    return Math.min(maxBytes, Math.max(toEnd - beyond, 1));
  }

  /** The aborted transactions that a read_committed consumer of [from, upTo) must skip. */
  abortedTransactions(from: number, upTo: number): readonly AbortedTransaction[] {
    return this.local.writer.attempt(() => {
      const found: AbortedTransaction[] = [];
      for (const segment of this.segments.from(from)) {
        for (const entry of segment.transactionIndex.entries) {
          if (entry.lastOffset >= from && entry.firstOffset < upTo) found.push(entry);
          if (entry.lastStableOffset >= upTo) return found;
        }
      }
      return found;
    });
  }

  /** Settles once everything appended so far is in the file; rejects with `StorageError`. */
  written(): Promise<void> {
    return this.local.writer.written();
  }

  /** Settles once `durableEndOffset` is what `logEndOffset` is now; rejects with `StorageError`. */
  durable(): Promise<void> {
    return this.local.writer.durable();
  }

  /** Mends the indexes of a segment, some entry of which does not fit. */
  repairIndexes(segment: Segment): Promise<void> {
    return this.local.repairIndexes(segment);
  }

  /** Where `epoch` ended in this log (−1, −1 if unknown), as OffsetForLeaderEpoch answers it. */
  endOffsetForEpoch(epoch: number): EpochEndOffset {
    return this.epochs.endOffsetFor(epoch, this.logEndOffset);
  }

  /** Ascending. */
  segmentBaseOffsets(): readonly number[] {
    return this.segments.all.map((segment) => segment.baseOffset);
  }

  /** The first record with a timestamp ≥ `timestamp`. */
  offsetForTimestamp(timestamp: number): Promise<TimestampOffset | undefined> {
    return this.#search(() => findTimestamp(this, timestamp));
  }

  /** The record with the largest timestamp. */
  maxTimestampOffset(): Promise<TimestampOffset | undefined> {
    return this.#search(() => findMaxTimestamp(this));
  }

  /** Throws `StorageError` if the log's directory is offline, or the log was closed or deleted. */
  protected checkUsable(): void {
    const { failure } = this.local.writer;
    if (failure) throw failure;
    if (this.isClosed) throw new StorageError(`The log ${this.key} is closed`);
  }

  #syncNewFiles(): void {
    const { files } = this.environment;
    this.epochs.sync();
    syncSmallFile(files, join(this.folder, PARTITION_METADATA_FILE));
    files.syncDirectorySync(this.folder);
    if (this.#isFolderSynced) return;
    files.syncDirectorySync(this.directory);
    this.#isFolderSynced = true;
  }

  async #search(
    find: () => Promise<TimestampOffset | undefined>,
  ): Promise<TimestampOffset | undefined> {
    this.checkUsable();
    try {
      return await find();
    } catch (error) {
      throw this.local.writer.translate(error);
    }
  }
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

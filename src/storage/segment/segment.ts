/**
 * One segment of a log: its `.log` file and the three indexes beside it (Kafka's `LogSegment`). It knows
 * positions and timestamps; what may be appended, and when to roll, the log decides.
 */

import { join } from 'node:path';

import { assert } from '../../base/assert';
import {
  INDEX_SUFFIX,
  LOG_SUFFIX,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
  offsetFileName,
} from '../formats/file-names';
import type { LogConfig } from '../types';
import { HEADER_BYTES, headerAt } from './batch-header';
import type { BatchHeader } from './batch-header';
import { OffsetIndex } from './offset-index';
import type { OffsetPosition } from './offset-index';
import type { LazyFile, OpenFiles } from './open-files';
import { TimeIndex } from './time-index';
import type { TimestampEntry } from './time-index';
import { TransactionIndex } from './transaction-index';

const MAX_RELATIVE_OFFSET = 2 ** 31 - 1;

export interface SegmentPlace {
  readonly openFiles: OpenFiles;
  readonly folder: string;
  readonly baseOffset: number;
  readonly createdMs: number;
  /** `.cleaned` or `.swap` while it is not part of the log yet, else nothing. */
  readonly state?: string;
}

export interface AppendedBatch {
  readonly sizeBytes: number;
  readonly lastOffset: number;
  readonly maxTimestamp: number;
}

/** What decides whether the next append needs a new segment. */
export interface RollQuestion {
  readonly config: LogConfig;
  /** Beyond this age the segment takes no more. */
  readonly maxAgeMs: number;
  readonly nowMs: number;
  readonly sizeBytes: number;
  readonly lastOffset: number;
  readonly maxTimestamp: number;
}

export class Segment {
  readonly baseOffset: number;
  readonly log: LazyFile;
  readonly offsetIndex: OffsetIndex;
  readonly timeIndex: TimeIndex;
  readonly transactionIndex: TransactionIndex;
  /** Bytes of the log, whether written yet or not. */
  sizeBytes: number;
  /** Some of its files were written to since they were last synced. */
  isDirty = false;
  /** No longer part of the log; its files may vanish at any time. */
  isRemoved = false;
  #createdMs: number;
  /** Timestamp of the first batch, from which the age is counted. */
  #firstTimestamp: number | undefined;
  #max: TimestampEntry | undefined;
  #hasTrueMax: boolean | undefined;
  #bytesSinceEntry = 0;
  /** One past the last batch; unknown until asked for if the file was there, or cut. */
  #endOffset: number | undefined;

  private constructor(
    private readonly place: SegmentPlace,
    sizeBytes: number,
  ) {
    this.baseOffset = place.baseOffset;
    this.sizeBytes = sizeBytes;
    this.#createdMs = place.createdMs;
    const { openFiles } = place;
    this.log = openFiles.at(this.#path(LOG_SUFFIX), 'update');
    this.offsetIndex = new OffsetIndex(
      openFiles.at(this.#path(INDEX_SUFFIX), 'update'),
      this.baseOffset,
    );
    this.timeIndex = new TimeIndex(
      openFiles.at(this.#path(TIME_INDEX_SUFFIX), 'update'),
      this.baseOffset,
    );
    this.transactionIndex = new TransactionIndex(
      openFiles,
      this.#path(TRANSACTION_INDEX_SUFFIX),
      this.baseOffset,
    );
  }

  /**
   * Makes a new, empty segment; leftovers of the same name are emptied. The files of the indexes come with their first
   * entries: a broker makes thousands of logs at once, and a new file costs more than anything else about them.
   */
  static create(place: SegmentPlace): Segment {
    const segment = new Segment(place, 0);
    segment.log.startNew();
    segment.log.make();
    segment.log.close();
    segment.offsetIndex.entries.startEmpty();
    segment.timeIndex.entries.startEmpty();
    segment.transactionIndex.startEmpty();
    return segment;
  }

  /** A segment whose files exist. */
  static open(place: SegmentPlace): Segment {
    const segment = new Segment(place, 0);
    segment.sizeBytes = place.openFiles.files.statSync(segment.log.path)?.size ?? 0;
    return segment;
  }

  get indexes(): readonly [OffsetIndex, TimeIndex] {
    return [this.offsetIndex, this.timeIndex];
  }

  /** The largest timestamp and the offset of its batch; timestamp −1 if there is none. */
  get max(): TimestampEntry {
    this.#max ??= this.timeIndex.last ?? { timestamp: -1, offset: this.baseOffset };
    return this.#max;
  }

  /** The largest timestamp, or when the file was last written if no record has one. For retention. */
  get largestTimestamp(): number {
    return this.max.timestamp >= 0 ? this.max.timestamp : this.modifiedMs;
  }

  get modifiedMs(): number {
    return this.place.openFiles.files.statSync(this.log.path)?.modifiedMs ?? this.#createdMs;
  }

  /** Timestamp of the first batch; `undefined` while the segment is empty. */
  get firstTimestamp(): number | undefined {
    if (this.#firstTimestamp === undefined && this.sizeBytes > 0) {
      this.#firstTimestamp = this.header(0)?.maxTimestamp;
    }
    return this.#firstTimestamp;
  }

  /** Takes note of a batch at the end of the log, adding index entries every `index.interval.bytes`. */
  append(batch: AppendedBatch, indexIntervalBytes: number): void {
    const position = this.sizeBytes;
    assert(this.#fits(batch.lastOffset), 'an offset fits the segment it is appended to');
    if (position === 0) this.#firstTimestamp = batch.maxTimestamp;
    if (batch.maxTimestamp > this.max.timestamp) {
      this.#max = { timestamp: batch.maxTimestamp, offset: batch.lastOffset };
    }
    if (this.#bytesSinceEntry > indexIntervalBytes) {
      this.offsetIndex.append(batch.lastOffset, position);
      this.timeIndex.append(this.max.timestamp, this.max.offset);
      this.#bytesSinceEntry = 0;
    }
    this.#bytesSinceEntry += batch.sizeBytes;
    this.sizeBytes += batch.sizeBytes;
    this.#endOffset = batch.lastOffset + 1;
  }

  /** Whether the append in question needs a new segment (`LogSegment.shouldRoll`). */
  mustRoll(question: RollQuestion): boolean {
    if (this.sizeBytes === 0) return !this.#fits(question.lastOffset);
    const { config } = question;
    return (
      this.sizeBytes > config['segment.bytes'] - question.sizeBytes ||
      this.#ageMs(question) > question.maxAgeMs ||
      this.offsetIndex.isFull(config['segment.index.bytes']) ||
      this.timeIndex.isFull(config['segment.index.bytes']) ||
      !this.#fits(question.lastOffset)
    );
  }

  /** Age by timestamps where both ends have one, else by the clock. */
  #ageMs(question: RollQuestion): number {
    const first = this.firstTimestamp ?? -1;
    return first >= 0 ? question.maxTimestamp - first : question.nowMs - this.#createdMs;
  }

  /** Nothing more will be appended: completes the indexes and gives back their memory. */
  seal(): void {
    this.completeIndexes();
    for (const { entries } of this.indexes) entries.close();
  }

  /** Adds the last time index entry and writes what the indexes hold in memory; both files exist then. */
  completeIndexes(): void {
    this.transactionIndex.endRebuild();
    if (this.max.timestamp >= 0) this.timeIndex.append(this.max.timestamp, this.max.offset);
    for (const { entries } of this.indexes) {
      entries.write();
      entries.file.make();
    }
    this.isDirty = true;
  }

  /** The header of the batch at `position` of the file; `undefined` at the end or where no whole batch is. */
  header(position: number): BatchHeader | undefined {
    if (position < 0 || position >= this.sizeBytes) return undefined;
    const bytes = Buffer.allocUnsafe(HEADER_BYTES);
    const available = this.log.file.readSync(bytes, 0, HEADER_BYTES, position);
    const header = headerAt(bytes, 0, Math.min(available, this.sizeBytes - position));
    return header && position + header.sizeBytes <= this.sizeBytes ? header : undefined;
  }

  /** Position of the first batch that ends at or after `offset`; the end of the log if there is none. */
  positionOf(offset: number): number {
    let { position } = this.offsetIndex.lookup(offset);
    for (let header = this.header(position); header; header = this.header(position)) {
      if (header.lastOffset >= offset) return position;
      position += header.sizeBytes;
    }
    return position;
  }

  /** One past the last offset, its own base offset if there is none; all must be in the file. */
  get endOffset(): number | undefined {
    this.#endOffset ??= this.readEndOffset(true);
    return this.#endOffset;
  }

  /**
   * One past the last offset, found from the last index entry on, or without the index if that is not `sane`;
   * `undefined` if the end is torn.
   */
  readEndOffset(hasSaneIndex: boolean): number | undefined {
    let position = (hasSaneIndex && this.offsetIndex.last?.position) || 0;
    let endOffset = this.baseOffset;
    for (let header = this.header(position); header; header = this.header(position)) {
      endOffset = header.lastOffset + 1;
      position += header.sizeBytes;
    }
    return position === this.sizeBytes ? endOffset : undefined;
  }

  /** Cuts off the batch that holds `offset` and all after it. */
  truncateTo(offset: number, nowMs: number): void {
    const position = this.positionOf(offset);
    this.offsetIndex.truncateTo(offset);
    this.timeIndex.truncateTo(offset);
    this.transactionIndex.truncateTo(offset);
    this.truncateFile(position);
    this.#max = this.#readMax(this.offsetIndex.last?.position ?? 0);
    this.#bytesSinceEntry = 0;
    if (position > 0) return;
    this.#createdMs = nowMs;
    this.#firstTimestamp = undefined;
  }

  /** What the time index tells, and the batches from `position` on, which may be too late for it. */
  #readMax(from: number): TimestampEntry {
    let max = this.timeIndex.last ?? { timestamp: -1, offset: this.baseOffset };
    let position = from;
    for (let header = this.header(position); header; header = this.header(position)) {
      const { maxTimestamp: timestamp, lastOffset: offset } = header;
      if (timestamp > max.timestamp) max = { timestamp, offset };
      position += header.sizeBytes;
    }
    return max;
  }

  /** Cuts the log file only; the indexes are the caller's. */
  truncateFile(sizeBytes: number): void {
    this.log.file.truncateSync(sizeBytes);
    this.sizeBytes = sizeBytes;
    this.#endOffset = undefined;
    this.isDirty = true;
  }

  /**
   * Empties the indexes before they are rebuilt by appending again every batch that is in the file; returns the
   * size of the file, which is the segment's again once that is done.
   */
  startRebuild(): number {
    this.#emptyIndexes();
    this.transactionIndex.startRebuildAt(this.baseOffset);
    return this.#rewind(0);
  }

  /** As `startRebuild`, for the batches from `position` on: index entries for `offset` and later are forgotten. */
  startRebuildAt({ offset, position }: OffsetPosition): number {
    for (const index of this.indexes) {
      index.truncateTo(offset);
      index.entries.mustSync = true; // Nor need what an earlier process dropped be gone on the device.
    }
    this.transactionIndex.startRebuildAt(offset);
    const fileBytes = this.#rewind(position);
    this.#max = this.#readMax(this.offsetIndex.last?.position ?? 0);
    return fileBytes;
  }

  #rewind(position: number): number {
    const fileBytes = this.sizeBytes;
    this.sizeBytes = position;
    this.#max = undefined;
    this.#firstTimestamp = undefined;
    this.#bytesSinceEntry = 0;
    return fileBytes;
  }

  /** Has both indexes forget everything, since some of it is wrong. Lookups then begin at the start of the segment. */
  dropIndexes(): void {
    this.#max = this.max;
    this.#emptyIndexes();
    this.isDirty = true;
  }

  /** Puts the right entries in the place of all. */
  replaceIndexes(offsets: readonly OffsetPosition[], times: readonly TimestampEntry[]): void {
    this.#emptyIndexes();
    this.#max = undefined;
    for (const { offset, position } of offsets) this.offsetIndex.append(offset, position);
    for (const { timestamp, offset } of times) this.timeIndex.append(timestamp, offset);
    this.seal();
  }

  /** Whether the batch that has the largest timestamp is the one that the time index says; looked up once. */
  hasTrueMax(): boolean {
    this.#hasTrueMax ??= this.hasTime(this.max);
    return this.#hasTrueMax;
  }

  /** Whether the batch at the entry's offset has its timestamp, as its largest. */
  hasTime({ timestamp, offset }: TimestampEntry): boolean {
    if (timestamp < 0) return true;
    const header = this.header(this.positionOf(offset));
    return header !== undefined && header.baseOffset <= offset && header.maxTimestamp === timestamp;
  }

  /** Writes the log and what no start rebuilds to the device, or all: also the indexes, which must be complete. */
  async sync(scope: 'log' | 'all'): Promise<void> {
    for (const each of this.#takeDirty(scope)) {
      if (!this.isRemoved) await each.hold((file) => file.sync());
    }
  }

  /** As `sync`, done when it returns. */
  syncSync(scope: 'log' | 'all'): void {
    for (const each of this.#takeDirty(scope)) each.file.syncSync();
  }

  #takeDirty(scope: 'log' | 'all'): readonly LazyFile[] {
    this.isDirty = false;
    const { transactionIndex } = this;
    const files = [this.log];
    for (const { entries } of this.indexes) {
      if (scope === 'all' || entries.mustSync) files.push(entries.file);
      entries.mustSync = false;
    }
    if (transactionIndex.isDirty) files.push(transactionIndex.file);
    transactionIndex.isDirty = false;
    return files;
  }

  /** Renames every file from suffix `from` to suffix `to`, e.g. `.cleaned` to `.swap`. */
  changeState(from: string, to: string): void {
    for (const file of this.#files)
      file.rename(file.path.slice(0, file.path.length - from.length) + to);
  }

  /** Paths of all files the segment may have. */
  get paths(): string[] {
    return [
      this.log.path,
      ...this.indexes.map((index) => index.entries.file.path),
      this.transactionIndex.file.path,
    ];
  }

  setModified(modifiedMs: number): void {
    this.place.openFiles.files.setModifiedSync(this.log.path, modifiedMs);
  }

  /** Closes the files without writing; a later use opens them again. */
  closeFiles(): void {
    this.log.close();
    for (const { entries } of this.indexes) entries.file.close();
    this.transactionIndex.file.close();
  }

  /** Makes those that are missing. */
  #emptyIndexes(): void {
    const { files } = this.place.openFiles;
    this.#hasTrueMax = undefined;
    for (const { entries } of this.indexes) {
      if (!files.statSync(entries.file.path))
        files.openSync(entries.file.path, 'create').closeSync();
      entries.truncate(0);
    }
  }

  get #files(): readonly LazyFile[] {
    const files = [this.log, ...this.indexes.map((index) => index.entries.file)];
    return this.transactionIndex.exists ? [...files, this.transactionIndex.file] : files;
  }

  #fits(offset: number): boolean {
    return offset - this.baseOffset <= MAX_RELATIVE_OFFSET;
  }

  #path(suffix: string): string {
    const name = offsetFileName(this.baseOffset, suffix + (this.place.state ?? ''));
    return join(this.place.folder, name);
  }
}

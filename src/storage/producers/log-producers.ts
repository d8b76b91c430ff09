/** The producers of one log, together with the snapshots and the batches from which they are rebuilt. */

import type { StorageEnvironment } from '../environment';
import { walkAsync, walkSync } from '../segment/batch-walk';
import type { BatchVisitor, FileRange, WalkedBatch } from '../segment/batch-walk';
import type { Segment } from '../segment/segment';
import type { SegmentList } from '../segment/segment-list';
import type { AbortedTransaction } from '../types';
import { producerBatchInfo } from './batch-info';
import { ProducerStates } from './producer-states';
import type { Snapshots } from './snapshots';

/** The part of the log that the producers are to reflect. */
export interface LogRange {
  readonly logStartOffset: number;
  readonly endOffset: number;
}

interface Stretch {
  readonly segment: Segment;
  readonly position: number;
  readonly visit: BatchVisitor;
}

export class LogProducers {
  readonly states = new ProducerStates();

  constructor(
    private readonly environment: Pick<
      StorageEnvironment,
      'clock' | 'log' | 'producerExpirationMs'
    >,
    readonly snapshots: Snapshots,
  ) {}

  /** Writes what is known at `offset`, the end of the log, unless that is on disk already. */
  takeSnapshot(offset: number): void {
    if (offset > (this.snapshots.latestOffset ?? 0)) {
      this.snapshots.write(offset, this.states.snapshot());
    }
  }

  /** Follows a batch of the log as it was stored; returns the transaction that it aborted, if any. */
  follow({ header, bytes }: Pick<WalkedBatch, 'header' | 'bytes'>): AbortedTransaction | undefined {
    if (header.magic < 2) return undefined;
    const info = producerBatchInfo(bytes, 0, header.baseOffset);
    return info && this.states.update(info);
  }

  /** Makes the producers what they were at the end of `range`, after a truncation. Throws `FileError`. */
  rebuild(segments: SegmentList, range: LogRange): void {
    for (const { segment, position, visit } of this.#stretches(segments, range)) {
      walkSync(segment, this.#rangeOf(segment, position), visit);
    }
  }

  /** As `rebuild`, when a log is loaded. */
  async load(segments: SegmentList, range: LogRange): Promise<void> {
    for (const { segment, position, visit } of this.#stretches(segments, range)) {
      await walkAsync(segment, this.#rangeOf(segment, position), visit);
    }
  }

  /** The transactions that ended in a segment by being aborted, found in its batches. Throws `FileError`. */
  async abortedIn(segment: Segment, segments: SegmentList): Promise<AbortedTransaction[]> {
    const past = new LogProducers(this.environment, this.snapshots);
    const from = past.#restore(segment.baseOffset);
    const found: AbortedTransaction[] = [];
    for (const each of segments.from(from)) {
      if (each.baseOffset > segment.baseOffset) break;
      await walkAsync(each, this.#rangeOf(each, each.positionOf(from)), (batch) => {
        const aborted = batch.header.lastOffset < from ? undefined : past.follow(batch);
        if (aborted && each === segment) found.push(aborted);
        return true;
      });
    }
    return found;
  }

  /** A damaged batch tells nothing of its producer; those after it still do. */
  #rangeOf(segment: Segment, from: number): FileRange {
    const onDamage: FileRange['onDamage'] = ({ header, position }) => {
      const fields = { file: segment.log.path, position, offset: header.baseOffset };
      this.environment.log.error('a damaged batch is not counted for its producer', fields);
      return true;
    };
    return { from, to: segment.sizeBytes, onDamage };
  }

  expire(): void {
    this.states.expire(this.environment.clock.nowMs(), this.environment.producerExpirationMs());
  }

  /** Restores the newest snapshot that fits and tells what must be read after it. */
  #stretches(segments: SegmentList, range: LogRange): Stretch[] {
    this.snapshots.removeWhere(
      (offset) => offset > range.endOffset || offset <= range.logStartOffset,
    );
    const from = Math.max(this.#restore(range.endOffset), range.logStartOffset);
    if (from >= range.endOffset) return [];
    const visit: BatchVisitor = (batch) => {
      if (batch.header.baseOffset >= range.endOffset) return false;
      if (batch.header.lastOffset >= from) this.follow(batch);
      return true;
    };
    return segments
      .from(from)
      .filter(({ baseOffset }) => baseOffset < range.endOffset)
      .map((segment) => ({ segment, position: segment.positionOf(from), visit }));
  }

  /** Returns the offset of the snapshot, 0 if there is none. */
  #restore(limit: number): number {
    const snapshot = this.snapshots.readLatest(limit);
    const expirationMs = this.environment.producerExpirationMs();
    this.states.restore(snapshot?.entries ?? [], this.environment.clock.nowMs(), expirationMs);
    return snapshot?.offset ?? 0;
  }
}

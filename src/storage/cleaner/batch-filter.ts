/**
 * What compaction leaves of one batch (`Cleaner.cleanInto`, `MemoryRecords.filterTo`). Offsets never change: a
 * batch keeps its first and last offset however few records are left in it. A batch that loses nothing is kept as
 * it is, bytes and all.
 */

import {
  baseTimestampOf,
  batchSizeAt,
  hasDeleteHorizon,
  isControl,
  isTransactional,
  lastOffsetOf,
  magicOf,
  producerEpochOf,
  producerIdOf,
  recordCountOf,
} from '../../protocol/records/batch';
import { isLegacyMagic } from '../../protocol/records/message';
import { markerOf } from '../producers/batch-info';
import { openBatch } from './batch-records';
import type { OffsetMap } from './offset-map';
import { filterMessages } from './old-messages';
import type { Pace } from './pace';
import { canGetHorizon, emptyBatch, rebuildBatch } from './rebuilt-batch';
import type { BatchPlace } from './rebuilt-batch';
import { RecordSelection } from './record-selection';
import type { RecordWalk } from './record-walk';
import type { CleanedTransactions } from './transactions';

/** The last thing that an active producer wrote. */
export interface LastWrite {
  /** `undefined` if it has written nothing but markers in its epoch. */
  readonly dataOffset: number | undefined;
  readonly producerEpoch: number;
}

export interface FilterRules {
  readonly latest: OffsetMap;
  readonly transactions: CleanedTransactions;
  readonly nowMs: number;
  /** `delete.retention.ms`: how long tombstones and markers stay after they were first compacted. */
  readonly deleteRetentionMs: number;
  /** Segments of old messages that were last written until then lose their tombstones. */
  readonly oldTombstoneHorizonMs: number;
  /** End of what is compacted. The batch that ends there stays, if empty, so that the log's offsets stay known. */
  readonly upTo: number;
  readonly lastWrites: ReadonlyMap<number, LastWrite>;
  readonly pace: Pace;
}

/** Takes the batch at `at` of `buffer`, of `size` bytes; what is returned, if anything, settles when more may come. */
export type BatchSink = (buffer: Buffer, at: number, size: number) => Promise<void> | undefined;

export class BatchFilter {
  #dropsOldTombstones = false;

  constructor(
    private readonly rules: FilterRules,
    private readonly keep: BatchSink,
  ) {}

  /** The batches to come are those of a segment that was last written then. */
  startSegment(modifiedMs: number): void {
    this.#dropsOldTombstones = modifiedMs <= this.rules.oldTombstoneHorizonMs;
  }

  /**
   * Gives to the sink what stays of the batch at `at` of `buffer`, whose bytes must not change until what is
   * returned, if anything, has settled. Throws or rejects with `ProtocolError` if its records cannot be read.
   */
  filter(buffer: Buffer, at: number): Promise<void> | undefined {
    if (isLegacyMagic(magicOf(buffer, at))) return this.#filterMessages({ buffer, at });
    const batch = this.#judge({ buffer, at });
    if (batch.isDropped) return this.#keepNothing(batch);
    const walk = openBatch(buffer, at);
    if (walk instanceof Promise) return walk.then((opened) => this.#select(batch, opened));
    return this.#select(batch, walk);
  }

  #filterMessages({ buffer, at }: BatchPlace): Promise<void> | undefined {
    const batch = buffer.subarray(at, at + batchSizeAt(buffer, at));
    const { latest } = this.rules;
    const kept = filterMessages(batch, { latest, dropsTombstones: this.#dropsOldTombstones });
    return kept && this.keep(kept, 0, kept.length);
  }

  /** What can be said of a batch without its records. */
  #judge(place: BatchPlace): JudgedBatch {
    const { buffer, at } = place;
    const isMarker = isControl(buffer, at);
    const isObsolete = this.#isObsolete(place, isMarker);
    const horizon = hasDeleteHorizon(buffer, at) ? baseTimestampOf(buffer, at) : undefined;
    const isPastHorizon = horizon !== undefined && horizon <= this.rules.nowMs;
    const isEmpty = recordCountOf(buffer, at) === 0;
    return {
      buffer,
      at,
      isMarker,
      needsHorizon: isMarker && isObsolete && horizon === undefined,
      hasHorizon: horizon !== undefined,
      isPastHorizon,
      isDropped: isEmpty || (isObsolete && (!isMarker || isPastHorizon)),
    };
  }

  /** Whether it is aborted data, or a marker without data. */
  #isObsolete({ buffer, at }: BatchPlace, isMarker: boolean): boolean {
    const { transactions } = this.rules;
    const producerId = producerIdOf(buffer, at);
    const lastOffset = lastOffsetOf(buffer, at);
    return isMarker
      ? transactions.isMarkerObsolete(producerId, markerOf(buffer, at), lastOffset)
      : transactions.isAborted(producerId, isTransactional(buffer, at), lastOffset);
  }

  #select(batch: JudgedBatch, walk: RecordWalk): Promise<void> | undefined {
    const { latest } = this.rules;
    // The record of a marker has a key that says what it marks; all markers would be one.
    const rules = { latest, keepsAll: batch.isMarker, dropsTombstones: batch.isPastHorizon };
    const selection = new RecordSelection(walk, batch, rules);
    return selection.step() ? this.#finish(batch, selection) : this.#selectRest(batch, selection);
  }

  async #selectRest(batch: JudgedBatch, selection: RecordSelection): Promise<void> {
    const { pace } = this.rules;
    do {
      if (pace.isDue) await pace.rest();
    } while (!selection.step());
    await this.#finish(batch, selection);
  }

  #finish(batch: JudgedBatch, selection: RecordSelection): Promise<void> | undefined {
    if (selection.keptCount === 0) return this.#keepNothing(batch);
    const { nowMs, deleteRetentionMs } = this.rules;
    const deleteHorizonMs = nowMs + deleteRetentionMs;
    const needsHorizon =
      (batch.needsHorizon || (selection.hasTombstone && !batch.isMarker && !batch.hasHorizon)) &&
      canGetHorizon(batch, selection, deleteHorizonMs);
    if (selection.keptCount === selection.seenCount && !needsHorizon) {
      return this.#keepWhole(batch);
    }
    return this.#rebuild(batch, selection, needsHorizon ? deleteHorizonMs : undefined);
  }

  async #rebuild(
    batch: BatchPlace,
    selection: RecordSelection,
    deleteHorizonMs: number | undefined,
  ): Promise<void> {
    const { pace } = this.rules;
    const rebuilt = await rebuildBatch(batch, selection, { deleteHorizonMs, pace });
    await this.keep(rebuilt, 0, rebuilt.length);
  }

  #keepWhole({ buffer, at }: BatchPlace): Promise<void> | undefined {
    return this.keep(buffer, at, batchSizeAt(buffer, at));
  }

  #keepNothing(batch: BatchPlace): Promise<void> | undefined {
    if (!this.#mustStay(batch)) return undefined;
    const empty = emptyBatch(batch);
    return this.keep(empty, 0, empty.length);
  }

  /** Without its last batch an active producer's next sequence could not be told after a restart. */
  #mustStay({ buffer, at }: BatchPlace): boolean {
    const { upTo, lastWrites } = this.rules;
    const lastOffset = lastOffsetOf(buffer, at);
    if (lastOffset + 1 === upTo) return true;
    const last = lastWrites.get(producerIdOf(buffer, at));
    if (!last) return false;
    if (last.dataOffset !== undefined) return last.dataOffset === lastOffset;
    return isControl(buffer, at) && producerEpochOf(buffer, at) === last.producerEpoch;
  }
}

interface JudgedBatch extends BatchPlace {
  readonly isMarker: boolean;
  /** A marker without data gets one, and goes once it has passed. */
  readonly needsHorizon: boolean;
  readonly hasHorizon: boolean;
  readonly isPastHorizon: boolean;
  /** No record of it stays. */
  readonly isDropped: boolean;
}

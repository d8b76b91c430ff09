/** Enters the keys of a log's dirty batches into the offset map (`Cleaner.buildOffsetMapForSegment`). */

import {
  baseOffsetOf,
  batchSizeAt,
  isControl,
  isTransactional,
  magicOf,
  producerIdOf,
} from '../../protocol/records/batch';
import { isLegacyMagic } from '../../protocol/records/message';
import { markerOf } from '../producers/batch-info';
import { lastOffsetAt } from '../segment/batch-header';
import { openBatch } from './batch-records';
import type { OffsetMap } from './offset-map';
import { noteMessageKeys } from './old-messages';
import type { Pace } from './pace';
import type { RecordWalk } from './record-walk';
import type { CleanedTransactions } from './transactions';

/** So few that they take no millisecond even where V8 has not yet compiled the code that looks at them. */
const STEP_RECORDS = 100;

export interface KeyNotesOptions {
  readonly map: OffsetMap;
  readonly transactions: CleanedTransactions;
  /** Records below were compacted before. */
  readonly firstDirtyOffset: number;
  readonly pace: Pace;
}

export class KeyNotes {
  constructor(private readonly options: KeyNotesOptions) {}

  /**
   * Enters the keys of the batch at `at` of `buffer`, unless it is a marker or aborted. False when the map is full:
   * its `latestOffset` then is that of the last record whose key was entered.
   */
  note(buffer: Buffer, at: number): boolean | Promise<boolean> {
    const { map, firstDirtyOffset } = this.options;
    const lastOffset = lastOffsetAt(buffer, at);
    if (lastOffset < firstDirtyOffset) return true;
    if (map.isFull) return false;
    if (isLegacyMagic(magicOf(buffer, at))) {
      const batch = buffer.subarray(at, at + batchSizeAt(buffer, at));
      return noteMessageKeys(batch, map, firstDirtyOffset);
    }
    if (this.#isWithoutKeys(buffer, at, lastOffset)) {
      map.latestOffset = lastOffset;
      return true;
    }
    const baseOffset = baseOffsetOf(buffer, at);
    const walk = openBatch(buffer, at);
    const noted = (opened: RecordWalk): boolean | Promise<boolean> =>
      this.#noteRecords(opened, { baseOffset, lastOffset });
    return walk instanceof Promise ? walk.then(noted) : noted(walk);
  }

  #isWithoutKeys(buffer: Buffer, at: number, lastOffset: number): boolean {
    const { transactions } = this.options;
    const producerId = producerIdOf(buffer, at);
    if (!isControl(buffer, at)) {
      return transactions.isAborted(producerId, isTransactional(buffer, at), lastOffset);
    }
    transactions.isMarkerObsolete(producerId, markerOf(buffer, at), lastOffset);
    return true;
  }

  #noteRecords(walk: RecordWalk, offsets: BatchOffsets): boolean | Promise<boolean> {
    const outcome = this.#step(walk, offsets);
    return outcome === 'more' ? this.#noteRest(walk, offsets) : outcome === 'all';
  }

  async #noteRest(walk: RecordWalk, offsets: BatchOffsets): Promise<boolean> {
    const { pace } = this.options;
    for (;;) {
      if (pace.isDue) await pace.rest();
      const outcome = this.#step(walk, offsets);
      if (outcome !== 'more') return outcome === 'all';
    }
  }

  /** Enters some more keys. */
  #step(walk: RecordWalk, { baseOffset, lastOffset }: BatchOffsets): 'more' | 'all' | 'full' {
    const { map, firstDirtyOffset } = this.options;
    for (let left = STEP_RECORDS; left > 0; left--) {
      if (!walk.next()) {
        map.latestOffset = lastOffset;
        return 'all';
      }
      const offset = baseOffset + walk.offsetDelta;
      if (walk.keyEnd < 0 || offset < firstDirtyOffset) continue;
      if (map.isFull) return 'full';
      map.put(walk.buffer, walk.keyStart, walk.keyEnd, offset);
      map.latestOffset = offset;
    }
    return 'more';
  }
}

interface BatchOffsets {
  readonly baseOffset: number;
  readonly lastOffset: number;
}

/** Sorts the records of one batch into those that stay and those that go, a good many at a time. */

import { baseOffsetOf } from '../../protocol/records/batch';
import type { OffsetMap } from './offset-map';
import type { RecordWalk } from './record-walk';

/** So few that they take no millisecond even where V8 has not yet compiled the code that looks at them. */
const STEP_RECORDS = 100;

export interface SelectionRules {
  readonly latest: OffsetMap;
  /** No key and no age matters. */
  readonly keepsAll: boolean;
  /** Whether tombstones have stayed for long enough. */
  readonly dropsTombstones: boolean;
}

export class RecordSelection {
  keptCount = 0;
  seenCount = 0;
  keptBytes = 0;
  hasTombstone = false;
  /** Of the records that stay. */
  leastTimestampDelta = Infinity;
  largestTimestampDelta = -Infinity;
  /** Stretches of records that stay, as start and end by turns. */
  readonly runs: number[] = [];
  readonly #baseOffset: number;

  constructor(
    readonly walk: RecordWalk,
    batch: { readonly buffer: Buffer; readonly at: number },
    private readonly rules: SelectionRules,
  ) {
    this.#baseOffset = baseOffsetOf(batch.buffer, batch.at);
  }

  /** Looks at some more records; true when all have been looked at. Throws INVALID_RECORD. */
  step(): boolean {
    const { walk } = this;
    for (let left = STEP_RECORDS; left > 0; left--) {
      if (!walk.next()) return true;
      this.seenCount++;
      if (this.#stays()) this.#keep();
    }
    return false;
  }

  #stays(): boolean {
    const { walk } = this;
    const { latest, keepsAll, dropsTombstones } = this.rules;
    if (keepsAll) return true;
    const offset = this.#baseOffset + walk.offsetDelta;
    if (offset > latest.latestOffset) return true;
    // Nothing in a compacted log is without a key, unless its topic was not compacted once.
    if (walk.keyEnd < 0) return false;
    if (walk.isTombstone && dropsTombstones) return false;
    return offset >= latest.get(walk.buffer, walk.keyStart, walk.keyEnd);
  }

  #keep(): void {
    const { start, end, timestampDelta, isTombstone } = this.walk;
    this.keptCount++;
    this.keptBytes += end - start;
    if (isTombstone) this.hasTombstone = true;
    if (timestampDelta > this.largestTimestampDelta) this.largestTimestampDelta = timestampDelta;
    if (timestampDelta < this.leastTimestampDelta) this.leastTimestampDelta = timestampDelta;
    const { runs } = this;
    if (runs.length > 0 && runs[runs.length - 1] === start) runs[runs.length - 1] = end;
    else runs.push(start, end);
  }
}

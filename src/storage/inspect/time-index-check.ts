/** Holds the entries of a `.timeindex` against the batches of its log: the largest timestamp so far, and whose it is. */

import type { TimestampEntry } from '../segment/time-index';
import type { ScannedBatch } from './batch-scan';
import type { Entries } from './index-entries';
import type { EntryReport } from './offset-index-check';

interface Waiting extends TimestampEntry {
  readonly index: number;
}

export class TimeIndexCheck {
  /** In the order of their offsets. */
  readonly #entries: Waiting[];
  #next = 0;
  #maxTimestamp = -1;
  /** A batch was not what was written: its timestamp is not known. */
  #isIncomplete = false;
  readonly #wrong = new Set<number>();

  constructor(
    entries: Entries<TimestampEntry>,
    private readonly report: EntryReport,
  ) {
    const all = Array.from({ length: entries.count }, (_, index) => ({
      index,
      ...entries.at(index),
    }));
    this.#entries = all.sort((one, other) => one.offset - other.offset || one.index - other.index);
  }

  follow({ header, isIntact }: ScannedBatch): void {
    if (!isIntact) {
      this.skip();
      return;
    }
    const { baseOffset, lastOffset, maxTimestamp } = header;
    for (const entry of this.#upTo(baseOffset - 1)) this.#missing(entry);
    this.#maxTimestamp = Math.max(this.#maxTimestamp, maxTimestamp);
    for (const entry of this.#upTo(lastOffset)) this.#checkEntry(entry, maxTimestamp);
  }

  /** Some of the log could not be followed. */
  skip(): void {
    this.#isIncomplete = true;
  }

  /** The log has ended. `isComplete`: no more is appended to it, so the index must know its largest timestamp. */
  end(isComplete: boolean): void {
    for (const entry of this.#upTo(Infinity)) this.#missing(entry);
    const entries = this.#entries
      .filter(({ index }) => !this.#wrong.has(index))
      .sort((one, other) => one.index - other.index);
    entries.forEach((entry, at) => {
      const before = entries[at - 1];
      if (before && (entry.timestamp <= before.timestamp || entry.offset < before.offset)) {
        this.#complain(
          entry,
          `timestamp ${String(entry.timestamp)} is not above the entry before it`,
        );
      }
    });
    const last = entries.at(-1)?.timestamp ?? -1;
    if (!isComplete || this.#wrong.size > 0 || last >= this.#maxTimestamp) return;
    const problem = `the largest timestamp of the segment is ${String(this.#maxTimestamp)}, but the index ends with ${String(last)}`;
    this.report(Math.max(entries.length - 1, 0), problem);
  }

  #checkEntry(entry: Waiting, maxTimestamp: number): void {
    const timestamp = Math.min(entry.timestamp, Number.MAX_SAFE_INTEGER);
    if (timestamp !== maxTimestamp) {
      const problem = `it says timestamp ${String(entry.timestamp)} for offset ${String(entry.offset)}, whose batch has ${String(maxTimestamp)}`;
      this.#complain(entry, problem);
    } else if (timestamp < this.#maxTimestamp) {
      const problem = `a batch before offset ${String(entry.offset)} has the larger timestamp ${String(this.#maxTimestamp)}`;
      this.#complain(entry, problem);
    }
  }

  #missing(entry: Waiting): void {
    if (this.#isIncomplete) return;
    this.#complain(entry, `there is no batch with offset ${String(entry.offset)}`);
  }

  *#upTo(offset: number): Generator<Waiting> {
    for (
      let entry = this.#entries[this.#next];
      entry && entry.offset <= offset;
      entry = this.#entries[this.#next]
    ) {
      this.#next += 1;
      yield entry;
    }
  }

  #complain({ index }: Waiting, problem: string): void {
    this.#wrong.add(index);
    this.report(index, problem);
  }
}

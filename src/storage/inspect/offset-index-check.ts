/**
 * Holds the entries of an `.index` against the batches of its log. An entry names the last offset of what was appended
 * at once, which may be several batches, and where the first of them begins.
 */

import type { OffsetPosition } from '../segment/offset-index';
import type { ScannedBatch } from './batch-scan';
import type { Entries } from './index-entries';

/** `index` is that of the entry in the file. */
export type EntryReport = (index: number, problem: string) => void;

interface Waiting extends OffsetPosition {
  readonly index: number;
}

export class OffsetIndexCheck {
  /** In the order of their positions. */
  readonly #entries: Waiting[];
  #next = 0;
  /** Their first batch was met, the batch that ends with their offset not yet. */
  #begun: Waiting[] = [];
  readonly #wrong = new Set<number>();

  constructor(
    entries: Entries<OffsetPosition>,
    private readonly report: EntryReport,
  ) {
    const all = Array.from({ length: entries.count }, (_, index) => ({
      index,
      ...entries.at(index),
    }));
    this.#entries = all.sort((one, other) => one.position - other.position);
  }

  follow({ header, position, isIntact }: ScannedBatch): void {
    this.#passTo(position);
    for (let entry = this.#entries[this.#next]; entry?.position === position;) {
      this.#next += 1;
      if (isIntact && entry.offset < header.baseOffset) {
        const problem = `it says offset ${String(entry.offset)}, but the batch there begins at ${String(header.baseOffset)}`;
        this.#complain(entry, problem);
      } else if (isIntact) this.#begun.push(entry);
      entry = this.#entries[this.#next];
    }
    // Of an append that holds a damaged batch it cannot be told where it ends.
    if (!isIntact) this.#begun = [];
    else if (this.#begun.length > 0) this.#endAt(header.lastOffset);
  }

  /** Positions up to `position` hold no batches that could be followed. */
  skipTo(position: number): void {
    this.#begun = [];
    while ((this.#entries[this.#next]?.position ?? Infinity) < position) this.#next += 1;
  }

  /** The log has ended; `endPosition` is where what could be followed ends, `sizeBytes` where the file does. */
  end(endPosition: number, sizeBytes: number): void {
    this.#passTo(endPosition);
    const begun = this.#begun;
    this.skipTo(sizeBytes);
    for (const entry of this.#entries.slice(this.#next)) {
      const problem = `it points at position ${String(entry.position)}, but the log has ${String(sizeBytes)} bytes`;
      this.#complain(entry, problem);
    }
    for (const entry of begun) {
      this.#complain(entry, `it says offset ${String(entry.offset)}, which is beyond the log`);
    }
    this.#checkOrder();
  }

  #passTo(position: number): void {
    for (
      let entry = this.#entries[this.#next];
      entry && entry.position < position;
      entry = this.#entries[this.#next]
    ) {
      this.#next += 1;
      this.#complain(entry, `no batch begins at position ${String(entry.position)}`);
    }
  }

  #endAt(lastOffset: number): void {
    for (const entry of this.#begun.filter(({ offset }) => offset < lastOffset)) {
      this.#complain(entry, `it says offset ${String(entry.offset)}, with which no batch ends`);
    }
    this.#begun = this.#begun.filter(({ offset }) => offset > lastOffset);
  }

  #checkOrder(): void {
    const entries = this.#entries.filter(({ index }) => !this.#wrong.has(index));
    entries.sort((one, other) => one.index - other.index);
    entries.forEach((entry, at) => {
      const before = entries[at - 1];
      if (!before || (entry.offset > before.offset && entry.position > before.position)) return;
      const text = `offset ${String(entry.offset)} at position ${String(entry.position)}`;
      this.#complain(entry, `${text} is not above the entry before it`);
    });
  }

  #complain({ index }: Waiting, problem: string): void {
    this.#wrong.add(index);
    this.report(index, problem);
  }
}

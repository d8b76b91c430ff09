/**
 * The `.timeindex` of a segment: (largest timestamp so far INT64, offset of the batch that has it INT32
 * relative to the base), ascending in both (Kafka's `TimeIndex`).
 */

import { readInt64, writeInt64 } from '../../protocol/int64';
import { EntryFile } from './entry-file';
import type { LazyFile } from './open-files';

const ENTRY_SIZE = 12;

export interface TimestampEntry {
  readonly timestamp: number;
  readonly offset: number;
}

export class TimeIndex {
  readonly entries: EntryFile;

  constructor(
    file: LazyFile,
    private readonly baseOffset: number,
  ) {
    this.entries = new EntryFile(file, ENTRY_SIZE);
  }

  /** One slot stays free for the entry that is added when the segment is rolled. */
  isFull(maxBytes: number): boolean {
    return this.entries.count >= Math.floor(maxBytes / ENTRY_SIZE) - 1;
  }

  /** Appends an entry if its timestamp is above the last one's. */
  append(timestamp: number, offset: number): void {
    if (timestamp <= (this.last?.timestamp ?? -1)) return;
    const { buffer, at } = this.entries.append();
    writeInt64(buffer, timestamp, at);
    buffer.writeInt32BE(offset - this.baseOffset, at + 8);
  }

  /** The greatest entry with a timestamp ≤ `timestamp`; the start of the segment if there is none. */
  lookup(timestamp: number): TimestampEntry {
    const below = this.entries.countWhile(({ buffer, at }) => readInt64(buffer, at) <= timestamp);
    return below === 0 ? { timestamp: -1, offset: this.baseOffset } : this.#at(below - 1);
  }

  get last(): TimestampEntry | undefined {
    return this.entries.count === 0 ? undefined : this.#at(this.entries.count - 1);
  }

  /** The last entry for an offset below `offset`. */
  lastBelow(offset: number): TimestampEntry | undefined {
    const count = this.#countBelow(offset);
    return count === 0 ? undefined : this.#at(count - 1);
  }

  /** Forgets entries for `offset` and later. */
  truncateTo(offset: number): void {
    this.entries.truncate(this.#countBelow(offset));
  }

  #countBelow(offset: number): number {
    const relative = offset - this.baseOffset;
    return this.entries.countWhile(({ buffer, at }) => buffer.readInt32BE(at + 8) < relative);
  }

  /** Whether the file can be trusted without reading it whole. */
  isSane(fileBytes: number): boolean {
    if (fileBytes % ENTRY_SIZE !== 0) return false;
    const count = this.entries.count;
    const last = this.last;
    if (!last) return true;
    const previous = count > 1 ? this.#at(count - 2) : undefined;
    return last.offset >= this.baseOffset && (!previous || last.timestamp > previous.timestamp);
  }

  #at(index: number): TimestampEntry {
    const { buffer, at } = this.entries.entry(index);
    return {
      timestamp: readInt64(buffer, at),
      offset: this.baseOffset + buffer.readInt32BE(at + 8),
    };
  }
}

/**
 * The `.index` of a segment: sparse, ascending pairs (offset, position of the batch that ends with it), each
 * as INT32 relative to the segment's base offset and INT32 position (Kafka's `OffsetIndex`).
 */

import { EntryFile } from './entry-file';
import type { LazyFile } from './open-files';

const ENTRY_SIZE = 8;

export interface OffsetPosition {
  readonly offset: number;
  readonly position: number;
}

export class OffsetIndex {
  readonly entries: EntryFile;

  constructor(
    file: LazyFile,
    private readonly baseOffset: number,
  ) {
    this.entries = new EntryFile(file, ENTRY_SIZE);
  }

  /** Whether a file of `maxBytes` has no room for another entry. */
  isFull(maxBytes: number): boolean {
    return this.entries.count >= Math.floor(maxBytes / ENTRY_SIZE);
  }

  /** Appends an entry unless its offset is not above the last one's. */
  append(offset: number, position: number): void {
    if (this.entries.count > 0 && offset <= this.#at(this.entries.count - 1).offset) return;
    const { buffer, at } = this.entries.append();
    buffer.writeInt32BE(offset - this.baseOffset, at);
    buffer.writeInt32BE(position, at + 4);
  }

  /** The greatest entry with an offset ≤ `offset`; the start of the segment if there is none. */
  lookup(offset: number): OffsetPosition {
    const relative = offset - this.baseOffset;
    const below = this.entries.countWhile(({ buffer, at }) => buffer.readInt32BE(at) <= relative);
    return below === 0 ? { offset: this.baseOffset, position: 0 } : this.#at(below - 1);
  }

  get last(): OffsetPosition | undefined {
    return this.entries.count === 0 ? undefined : this.#at(this.entries.count - 1);
  }

  /** Forgets entries for `offset` and later. */
  truncateTo(offset: number): void {
    const relative = offset - this.baseOffset;
    this.entries.truncate(
      this.entries.countWhile(({ buffer, at }) => buffer.readInt32BE(at) < relative),
    );
  }

  /**
   * Whether the file can be trusted without reading it whole: whole entries, the last one above the one
   * before it and inside the log. The zero entries of an index that a killed Kafka left preallocated fail.
   */
  isSane(fileBytes: number, logBytes: number): boolean {
    if (fileBytes % ENTRY_SIZE !== 0) return false;
    const count = this.entries.count;
    const last = this.last;
    if (!last) return true;
    const previous = count > 1 ? this.#at(count - 2) : undefined;
    if (last.offset < this.baseOffset || last.position >= logBytes) return false;
    return !previous || (last.offset > previous.offset && last.position > previous.position);
  }

  #at(index: number): OffsetPosition {
    const { buffer, at } = this.entries.entry(index);
    return {
      offset: this.baseOffset + buffer.readInt32BE(at),
      position: buffer.readInt32BE(at + 4),
    };
  }
}

/**
 * A file of entries of one size, the common part of the offset index and the time index. New entries gather
 * in a small page of memory and reach the file a page at a time, or at `write`: an index behind its log is
 * harmless, because whatever a crash may leave behind is rebuilt from the recovery point on.
 */

import type { LazyFile } from './open-files';

const PAGE_ENTRIES = 340;
const FIRST_PAGE_ENTRIES = 8;

/** Takes one entry read from a file. One for all: a broker may have a hundred thousand index files. */
const scratch = Buffer.alloc(16);

export class EntryFile {
  /** Entries in the file; unknown until first needed. */
  #stored: number | undefined;
  /** Entries after those, not yet in the file. */
  #page: Buffer | undefined;
  #pageCount = 0;
  /** Entries were dropped from the file: they must not come back, after a power failure, to batches that took their place. */
  mustSync = false;

  constructor(
    readonly file: LazyFile,
    readonly entrySize: number,
  ) {}

  get count(): number {
    return this.#inFile() + this.#pageCount;
  }

  /** Bytes of the entries: what the file's length will be once all is written. */
  get sizeBytes(): number {
    return this.count * this.entrySize;
  }

  /** Room for one more entry, to be filled at the returned position before anything else happens here. */
  append(): { buffer: Buffer; at: number } {
    this.#inFile();
    if (this.#pageCount === PAGE_ENTRIES) this.write();
    const page = this.#roomFor(this.#pageCount + 1);
    return { buffer: page, at: this.entrySize * this.#pageCount++ };
  }

  /** The entry with this index (0 ≤ index < count); valid until the next call, of whatever file. */
  entry(index: number): { buffer: Buffer; at: number } {
    const stored = this.#inFile();
    if (index >= stored && this.#page) {
      return { buffer: this.#page, at: (index - stored) * this.entrySize };
    }
    this.file.file.readSync(scratch, 0, this.entrySize, index * this.entrySize);
    return { buffer: scratch, at: 0 };
  }

  /** A copy of all entries in the file. */
  readStored(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#inFile() * this.entrySize);
    const count = this.file.file.readSync(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, count - (count % this.entrySize));
  }

  /** How many entries, from the first on, satisfy `test`, which is true up to some entry and false after it. */
  countWhile(test: (entry: { buffer: Buffer; at: number }) => boolean): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (test(this.entry(middle))) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Keeps the first `count` entries. */
  truncate(count: number): void {
    const stored = this.#inFile();
    if (count >= stored && count > 0) {
      this.#pageCount = Math.min(this.#pageCount, count - stored);
      return;
    }
    this.#pageCount = 0;
    this.file.file.truncateSync(count * this.entrySize);
    this.#stored = count;
    this.mustSync = true;
  }

  /** Writes what is in memory only. */
  write(): void {
    const stored = this.#inFile();
    if (!this.#page || this.#pageCount === 0) return;
    const bytes = this.#page.subarray(0, this.#pageCount * this.entrySize);
    this.file.file.writeSync([bytes], stored * this.entrySize);
    this.#stored = stored + this.#pageCount;
    this.#pageCount = 0;
  }

  /** Writes, and gives back the memory and the file: no more entries will come. */
  close(): void {
    this.write();
    this.#page = undefined;
    this.file.close();
  }

  /** A new segment's index: there is nothing in the file, which is made when it is needed or the segment is sealed. */
  startEmpty(): void {
    this.#stored = 0;
    this.file.startNew();
  }

  #inFile(): number {
    this.#stored ??= Math.floor(this.file.file.size() / this.entrySize);
    return this.#stored;
  }

  #roomFor(count: number): Buffer {
    const needed = count * this.entrySize;
    if (this.#page && this.#page.length >= needed) return this.#page;
    const entries = this.#page ? PAGE_ENTRIES : FIRST_PAGE_ENTRIES;
    const page = Buffer.allocUnsafeSlow(Math.max(entries * this.entrySize, needed));
    this.#page?.copy(page);
    this.#page = page;
    return page;
  }
}

/**
 * The `.txnindex` of a segment: one entry of 34 bytes for each ABORT marker in it (Kafka's `TransactionIndex`).
 * The file exists only once there is an entry.
 */

import { writeInt64 } from '../../protocol/int64';
import type { AbortedTransaction } from '../types';
import type { LazyFile, OpenFiles } from './open-files';

const ENTRY_SIZE = 34;
const VERSION = 0;

export class TransactionIndex {
  readonly file: LazyFile;
  /** Written to since it was last synced. */
  isDirty = false;
  /** All entries; read at first use. Aborts are rare, so they are simply kept. */
  #entries: AbortedTransaction[] | undefined;
  /** What the file held before a rebuild, as far as it still does. */
  #stored: readonly AbortedTransaction[] | undefined;

  constructor(
    private readonly openFiles: OpenFiles,
    path: string,
    private readonly baseOffset: number,
  ) {
    this.file = openFiles.at(path, 'create');
  }

  get entries(): readonly AbortedTransaction[] {
    return this.#read();
  }

  get exists(): boolean {
    return this.#entries ? this.#entries.length > 0 : this.#stat() !== undefined;
  }

  /** Whether every entry may be one of this segment, whose offsets lie below `endOffset`. Throws `FileError`. */
  isSane(endOffset = Infinity): boolean {
    const size = this.#stat()?.size ?? 0;
    const entries = this.#read();
    return size === entries.length * ENTRY_SIZE && (entries.at(-1)?.lastOffset ?? -1) < endOffset;
  }

  append(entry: AbortedTransaction): void {
    const entries = this.#read();
    const stored = this.#stored?.[entries.length];
    if (!stored || !isSame(stored, entry)) {
      this.endRebuild();
      this.file.file.writeSync([format(entry)], entries.length * ENTRY_SIZE);
    }
    entries.push(entry);
    this.isDirty = true;
  }

  /** Forgets transactions whose marker is at `offset` or later. */
  truncateTo(offset: number): void {
    const entries = this.#read();
    const kept = entries.filter((entry) => entry.lastOffset < offset);
    if (kept.length === entries.length) return;
    this.file.file.truncateSync(kept.length * ENTRY_SIZE);
    this.#entries = kept;
    this.isDirty = true;
  }

  /**
   * Begins a rebuild from the log, whose batches from `offset` on will be told again. What is in the file stays where
   * it proves right: a power failure in between must not leave less than there was. What an earlier process did to the
   * file need not be on the device.
   */
  startRebuildAt(offset: number): void {
    const stored = this.#read();
    const count = stored.findIndex(({ lastOffset }) => lastOffset >= offset);
    this.#entries = count < 0 ? [...stored] : stored.slice(0, count);
    if (!this.#stat()) return;
    this.#stored = stored;
    this.isDirty = true;
  }

  /** All batches were told: the rest of the file is wrong. */
  endRebuild(): void {
    if (!this.#stored) return;
    this.#stored = undefined;
    const sizeBytes = this.#read().length * ENTRY_SIZE;
    if ((this.#stat()?.size ?? 0) > sizeBytes) this.file.file.truncateSync(sizeBytes);
  }

  /** A new segment's index: there is nothing to read. */
  startEmpty(): void {
    this.#entries = [];
  }

  #read(): AbortedTransaction[] {
    this.#entries ??= this.#parse(this.openFiles.files.readFileSync(this.file.path));
    return this.#entries;
  }

  /** The entries up to the first that cannot be one. */
  #parse(content: Buffer | undefined): AbortedTransaction[] {
    const entries: AbortedTransaction[] = [];
    let leastOffset = this.baseOffset;
    for (let at = 0; content && at + ENTRY_SIZE <= content.length; at += ENTRY_SIZE) {
      const entry = parse(content, at);
      if (!entry || entry.lastOffset < leastOffset) break;
      entries.push(entry);
      leastOffset = entry.lastOffset + 1;
    }
    return entries;
  }

  #stat(): { readonly size: number } | undefined {
    return this.openFiles.files.statSync(this.file.path);
  }
}

function isSame(one: AbortedTransaction, other: AbortedTransaction): boolean {
  return format(one).equals(format(other));
}

function format(entry: AbortedTransaction): Buffer {
  const bytes = Buffer.alloc(ENTRY_SIZE);
  bytes.writeInt16BE(VERSION, 0);
  writeInt64(bytes, entry.producerId, 2);
  writeInt64(bytes, entry.firstOffset, 10);
  writeInt64(bytes, entry.lastOffset, 18);
  writeInt64(bytes, entry.lastStableOffset, 26);
  return bytes;
}

/** `undefined` if the fields contradict each other, or the version is unknown. */
function parse(source: Buffer, at: number): AbortedTransaction | undefined {
  const fields = [2, 10, 18, 26].map((field) => source.readBigInt64BE(at + field));
  const isInRange = fields.every((field) => field >= 0 && field <= Number.MAX_SAFE_INTEGER);
  if (source.readInt16BE(at) !== VERSION || !isInRange) return undefined;
  const [producerId = 0, firstOffset = 0, lastOffset = 0, lastStableOffset = 0] =
    fields.map(Number);
  // Where the transaction ended, another one may still have been open.
  if (firstOffset >= lastOffset || lastStableOffset > lastOffset + 1) return undefined;
  return { producerId, firstOffset, lastOffset, lastStableOffset };
}

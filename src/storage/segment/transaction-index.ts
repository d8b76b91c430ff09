/**
 * The `.txnindex` of a segment: one entry of 34 bytes for each ABORT marker in it (Kafka's `TransactionIndex`).
 * The file exists only once there is an entry.
 */

import { readInt64, writeInt64 } from '../../protocol/int64';
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

  constructor(
    private readonly openFiles: OpenFiles,
    path: string,
  ) {
    this.file = openFiles.at(path, 'create');
  }

  get entries(): readonly AbortedTransaction[] {
    return this.#read();
  }

  get exists(): boolean {
    return this.#entries ? this.#entries.length > 0 : this.#stat() !== undefined;
  }

  append(entry: AbortedTransaction): void {
    const entries = this.#read();
    this.file.file.writeSync([format(entry)], entries.length * ENTRY_SIZE);
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

  /** Empties the index, before it is rebuilt from the log. */
  reset(): void {
    if (this.#stat()) this.file.file.truncateSync(0);
    this.#entries = [];
  }

  /** A new segment's index: there is nothing to read. */
  startEmpty(): void {
    this.#entries = [];
  }

  #read(): AbortedTransaction[] {
    this.#entries ??= this.#parse(this.openFiles.files.readFileSync(this.file.path));
    return this.#entries;
  }

  #parse(content: Buffer | undefined): AbortedTransaction[] {
    const count = Math.floor((content?.length ?? 0) / ENTRY_SIZE);
    return Array.from({ length: count }, (_, i) => parse(content as Buffer, i * ENTRY_SIZE));
  }

  #stat(): { readonly size: number } | undefined {
    return this.openFiles.files.statSync(this.file.path);
  }
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

function parse(source: Buffer, at: number): AbortedTransaction {
  return {
    producerId: readInt64(source, at + 2),
    firstOffset: readInt64(source, at + 10),
    lastOffset: readInt64(source, at + 18),
    lastStableOffset: readInt64(source, at + 26),
  };
}

/**
 * The `.snapshot` files of a log: producer state as it was at an offset, so that a start reads only what was
 * appended after the newest one.
 */

import { join } from 'node:path';

import type { Files } from '../../platform/ports';
import { DELETED_SUFFIX, SNAPSHOT_SUFFIX, offsetFileName } from '../formats/file-names';
import { formatProducerSnapshot, parseProducerSnapshot } from '../formats/producer-snapshot';
import type { ProducerSnapshotEntry } from '../formats/producer-snapshot';

export interface ProducerSnapshot {
  readonly offset: number;
  readonly entries: readonly ProducerSnapshotEntry[];
}

export class Snapshots {
  /** Ascending. */
  #offsets: number[];

  constructor(
    private readonly files: Files,
    private readonly folder: string,
    offsets: readonly number[],
  ) {
    this.#offsets = [...offsets].sort((a, b) => a - b);
  }

  get offsets(): readonly number[] {
    return this.#offsets;
  }

  get latestOffset(): number | undefined {
    return this.#offsets.at(-1);
  }

  /**
   * Writes the snapshot at `offset`; a torn one is recognised by its CRC and not used. One of the same name, from before
   * a truncation, is removed first: written over, it could be back after a power failure, though its name was synced.
   */
  write(offset: number, entries: readonly ProducerSnapshotEntry[]): void {
    if (this.#offsets.includes(offset)) this.removeWhere((each) => each === offset);
    const file = this.files.openSync(this.#path(offset), 'create');
    try {
      if (file.size() > 0) file.truncateSync(0); // On some file systems costly even where there is nothing.
      file.writeSync([formatProducerSnapshot(entries)], 0);
    } finally {
      file.closeSync();
    }
    this.#offsets = [...this.#offsets, offset].sort((a, b) => a - b);
  }

  /** The newest good snapshot at or below `limit`; bad ones on the way are deleted. */
  readLatest(limit: number): ProducerSnapshot | undefined {
    for (const offset of this.#offsets.filter((each) => each <= limit).reverse()) {
      const content = this.files.readFileSync(this.#path(offset));
      const entries = content && parseProducerSnapshot(content);
      if (entries) return { offset, entries };
      this.removeWhere((each) => each === offset);
    }
    return undefined;
  }

  removeWhere(test: (offset: number) => boolean): void {
    for (const offset of this.#offsets.filter(test)) this.files.removeSync(this.#path(offset));
    this.#offsets = this.#offsets.filter((offset) => !test(offset));
  }

  /** Renames the snapshot at `offset` for later removal; returns its path then, if there was one. */
  markDeleted(offset: number): string | undefined {
    if (!this.#offsets.includes(offset)) return undefined;
    this.#offsets = this.#offsets.filter((each) => each !== offset);
    const path = this.#path(offset);
    this.files.renameSync(path, path + DELETED_SUFFIX);
    return path + DELETED_SUFFIX;
  }

  #path(offset: number): string {
    return join(this.folder, offsetFileName(offset, SNAPSHOT_SUFFIX));
  }
}

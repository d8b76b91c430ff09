/**
 * Which leader epoch began at which offset: the file `leader-epoch-checkpoint` of a log, kept in memory
 * (Kafka's `LeaderEpochFileCache`). Every change is in the file before the call returns, and on the device but
 * for the first one.
 */

import type { Files } from '../platform/ports';
import { formatEpochs, parseEpochs } from './formats/epoch-checkpoint';
import type { EpochStart } from './formats/epoch-checkpoint';
import { syncSmallFile, writeSmallFile } from './formats/small-file';
import type { EpochEndOffset } from './types';

const UNDEFINED_END: EpochEndOffset = { epoch: -1, endOffset: -1 };

export class LeaderEpochCache {
  /** Ascending in epoch and start offset. */
  #entries: EpochStart[];
  #isHeld = false;
  #isSynced = true;

  private constructor(
    private readonly files: Files,
    private readonly path: string,
    entries: EpochStart[],
  ) {
    this.#entries = entries;
  }

  /** Reads the file at `path`; a missing one has no entries. Throws `CheckpointError` or `FileError`. */
  static open(files: Files, path: string): LeaderEpochCache {
    const content = files.readFileSync(path);
    return new LeaderEpochCache(files, path, parseEpochs(content ?? Buffer.alloc(0)));
  }

  get latestEpoch(): number | undefined {
    return this.#entries.at(-1)?.epoch;
  }

  get entries(): readonly EpochStart[] {
    return this.#entries;
  }

  /**
   * Notes that `epoch` begins at `startOffset`. Ignored if it is the latest epoch and begins no earlier;
   * entries that contradict it are removed.
   */
  assign(epoch: number, startOffset: number): void {
    const latest = this.#entries.at(-1);
    if (latest && latest.epoch === epoch && startOffset >= latest.startOffset) return;
    const kept = this.#entries.filter((e) => e.epoch < epoch && e.startOffset < startOffset);
    this.#replace([...kept, { epoch, startOffset }]);
  }

  /** Forgets epochs that begin at or after `endOffset`. */
  truncateFromEnd(endOffset: number): void {
    const kept = this.#entries.filter((entry) => entry.startOffset < endOffset);
    if (kept.length < this.#entries.length) this.#replace(kept);
  }

  /** Forgets epochs that ended before `startOffset`; the one it lies in begins there from now on. */
  truncateFromStart(startOffset: number): void {
    const later = this.#entries.filter((entry) => entry.startOffset > startOffset);
    const earlier = this.#entries.slice(0, this.#entries.length - later.length);
    const last = earlier.at(-1);
    if (!last || (earlier.length === 1 && last.startOffset === startOffset)) return;
    this.#replace([{ epoch: last.epoch, startOffset }, ...later]);
  }

  clear(): void {
    if (this.#entries.length > 0) this.#replace([]);
  }

  /** Where `epoch` ended, `logEndOffset` for the latest; see `LeaderEpochFileCache.endOffsetFor`. */
  endOffsetFor(epoch: number, logEndOffset: number): EpochEndOffset {
    const first = this.#entries[0];
    const latest = this.#entries.at(-1);
    if (!first || !latest || epoch < 0 || epoch > latest.epoch) return UNDEFINED_END;
    if (epoch === latest.epoch) return { epoch, endOffset: logEndOffset };
    if (epoch < first.epoch) return { epoch, endOffset: first.startOffset };
    const higher = this.#entries.findIndex((entry) => entry.epoch > epoch);
    return {
      epoch: this.#entries[higher - 1]?.epoch ?? epoch,
      endOffset: this.#entries[higher]?.startOffset ?? logEndOffset,
    };
  }

  /** The epoch of the record at `offset`; `undefined` if it precedes the first entry. */
  epochAt(offset: number): number | undefined {
    return this.#entries.findLast((entry) => entry.startOffset <= offset)?.epoch;
  }

  /** Runs `change`, then writes the file once instead of at every change in between. */
  async batch(change: () => Promise<void>): Promise<void> {
    const before = this.#entries;
    this.#isHeld = true;
    try {
      await change();
    } finally {
      this.#isHeld = false;
    }
    const after = this.#entries;
    this.#entries = before;
    if (before !== after) this.#replace(after);
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Brings the file to the device, if it is not there yet. */
  sync(): void {
    if (this.#isSynced) return;
    syncSmallFile(this.files, this.path);
    this.#isSynced = true;
  }

  #replace(entries: EpochStart[]): void {
    const isFirst = this.#entries.length === 0;
    this.#entries = entries;
    if (this.#isHeld) return;
    const content = formatEpochs(entries);
    // The first epoch of a new log says nothing that the first batch does not say too; a broker becomes the
    // leader of a thousand new partitions at once, and would have to wait for the device as often.
    if (isFirst) writeSmallFile(this.files, this.path, content);
    else this.files.replaceFileSync(this.path, content);
    this.#isSynced = !isFirst;
  }
}

/**
 * Compacts one log (Kafka's `Cleaner.doClean`): learns the latest offset of each key in the dirty part, then
 * writes closed segments anew without what is superseded. New segments are complete on the device before they
 * take a place, so a crash at any moment leaves either the old segments or the new one.
 */

import type { StorageEnvironment } from '../environment';
import { CLEANED_SUFFIX, SWAP_SUFFIX } from '../formats/file-names';
import type { Log } from '../log';
import { Segment } from '../segment/segment';
import { BatchFilter } from './batch-filter';
import type { FilterRules, LastWrite } from './batch-filter';
import type { IoThrottle } from './io-throttle';
import type { KeyHash } from './key-hash';
import { KeyNotes } from './key-notes';
import { OffsetMap } from './offset-map';
import { oldTombstoneHorizonMs } from './old-messages';
import { Pace } from './pace';
import { groupBySize } from './segment-groups';
import type { SegmentGroup } from './segment-groups';
import { SegmentOutput } from './segment-output';
import { SegmentScan } from './segment-scan';
import type { Cleanable } from './selection';
import { CleanedTransactions } from './transactions';

export interface CleaningOptions {
  readonly environment: Pick<StorageEnvironment, 'clock' | 'files' | 'openFiles'>;
  readonly keys: KeyHash;
  readonly throttle: IoThrottle;
  /** Bound of the offset map. */
  readonly mapBytes: number;
  readonly mapLoadFactor: number;
  /** How much is read, and written, at once. */
  readonly sliceBytes: number;
  readonly nowMs: number;
  /** Whether to give up at the next opportunity. */
  isStopped(): boolean;
}

export interface CleaningResult {
  /** The log is compacted up to here now. */
  readonly cleanedTo: number;
  /** How full the offset map became, from 0 to 1. */
  readonly mapUtilization: number;
}

/** The cleaning was given up: the broker stops, or the log changed under it. Nothing is lost. */
export class CleaningAborted extends Error {
  override readonly name = 'CleaningAborted';
}

/** Rejects with `CleaningAborted`, `FileError`, or a `ProtocolError` if the log is damaged. */
export function cleanLog(cleanable: Cleanable, options: CleaningOptions): Promise<CleaningResult> {
  return new Cleaning(cleanable, options).run();
}

class Cleaning {
  readonly #log: Log;
  readonly #pace: Pace;
  readonly #scan: SegmentScan;
  readonly #truncations: number;

  constructor(
    private readonly cleanable: Cleanable,
    private readonly options: CleaningOptions,
  ) {
    this.#log = cleanable.log;
    this.#pace = new Pace(options.environment.clock);
    this.#truncations = cleanable.log.truncationCount;
    const checkGoing = (): void => this.#checkIn([]);
    this.#scan = new SegmentScan({ ...options, pace: this.#pace, checkGoing });
  }

  async run(): Promise<CleaningResult> {
    const latest = await this.#learnKeys();
    const upTo = latest.latestOffset + 1;
    if (upTo > this.cleanable.firstDirtyOffset) {
      // What supersedes a record, and the marker that commits it, are on the device before that record goes; and gaps
      // that compaction leaves lie below the recovery point, where nobody takes them for lost records.
      await this.#log.secure(Math.max(this.#log.highWatermark, upTo));
      this.#checkIn([]);
      await this.#rewrite(latest, upTo);
    }
    return { cleanedTo: upTo, mapUtilization: latest.utilization };
  }

  /** Reads the keys of the dirty part, as many as the map takes. */
  async #learnKeys(): Promise<OffsetMap> {
    const { firstDirtyOffset, firstUncleanableOffset } = this.cleanable;
    const { keys, mapBytes, mapLoadFactor } = this.options;
    const map = new OffsetMap(keys, {
      maxBytes: mapBytes,
      loadFactor: mapLoadFactor,
      mostKeys: firstUncleanableOffset - firstDirtyOffset,
    });
    const aborted = this.#log.abortedTransactions(firstDirtyOffset, firstUncleanableOffset);
    const transactions = new CleanedTransactions(aborted, () => undefined);
    const notes = new KeyNotes({ map, transactions, firstDirtyOffset, pace: this.#pace });
    for (const segment of this.#log.segments.from(firstDirtyOffset)) {
      if (segment.baseOffset >= firstUncleanableOffset) break;
      const isDone = await this.#noteKeys(segment, notes);
      if (!isDone) return map;
    }
    map.latestOffset = firstUncleanableOffset - 1;
    return map;
  }

  /** False if the map is full. */
  async #noteKeys(segment: Segment, notes: KeyNotes): Promise<boolean> {
    let isFull = false;
    const noted = (isGoing: boolean): boolean => {
      isFull = !isGoing;
      return isGoing;
    };
    const { firstDirtyOffset } = this.cleanable;
    const from = segment.offsetIndex.lookup(firstDirtyOffset).position;
    await this.#scan.run(this.#rangeOf(segment, from), (buffer, at) => {
      const isGoing = notes.note(buffer, at);
      return isGoing instanceof Promise ? isGoing.then(noted) : noted(isGoing);
    });
    this.#checkIn([segment]);
    return !isFull;
  }

  async #rewrite(latest: OffsetMap, upTo: number): Promise<void> {
    const log = this.#log;
    const aborted = log.abortedTransactions(log.segments.first.baseOffset, upTo);
    let target: Segment | undefined;
    const rules: FilterRules = {
      latest,
      transactions: new CleanedTransactions(aborted, (kept) =>
        target?.transactionIndex.append(kept),
      ),
      nowMs: this.options.nowMs,
      deleteRetentionMs: log.config['delete.retention.ms'],
      oldTombstoneHorizonMs: oldTombstoneHorizonMs(log, this.cleanable.firstDirtyOffset),
      upTo,
      lastWrites: lastWritesOf(log),
      pace: this.#pace,
    };
    const segments = log.segments.all.filter(({ baseOffset }) => baseOffset < upTo);
    for (const group of groupBySize(log, segments)) {
      target = this.#createTarget(group);
      await this.#replace(group, target, rules);
    }
  }

  #createTarget([{ baseOffset }]: SegmentGroup): Segment {
    return Segment.create({
      openFiles: this.options.environment.openFiles,
      folder: this.#log.folder,
      baseOffset,
      createdMs: this.options.nowMs,
      state: CLEANED_SUFFIX,
    });
  }

  /** `cleaned`, new and empty and its files named `.cleaned`, takes the place of the group. */
  async #replace(group: SegmentGroup, cleaned: Segment, rules: FilterRules): Promise<void> {
    const { files } = this.options.environment;
    try {
      await this.#fill(cleaned, group, rules);
      cleaned.setModified(group.at(-1)?.modifiedMs ?? this.options.nowMs);
      cleaned.changeState(CLEANED_SUFFIX, SWAP_SUFFIX);
      await files.syncDirectory(this.#log.folder);
      this.#checkIn(group);
    } catch (error) {
      cleaned.closeFiles();
      for (const path of cleaned.paths) files.removeSync(path);
      throw error;
    }
    this.#log.replaceSegments(cleaned, group);
  }

  /** Writes what stays of the group, and brings it to the device. */
  async #fill(cleaned: Segment, group: SegmentGroup, rules: FilterRules): Promise<void> {
    const indexIntervalBytes = this.#log.config['index.interval.bytes'];
    const output = new SegmentOutput(cleaned, { ...this.options, indexIntervalBytes });
    const filter = new BatchFilter(rules, (buffer, at, size) => output.add(buffer, at, size));
    for (const segment of group) {
      filter.startSegment(segment.modifiedMs);
      await this.#scan.run(this.#rangeOf(segment, 0), (buffer, at) => {
        const kept = filter.filter(buffer, at);
        return kept ? kept.then(() => true) : true;
      });
    }
    await output.end();
    cleaned.seal();
    await cleaned.sync('all');
    this.#checkIn(group);
  }

  #rangeOf(segment: Segment, from: number): Parameters<SegmentScan['run']>[0] {
    const endOffset = this.#log.segments.endOf(segment, this.#log.logEndOffset);
    return { segment, from, endOffset };
  }

  /** Retention, truncation or deletion may have come between; a cut segment takes appends again. */
  #checkIn(segments: readonly Segment[]): void {
    const log = this.#log;
    const isGone = segments.some((segment) => segment.isRemoved);
    const isCut = log.truncationCount !== this.#truncations;
    if (isGone || isCut || this.options.isStopped() || log.isOffline) throw new CleaningAborted();
  }
}

function lastWritesOf(log: Log): Map<number, LastWrite> {
  return new Map(
    Array.from(log.producers.all(), ({ producerId, producerEpoch, lastBatch }) => [
      producerId,
      { dataOffset: lastBatch?.lastOffset, producerEpoch },
    ]),
  );
}

/**
 * Makes a log whole again after a crash: checks every batch from the recovery point on, cuts the log at the
 * first bad one, and rebuilds indexes, producer state and epochs on the way (Kafka's `LogLoader.recoverLog`,
 * `LogSegment.recover`).
 */

import type { StorageEnvironment } from './environment';
import type { EpochStart } from './formats/epoch-checkpoint';
import type { LeaderEpochCache } from './leader-epoch-cache';
import type { LogProducers } from './producers/log-producers';
import type { BatchHeader } from './segment/batch-header';
import { walkAsync } from './segment/batch-walk';
import type { WalkedBatch } from './segment/batch-walk';
import { resumePosition } from './segment/index-checks';
import type { OffsetPosition } from './segment/offset-index';
import type { Segment } from './segment/segment';
import type { SegmentList } from './segment/segment-list';
import type { LogConfig } from './types';

const MAX_RELATIVE_OFFSET = 2 ** 31 - 1;

export interface Recovery {
  readonly environment: StorageEnvironment;
  /** `topic-partition`, for the log. */
  readonly key: string;
  readonly folder: string;
  readonly config: LogConfig;
  readonly segments: SegmentList;
  readonly producers: LogProducers;
  readonly epochs: LeaderEpochCache;
  readonly logStartOffset: number;
  /** All below is on the device and needs no check. */
  readonly recoveryPoint: number;
  /** Where an orderly stop left the end of the log, though it is not found there. */
  readonly expectedEndOffset?: number | undefined;
  /** Told how many segments are still to be checked. */
  readonly onSegments: (remaining: number) => void;
}

/**
 * Returns where the log ends now. The segment that holds the recovery point is read from there on where its indexes
 * allow it; Kafka reads it whole. Rejects with `FileError`.
 */
export async function recoverLog(recovery: Recovery): Promise<number> {
  const { segments, producers, logStartOffset, epochs, recoveryPoint } = recovery;
  const suspects = segments.from(recoveryPoint);
  const { files } = recovery.environment;
  const position = suspects[0] && resumePosition(files, suspects[0], recoveryPoint);
  const resume = position === undefined ? undefined : { offset: recoveryPoint, position };
  const baseOffset = suspects[0]?.baseOffset ?? 0;
  const trusted = { logStartOffset, endOffset: resume?.offset ?? baseOffset };
  await producers.load(segments, trusted);
  let endOffset = trusted.endOffset;
  const found = new FoundEpochs(epochs, epochs.entries);
  await epochs.batch(async () => {
    // The file may tell of what a truncation removed and a power failure brought back, or the other way round.
    epochs.truncateFromEnd(endOffset);
    for (const [index, segment] of suspects.entries()) {
      recovery.onSegments(suspects.length - index);
      const isFirst = index === 0;
      if (!isFirst && !isNext(segment, endOffset, recovery)) {
        removeSegments(recovery, suspects.slice(index));
        break;
      }
      producers.takeSnapshot(isFirst ? trusted.endOffset : segment.baseOffset);
      const from = isFirst ? resume : undefined;
      const recovered = await recoverSegment(segment, recovery, { found, from });
      endOffset = recovered.endOffset;
      if (recovered.isWhole) continue;
      removeSegments(recovery, suspects.slice(index + 1));
      break;
    }
    found.end();
  });
  recovery.onSegments(0);
  // The device has lost what it had confirmed: nothing of the segment can be relied on.
  if (endOffset < trusted.endOffset) return recoverLog({ ...recovery, recoveryPoint: baseOffset });
  return endOffset;
}

/**
 * Whether a segment goes on where the one before it ends. One that begins earlier was removed by a truncation, and a
 * power failure brought it back. One that begins later follows on records that a power failure took: what comes after a
 * hole is not part of the log. Compaction leaves such gaps too, so where it is at work a gap says nothing, as in Kafka.
 */
function isNext({ baseOffset }: Segment, endOffset: number, { config }: Recovery): boolean {
  const mayHaveGaps = config['cleanup.policy'].includes('compact');
  return baseOffset === endOffset || (mayHaveGaps && baseOffset > endOffset);
}

async function recoverSegment(
  segment: Segment,
  recovery: Recovery,
  { found, from: resume }: { found: FoundEpochs; from: OffsetPosition | undefined },
): Promise<{ endOffset: number; isWhole: boolean }> {
  const { environment, key, producers } = recovery;
  const fileBytes = resume ? segment.startRebuildAt(resume) : segment.startRebuild();
  const { endOffset, lostBytes } = await appendAgain(segment, recovery, fileBytes, (batch) => {
    found.follow(batch.header);
    if (resume && batch.header.lastOffset < resume.offset) return; // The producers reflect it already.
    const aborted = producers.follow(batch);
    if (aborted) segment.transactionIndex.append(aborted);
  });
  if (lostBytes > 0) {
    const file = segment.log.path;
    environment.log.warn('cut a torn log', { partition: key, file, endOffset, lostBytes });
  }
  return { endOffset, isWhole: lostBytes === 0 };
}

/** Appends every good batch after what the segment holds to its indexes, and cuts the file where they end. */
async function appendAgain(
  segment: Segment,
  { config, expectedEndOffset }: Recovery,
  fileBytes: number,
  onBatch: (batch: WalkedBatch) => void,
): Promise<{ endOffset: number; lostBytes: number }> {
  let endOffset = segment.baseOffset;
  const end = await walkAsync(segment, { from: segment.sizeBytes, to: fileBytes }, (batch) => {
    const { baseOffset, lastOffset } = batch.header;
    if (!isGood(batch, segment.baseOffset, endOffset)) return false;
    // No checksum covers the base offset: moved up, it leaves a gap and ends too late.
    const isMoved = baseOffset > endOffset && lastOffset >= (expectedEndOffset ?? Infinity);
    if (isMoved) return false;
    onBatch(batch);
    segment.append(batch.header, config['index.interval.bytes']);
    endOffset = batch.header.lastOffset + 1;
    return true;
  });
  if (end < fileBytes) segment.truncateFile(end);
  segment.completeIndexes();
  return { endOffset, lostBytes: fileBytes - end };
}

/** Whether a batch goes on where the log is. */
function isGood({ header }: WalkedBatch, baseOffset: number, leastOffset: number): boolean {
  const { lastOffset } = header;
  if (header.baseOffset < leastOffset || lastOffset < header.baseOffset) return false;
  return lastOffset - baseOffset <= MAX_RELATIVE_OFFSET;
}

/** They are off the device when this returns: they must not come back behind what is appended next. */
function removeSegments(
  { environment, segments, producers, key, folder }: Recovery,
  removed: readonly Segment[],
): void {
  const [first] = removed;
  if (!first) return;
  const count = removed.length;
  environment.log.warn('removed the segments after the end of a log', { partition: key, count });
  segments.remove(removed);
  for (const segment of removed) {
    segment.closeFiles();
    for (const path of segment.paths) environment.files.removeSync(path);
  }
  producers.snapshots.removeWhere((offset) => offset >= first.baseOffset);
  environment.files.syncDirectorySync(folder);
}

/** Finds all epochs of a log in its batches, since the file that tells them is lost. Rejects with `FileError`. */
export async function readEpochs(segments: SegmentList, epochs: LeaderEpochCache): Promise<void> {
  const found = new FoundEpochs(epochs, []);
  await epochs.batch(async () => {
    epochs.clear();
    for (const segment of segments.all) {
      await walkAsync(
        segment,
        { from: 0, to: segment.sizeBytes, onDamage: () => true },
        (batch) => {
          found.follow(batch.header);
          return true;
        },
      );
    }
    found.end();
  });
}

/** The leader epochs in the batches of a recovery. */
class FoundEpochs {
  /** Begins with the batch before; true only if what follows does not belong to an earlier one. */
  #next: EpochStart | undefined;

  #previousEnd = 0;

  constructor(
    private readonly epochs: LeaderEpochCache,
    /** What the file said. Where compaction took the first batches of an epoch, only that tells where it began. */
    private readonly known: readonly EpochStart[],
  ) {}

  /** The checksum does not cover the epoch: one that is higher for a single batch only is damaged. */
  follow({ leaderEpoch: epoch, baseOffset, lastOffset }: BatchHeader): void {
    const previousEnd = this.#previousEnd;
    this.#previousEnd = lastOffset + 1;
    if (epoch < 0) return;
    if (this.#next && epoch >= this.#next.epoch) this.end();
    const isNew = epoch > (this.epochs.latestEpoch ?? -1);
    this.#next = isNew ? this.#startOf(epoch, previousEnd, baseOffset) : undefined;
  }

  #startOf(epoch: number, previousEnd: number, baseOffset: number): EpochStart {
    const known = this.known.find((each) => each.epoch === epoch);
    const fits = known && known.startOffset >= previousEnd && known.startOffset <= baseOffset;
    return fits ? known : { epoch, startOffset: baseOffset };
  }

  end(): void {
    if (this.#next) this.epochs.assign(this.#next.epoch, this.#next.startOffset);
    this.#next = undefined;
  }
}

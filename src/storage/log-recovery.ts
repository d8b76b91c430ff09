/**
 * Makes a log whole again after a crash: checks every batch from the recovery point on, cuts the log at the
 * first bad one, and rebuilds indexes, producer state and epochs on the way (Kafka's `LogLoader.recoverLog`,
 * `LogSegment.recover`).
 */

import { isIntact } from '../protocol/records/reader';
import type { StorageEnvironment } from './environment';
import type { LeaderEpochCache } from './leader-epoch-cache';
import type { LogProducers } from './producers/log-producers';
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
  readonly config: LogConfig;
  readonly segments: SegmentList;
  readonly producers: LogProducers;
  readonly epochs: LeaderEpochCache;
  readonly logStartOffset: number;
  /** All below is on the device and needs no check. */
  readonly recoveryPoint: number;
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
  await epochs.batch(async () => {
    for (const [index, segment] of suspects.entries()) {
      recovery.onSegments(suspects.length - index);
      const isFirst = index === 0;
      if (!isFirst && segment.baseOffset < endOffset) {
        // What a truncation removed, and a power failure brought back.
        removeSegments(recovery, suspects.slice(index));
        return;
      }
      producers.takeSnapshot(isFirst ? trusted.endOffset : segment.baseOffset);
      const recovered = await recoverSegment(segment, recovery, isFirst ? resume : undefined);
      endOffset = recovered.endOffset;
      if (recovered.isWhole) continue;
      removeSegments(recovery, suspects.slice(index + 1));
      return;
    }
  });
  recovery.onSegments(0);
  // The device has lost what it had confirmed: nothing of the segment can be relied on.
  if (endOffset < trusted.endOffset) return recoverLog({ ...recovery, recoveryPoint: baseOffset });
  return endOffset;
}

/** Rebuilds the indexes of a segment whose batches are good but whose index files are missing or wrong. */
export async function rebuildIndexes(segment: Segment, config: LogConfig): Promise<void> {
  const aborted = [...segment.transactionIndex.entries];
  const fileBytes = segment.startRebuild();
  await appendAgain(segment, { config, fileBytes }, () => undefined);
  for (const entry of aborted) segment.transactionIndex.append(entry);
  segment.seal();
}

async function recoverSegment(
  segment: Segment,
  { environment, key, config, producers, epochs }: Recovery,
  resume: OffsetPosition | undefined,
): Promise<{ endOffset: number; isWhole: boolean }> {
  const fileBytes = resume ? segment.startRebuildAt(resume) : segment.startRebuild();
  const { endOffset, lostBytes } = await appendAgain(segment, { config, fileBytes }, (batch) => {
    const { leaderEpoch, baseOffset, lastOffset } = batch.header;
    if (leaderEpoch > (epochs.latestEpoch ?? -1)) epochs.assign(leaderEpoch, baseOffset);
    if (resume && lastOffset < resume.offset) return; // The producers reflect it already.
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
  { config, fileBytes }: { config: LogConfig; fileBytes: number },
  onBatch: (batch: WalkedBatch) => void,
): Promise<{ endOffset: number; lostBytes: number }> {
  let endOffset = segment.baseOffset;
  const end = await walkAsync(segment, { from: segment.sizeBytes, to: fileBytes }, (batch) => {
    if (!isGood(batch, segment.baseOffset, endOffset)) return false;
    onBatch(batch);
    segment.append(batch.header, config['index.interval.bytes']);
    endOffset = batch.header.lastOffset + 1;
    return true;
  });
  if (end < fileBytes) segment.truncateFile(end);
  segment.completeIndexes();
  return { endOffset, lostBytes: fileBytes - end };
}

/** Whether a batch is undamaged and goes on where the log is. */
function isGood({ header, bytes }: WalkedBatch, baseOffset: number, leastOffset: number): boolean {
  const { lastOffset } = header;
  if (header.baseOffset < leastOffset || lastOffset < header.baseOffset) return false;
  if (lastOffset - baseOffset > MAX_RELATIVE_OFFSET) return false;
  return isIntact(bytes, 0);
}

function removeSegments(
  { environment, segments, producers, key }: Recovery,
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
}

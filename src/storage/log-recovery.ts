/**
 * Makes a log whole again after a crash: checks every batch from the recovery point on, cuts the log at the
 * first bad one, and rebuilds indexes, producer state and epochs on the way (Kafka's `LogLoader.recoverLog`,
 * `LogSegment.recover`).
 */

import { isCrcValid } from '../protocol/records/batch';
import type { StorageEnvironment } from './environment';
import type { LeaderEpochCache } from './leader-epoch-cache';
import type { LogProducers } from './producers/log-producers';
import { walkAsync } from './segment/batch-walk';
import type { WalkedBatch } from './segment/batch-walk';
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

/** Returns where the log ends now. Rejects with `FileError`. */
export async function recoverLog(recovery: Recovery): Promise<number> {
  const { segments, producers, logStartOffset, epochs } = recovery;
  const suspects = segments.from(recovery.recoveryPoint);
  const trusted = { logStartOffset, endOffset: suspects[0]?.baseOffset ?? 0 };
  await producers.load(segments, trusted);
  let endOffset = trusted.endOffset;
  await epochs.batch(async () => {
    for (const [index, segment] of suspects.entries()) {
      recovery.onSegments(suspects.length - index);
      if (segment.baseOffset < endOffset) {
        // What a truncation removed, and a power failure brought back.
        removeSegments(recovery, suspects.slice(index));
        return;
      }
      producers.takeSnapshot(segment.baseOffset);
      const recovered = await recoverSegment(segment, recovery);
      endOffset = recovered.endOffset;
      if (recovered.isWhole) continue;
      removeSegments(recovery, suspects.slice(index + 1));
      return;
    }
  });
  recovery.onSegments(0);
  return endOffset;
}

/** Rebuilds the indexes of a segment whose batches are good but whose index files are missing or wrong. */
export async function rebuildIndexes(segment: Segment, config: LogConfig): Promise<void> {
  const aborted = [...segment.transactionIndex.entries];
  await rebuild(segment, config, () => undefined);
  for (const entry of aborted) segment.transactionIndex.append(entry);
  segment.seal();
}

async function recoverSegment(
  segment: Segment,
  { environment, key, config, producers, epochs }: Recovery,
): Promise<{ endOffset: number; isWhole: boolean }> {
  const { endOffset, lostBytes } = await rebuild(segment, config, (batch) => {
    const aborted = producers.follow(batch);
    if (aborted) segment.transactionIndex.append(aborted);
    const { leaderEpoch, baseOffset } = batch.header;
    if (leaderEpoch > (epochs.latestEpoch ?? -1)) epochs.assign(leaderEpoch, baseOffset);
  });
  if (lostBytes > 0) {
    const file = segment.log.path;
    environment.log.warn('cut a torn log', { partition: key, file, endOffset, lostBytes });
  }
  return { endOffset, isWhole: lostBytes === 0 };
}

/** Appends every good batch again to emptied indexes, and cuts the file where they end. */
async function rebuild(
  segment: Segment,
  config: LogConfig,
  onBatch: (batch: WalkedBatch) => void,
): Promise<{ endOffset: number; lostBytes: number }> {
  const fileBytes = segment.startRebuild();
  let endOffset = segment.baseOffset;
  const end = await walkAsync(segment, { from: 0, to: fileBytes }, (batch) => {
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

/** A batch of an old message format is trusted: its checksum is of another kind, and none is written any more. */
function isGood({ header, bytes }: WalkedBatch, baseOffset: number, leastOffset: number): boolean {
  const { lastOffset } = header;
  if (header.baseOffset < leastOffset || lastOffset < header.baseOffset) return false;
  if (lastOffset - baseOffset > MAX_RELATIVE_OFFSET) return false;
  return header.magic < 2 || isCrcValid(bytes, 0);
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

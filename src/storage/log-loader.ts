/** Opens the logs found in a log directory, and makes new ones (Kafka's `LogLoader`). */

import { join } from 'node:path';

import { partitionKey } from '../protocol/topic-partition';
import type { TopicPartition } from '../protocol/topic-partition';
import type { LogHome, StorageEnvironment } from './environment';
import { CheckpointError } from './formats/checkpoint';
import {
  INDEX_SUFFIX,
  LEADER_EPOCH_FILE,
  LOG_SUFFIX,
  PARTITION_METADATA_FILE,
  SNAPSHOT_SUFFIX,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
} from './formats/file-names';
import type { OffsetFile } from './formats/file-names';
import { parsePartitionMetadata, writePartitionMetadata } from './formats/partition-metadata';
import { LeaderEpochCache } from './leader-epoch-cache';
import { Log } from './log';
import type { LogParts } from './log-view';
import { repairIndexes } from './index-repair';
import { readEpochs, recoverLog } from './log-recovery';
import { sweepFolder } from './log-sweep';
import { LogProducers } from './producers/log-producers';
import type { LogRange } from './producers/log-producers';
import { Snapshots } from './producers/snapshots';
import { hasSaneIndexes, hasWholeIndexes } from './segment/index-checks';
import { Segment } from './segment/segment';
import { SegmentList } from './segment/segment-list';
import { StorageError } from './types';
import type { LogConfig } from './types';

export interface LogFolderPlace {
  readonly environment: StorageEnvironment;
  readonly home: LogHome;
  readonly partition: TopicPartition;
  readonly config: LogConfig;
}

/** What the checkpoints of the directory say of the log. */
export interface LogCheckpoints {
  /** The directory was left by an orderly stop: nothing needs recovery. */
  readonly isClean: boolean;
  readonly recoveryPoint: number;
  /** Where an orderly stop left the end of the log, as far as it is known. */
  readonly cleanEndOffset: number | undefined;
  readonly logStartOffset: number;
  readonly highWatermark: number;
  /** Told how many segments are still to be recovered. */
  readonly onSegments: (remaining: number) => void;
}

/** Makes the folder of a new, empty log. Throws `FileError`, or `StorageError` if there is such a folder. */
export function createLog(place: LogFolderPlace, topicId: string | undefined): Log {
  const { environment, home, partition, config } = place;
  const { files } = environment;
  const folder = folderOf(place);
  if (files.statSync(folder)) {
    throw new StorageError(`${folder} has appeared while the broker ran: move it away, or restart`);
  }
  files.makeDirectorySync(folder);
  if (topicId !== undefined) writePartitionMetadata(files, folder, topicId);
  return new Log({
    environment,
    home,
    folder,
    ...partition,
    topicId,
    config,
    segments: new SegmentList([newSegment(environment, folder, 0)]),
    epochs: openEpochs(place, folder).epochs,
    producers: new LogProducers(environment, new Snapshots(files, folder, [])),
    logStartOffset: 0,
    endOffset: 0,
    recoveryPoint: 0,
    highWatermark: 0,
    hasNewFiles: true,
  });
}

/** Opens a log that exists, recovering what a crash left. Rejects with `FileError`. */
export async function loadLog(place: LogFolderPlace, known: LogCheckpoints): Promise<Log> {
  const { environment, config } = place;
  const folder = folderOf(place);
  const found = sweepFolder(environment.openFiles, folder);
  const segments = openSegments(place, folder, found, known.logStartOffset);
  const logStartOffset = Math.max(known.logStartOffset, segments.first.baseOffset);
  const offsets = found.filter(({ kind }) => kind === SNAPSHOT_SUFFIX).map(({ offset }) => offset);
  const snapshots = new Snapshots(environment.files, folder, offsets);
  const bases = new Set(segments.all.map(({ baseOffset }) => baseOffset));
  snapshots.removeWhere((offset) => !bases.has(offset) && offset !== snapshots.latestOffset);
  const producers = new LogProducers(environment, snapshots);
  const { epochs, isUnreadable } = openEpochs(place, folder);
  const key = partitionKey(place.partition.topic, place.partition.partition);
  const parts = { ...place, ...place.partition, folder, key, config, segments, producers, epochs };
  const suspects = known.isClean ? [] : segments.from(known.recoveryPoint);
  const trusted = segments.all.slice(0, segments.all.length - suspects.length);
  await mendIndexes(config, trusted, found);
  await mendTransactionIndexes(parts, trusted, found);
  if (suspects[0]?.baseOffset === known.recoveryPoint) await mendLastTrusted(place, trusted.at(-1));
  const cleanEnd = known.isClean ? await endOfClean(place, segments) : undefined;
  const expectedEndOffset = known.isClean ? known.cleanEndOffset : undefined;
  const isExpected = expectedEndOffset === undefined || expectedEndOffset === cleanEnd;
  const end = isExpected ? cleanEnd : undefined;
  const recovery = { ...known, ...parts, logStartOffset, expectedEndOffset };
  const endOffset = end ?? (await recoverLog(recovery));
  const read = { logStartOffset, endOffset };
  const isStartWrong = logStartOffset > (expectedEndOffset ?? Infinity);
  const range = isStartWrong
    ? withinLog(place, segments, read)
    : restartIfEmptied(place, folder, segments, read);
  if (isUnreadable) await readEpochs(segments, epochs);
  if (end !== undefined) await producers.load(segments, range);
  producers.takeSnapshot(range.endOffset);
  epochs.truncateFromEnd(range.endOffset);
  epochs.truncateFromStart(range.logStartOffset);
  return new Log({
    ...parts,
    ...range,
    topicId: readTopicId(environment, folder),
    recoveryPoint: end ?? Math.min(known.recoveryPoint, range.endOffset),
    highWatermark: known.highWatermark,
    hasNewFiles: end === undefined,
  });
}

function folderOf({ home, partition }: LogFolderPlace): string {
  return join(home.path, partitionKey(partition.topic, partition.partition));
}

function newSegment(environment: StorageEnvironment, folder: string, baseOffset: number): Segment {
  const { openFiles, clock } = environment;
  return Segment.create({ openFiles, folder, baseOffset, createdMs: clock.nowMs() });
}

function openSegments(
  { environment }: LogFolderPlace,
  folder: string,
  found: readonly OffsetFile[],
  logStartOffset: number,
): SegmentList {
  const { openFiles, clock } = environment;
  const createdMs = clock.nowMs();
  const segments = found
    .filter(({ kind }) => kind === LOG_SUFFIX)
    .map(({ offset }) => Segment.open({ openFiles, folder, baseOffset: offset, createdMs }));
  return new SegmentList(
    segments.length > 0 ? segments : [newSegment(environment, folder, logStartOffset)],
  );
}

/** Makes the indexes that are missing of segments which recovery does not read. */
async function mendIndexes(
  config: LogConfig,
  segments: readonly Segment[],
  found: readonly OffsetFile[],
): Promise<void> {
  const names = new Set(found.map(({ offset, kind }) => `${String(offset)}${kind}`));
  for (const segment of segments) {
    const nameOf = (kind: string): string => `${String(segment.baseOffset)}${kind}`;
    const hasIndexes = [INDEX_SUFFIX, TIME_INDEX_SUFFIX].every((kind) => names.has(nameOf(kind)));
    if (!hasIndexes) await repairIndexes(segment, config['index.interval.bytes'], () => true);
  }
}

/** A segment that was flushed while it grew, and then closed: its indexes follow with the next flush. */
async function mendLastTrusted(
  { environment: { files }, config }: LogFolderPlace,
  segment: Segment | undefined,
): Promise<void> {
  if (!segment || hasWholeIndexes(files, segment)) return;
  await repairIndexes(segment, config['index.interval.bytes'], () => true);
}

/** Builds those anew that cannot be right, of segments which recovery does not read. */
async function mendTransactionIndexes(
  { environment, segments, producers }: Pick<LogParts, 'environment' | 'segments' | 'producers'>,
  trusted: readonly Segment[],
  found: readonly OffsetFile[],
): Promise<void> {
  const files = found.filter(({ kind }) => kind === TRANSACTION_INDEX_SUFFIX);
  const offsets = new Set(files.map(({ offset }) => offset));
  for (const segment of trusted.filter(({ baseOffset }) => offsets.has(baseOffset))) {
    const { transactionIndex } = segment;
    if (transactionIndex.isSane(segments.endOf(segment, Infinity))) continue;
    const { path: file } = transactionIndex.file;
    environment.log.warn('an index does not fit its log and is built anew', { file });
    const aborted = await producers.abortedIn(segment, segments);
    transactionIndex.startRebuildAt(segment.baseOffset);
    for (const each of aborted) transactionIndex.append(each);
    transactionIndex.endRebuild();
    segment.isDirty = true;
  }
}

/** Where a cleanly closed log ends; `undefined` if its end is not what an orderly stop leaves. */
async function endOfClean(
  { environment: { files }, config }: LogFolderPlace,
  { active }: SegmentList,
): Promise<number | undefined> {
  if (!hasSaneIndexes(files, active) || !active.hasTrueMax()) {
    await repairIndexes(active, config['index.interval.bytes'], () => true);
  }
  return active.readEndOffset(true);
}

/** An orderly stop leaves no log that ends below its start: then what is said of the start is wrong. */
function withinLog(
  { environment }: LogFolderPlace,
  segments: SegmentList,
  range: LogRange,
): LogRange {
  const file = segments.first.log.path;
  environment.log.warn('a log start offset above the log is ignored', { file, ...range });
  return { ...range, logStartOffset: segments.first.baseOffset };
}

/** A log that ends below its start holds nothing that may be served: it begins anew at its start. */
function restartIfEmptied(
  { environment }: LogFolderPlace,
  folder: string,
  segments: SegmentList,
  range: LogRange,
): LogRange {
  const { logStartOffset, endOffset } = range;
  if (endOffset >= logStartOffset) return range;
  environment.log.warn('the log ends below its start and begins anew', { folder, ...range });
  const removed = segments.all;
  segments.remove(removed);
  for (const segment of removed) {
    segment.closeFiles();
    for (const path of segment.paths) environment.files.removeSync(path);
  }
  segments.add(newSegment(environment, folder, logStartOffset));
  // What was removed must not come back behind what is appended next.
  environment.files.syncDirectorySync(folder);
  return { logStartOffset, endOffset: logStartOffset };
}

/** An unreadable file is begun anew, to be filled from the log. */
function openEpochs(
  { environment }: LogFolderPlace,
  folder: string,
): { epochs: LeaderEpochCache; isUnreadable: boolean } {
  const path = join(folder, LEADER_EPOCH_FILE);
  try {
    return { epochs: LeaderEpochCache.open(environment.files, path), isUnreadable: false };
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    environment.log.warn('a checkpoint cannot be read and is made anew', { path, error });
    environment.files.removeSync(path);
    return { epochs: LeaderEpochCache.open(environment.files, path), isUnreadable: true };
  }
}

function readTopicId({ files }: StorageEnvironment, folder: string): string | undefined {
  const content = files.readFileSync(join(folder, PARTITION_METADATA_FILE));
  return content && parsePartitionMetadata(content);
}

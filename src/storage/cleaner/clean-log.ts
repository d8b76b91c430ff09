/**
 * Compacts one log (Kafka's `Cleaner.doClean`): learns the latest offset of each key in the dirty part, then
 * writes closed segments anew without what is superseded. New segments are complete on the device before they
 * take a place, so a crash at any moment leaves either the old segments or the new one.
 */

import { present } from '../../base/assert';
import { ProtocolError } from '../../protocol/errors';
import { isControl, isTransactional, producerIdOf } from '../../protocol/records/batch';
import { readRecords } from '../../protocol/records/reader';
import type { StorageEnvironment } from '../environment';
import { CLEANED_SUFFIX, SWAP_SUFFIX } from '../formats/file-names';
import type { Log } from '../log';
import { markerOf } from '../producers/batch-info';
import { headerAt } from '../segment/batch-header';
import { walkAsync } from '../segment/batch-walk';
import type { BatchVisitor, WalkedBatch } from '../segment/batch-walk';
import { Segment } from '../segment/segment';
import { filterBatch } from './batch-filter';
import type { FilterRules, LastWrite } from './batch-filter';
import { OffsetMap } from './offset-map';
import type { Cleanable } from './selection';
import { CleanedTransactions } from './transactions';

/** How much is looked at before everything else has its turn. */
const SLICE_BYTES = 128 * 1024;
const MAX_RELATIVE_OFFSET = 2 ** 31 - 1;

export interface CleaningOptions {
  readonly environment: StorageEnvironment;
  readonly mapBytes: number;
  readonly mapLoadFactor: number;
  readonly nowMs: number;
  /** Whether to give up at the next opportunity. */
  isStopped(): boolean;
}

/** The cleaning was given up: the broker stops, or the log changed under it. Nothing is lost. */
export class CleaningAborted extends Error {
  override readonly name = 'CleaningAborted';
}

/** Returns the offset up to which the log is compacted now. Rejects with `CleaningAborted`, `FileError`. */
export async function cleanLog(cleanable: Cleanable, options: CleaningOptions): Promise<number> {
  const { log } = cleanable;
  const latest = await buildOffsetMap(cleanable, options);
  const upTo = latest.latestOffset + 1;
  const cleanedTo = latest.isFull ? upTo : cleanable.firstUncleanableOffset;
  if (upTo <= cleanable.firstDirtyOffset) return cleanedTo;
  const aborted = log.abortedTransactions(log.segments.first.baseOffset, upTo);
  let target: Segment | undefined;
  const rules: FilterRules = {
    latest,
    transactions: new CleanedTransactions(aborted, (kept) => target?.transactionIndex.append(kept)),
    nowMs: options.nowMs,
    deleteRetentionMs: log.config['delete.retention.ms'],
    upTo,
    lastWrites: lastWritesOf(log),
  };
  const segments = log.segments.all.filter(({ baseOffset }) => baseOffset < upTo);
  for (const group of groupBySize(log, segments)) {
    target = Segment.create({
      openFiles: options.environment.openFiles,
      folder: log.folder,
      baseOffset: group[0]?.baseOffset ?? 0,
      createdMs: options.nowMs,
      state: CLEANED_SUFFIX,
    });
    await replaceGroup(log, { group, cleaned: target, rules }, options);
  }
  return cleanedTo;
}

/** Reads the keys of the dirty part, as many as the map takes. */
async function buildOffsetMap(
  { log, firstDirtyOffset, firstUncleanableOffset }: Cleanable,
  options: CleaningOptions,
): Promise<OffsetMap> {
  const map = new OffsetMap(options.mapBytes, options.mapLoadFactor);
  const aborted = log.abortedTransactions(firstDirtyOffset, firstUncleanableOffset);
  const transactions = new CleanedTransactions(aborted, () => undefined);
  const visit: BatchVisitor = (batch) => {
    if (batch.header.baseOffset >= firstUncleanableOffset || map.isFull) return false;
    if (batch.header.lastOffset >= firstDirtyOffset) {
      noteKeys(map, transactions, batch, firstDirtyOffset);
    }
    return true;
  };
  for (const segment of log.segments.from(firstDirtyOffset)) {
    if (segment.baseOffset >= firstUncleanableOffset || map.isFull) break;
    await walk(segment, visit, options);
  }
  return map;
}

/** Enters the keys of a batch that is neither a marker nor aborted; stops inside of it when the map is full. */
function noteKeys(
  map: OffsetMap,
  transactions: CleanedTransactions,
  { header, bytes }: WalkedBatch,
  from: number,
): void {
  const { lastOffset } = header;
  if (header.magic === 2 && !isWithoutKeys(transactions, bytes, lastOffset)) {
    for (const { key, offset } of readRecords(bytes)) {
      if (key === null || offset < from) continue;
      if (map.isFull) return;
      map.put(key, offset);
      map.latestOffset = offset;
    }
  }
  map.latestOffset = lastOffset;
}

function isWithoutKeys(
  transactions: CleanedTransactions,
  bytes: Buffer,
  lastOffset: number,
): boolean {
  const producerId = producerIdOf(bytes, 0);
  if (!isControl(bytes, 0)) {
    return transactions.isAborted(producerId, isTransactional(bytes, 0), lastOffset);
  }
  transactions.isMarkerObsolete(producerId, markerOf(bytes, 0), lastOffset);
  return true;
}

function lastWritesOf(log: Log): Map<number, LastWrite> {
  return new Map(
    Array.from(log.producers.all(), ({ producerId, producerEpoch, lastBatch }) => [
      producerId,
      { dataOffset: lastBatch?.lastOffset, producerEpoch },
    ]),
  );
}

/** Neighbours whose sum keeps the limits of one segment. */
function groupBySize(log: Log, segments: readonly Segment[]): Segment[][] {
  const groups: Segment[][] = [];
  let room = { log: 0, index: 0, timeIndex: 0 };
  for (const segment of segments) {
    const group = groups.at(-1);
    const endOffset = log.segments.endOf(segment, log.logEndOffset);
    const sizes = {
      log: segment.sizeBytes,
      index: segment.offsetIndex.entries.sizeBytes,
      timeIndex: segment.timeIndex.entries.sizeBytes,
    };
    room = {
      log: room.log - sizes.log,
      index: room.index - sizes.index,
      timeIndex: room.timeIndex - sizes.timeIndex,
    };
    const fits = room.log >= 0 && room.index >= 0 && room.timeIndex >= 0;
    if (group && fits && endOffset - 1 - (group[0]?.baseOffset ?? 0) <= MAX_RELATIVE_OFFSET) {
      group.push(segment);
      continue;
    }
    groups.push([segment]);
    const indexBytes = log.config['segment.index.bytes'];
    room = {
      log: log.config['segment.bytes'] - sizes.log,
      index: indexBytes - sizes.index,
      timeIndex: indexBytes - sizes.timeIndex,
    };
  }
  return groups;
}

interface GroupCleaning {
  readonly group: readonly Segment[];
  /** New and empty, its files named `.cleaned`. */
  readonly cleaned: Segment;
  readonly rules: FilterRules;
}

async function replaceGroup(
  log: Log,
  { group, cleaned, rules }: GroupCleaning,
  options: CleaningOptions,
): Promise<void> {
  const { files } = options.environment;
  try {
    const output = new SegmentOutput(cleaned, log.config['index.interval.bytes']);
    const visit: BatchVisitor = (batch) => {
      const kept = filterBatch(batch, rules);
      if (kept) output.add(kept);
      return true;
    };
    for (const segment of group) await walk(segment, visit, options);
    output.write();
    cleaned.seal();
    await cleaned.sync('all');
    checkUnchanged(log, group, options);
  } catch (error) {
    cleaned.closeFiles();
    for (const path of cleaned.paths) files.removeSync(path);
    throw error;
  }
  cleaned.setModified(group.at(-1)?.modifiedMs ?? options.nowMs);
  cleaned.changeState(CLEANED_SUFFIX, SWAP_SUFFIX);
  files.syncDirectorySync(log.folder);
  log.replaceSegments(cleaned, group);
}

/** Retention, truncation or deletion may have come between. */
function checkUnchanged(log: Log, group: readonly Segment[], options: CleaningOptions): void {
  const current = new Set(log.segments.all);
  if (options.isStopped() || log.isOffline || !group.every((segment) => current.has(segment))) {
    throw new CleaningAborted();
  }
}

/** Visits all batches of a segment, a slice at a time. */
async function walk(
  segment: Segment,
  visit: BatchVisitor,
  options: CleaningOptions,
): Promise<void> {
  const range = { from: 0, to: segment.sizeBytes, sliceBytes: SLICE_BYTES };
  let isDone = false;
  const end = await walkAsync(segment, range, (batch) => {
    if (options.isStopped() || segment.isRemoved) return false;
    isDone = !visit(batch);
    return !isDone;
  });
  if (options.isStopped() || segment.isRemoved) throw new CleaningAborted();
  if (end < range.to && !isDone) {
    throw new ProtocolError(
      'CORRUPT_MESSAGE',
      `No record batch at position ${String(end)} of ${segment.log.path}`,
    );
  }
}

/** Gathers kept batches into large writes. */
class SegmentOutput {
  #batches: Buffer[] = [];
  #bytes = 0;

  constructor(
    private readonly segment: Segment,
    private readonly indexIntervalBytes: number,
  ) {}

  /** Copies the batch: its bytes may lie in the buffer of a walk. */
  add(batch: Buffer): void {
    const header = present(headerAt(batch, 0, batch.length), 'the header of a kept batch');
    if (this.#bytes + batch.length > SLICE_BYTES) this.write();
    this.#batches.push(Buffer.from(batch));
    this.#bytes += batch.length;
    this.segment.append(header, this.indexIntervalBytes);
  }

  write(): void {
    const position = this.segment.sizeBytes - this.#bytes;
    this.segment.log.file.writeSync([Buffer.concat(this.#batches)], position);
    this.#batches = [];
    this.#bytes = 0;
  }
}

/** Compares a log with the model of it. */

import { deepStrictEqual as isEqual, ok as isTrue } from 'node:assert/strict';

import { baseOffsetOf, batchSizeAt, isControl } from '../../../src/protocol/records/batch';
import { lastOffsetOf } from '../../../src/protocol/records/batch';
import { readRecords } from '../../../src/protocol/records/reader';
import type { Log } from '../../../src/storage/log';
import { clamp } from '../../../src/storage/log-view';
import type { Below } from '../../builders/seeded';
import type { FoundBatch, LogModel, ModelTransaction } from './log-model';

export interface Samples {
  /** Timestamps to look up. */
  readonly timestamps: readonly number[];
  readonly below: Below;
  /** End of what the producers were rebuilt from last, which may be silent about transactions that had ended. */
  readonly rebuiltTo: number;
}

export async function checkLog(log: Log, model: LogModel, samples: Samples): Promise<void> {
  const { start, end } = model;
  isEqual([log.logStartOffset, log.logEndOffset], [start, end]);
  const records = (batches: readonly FoundBatch[]): string[] =>
    batches
      .flatMap((batch) => batch.records)
      .filter(({ offset }) => offset >= start)
      .map(({ offset, key, value }) => `${String(offset)}:${String(key)}=${String(value)}`);
  isEqual(records(await readBatches(log)), records(model.batches));
  for (let i = 0; i < 3; i++) await checkLookup(log, model, start + samples.below(end - start + 1));
  checkEpochs(log, model);
  for (const timestamp of samples.timestamps) {
    const offset = (await log.offsetForTimestamp(timestamp))?.offset;
    isEqual(offset, model.firstAtOrAfter(timestamp));
  }
  checkProducers(log, model);
  checkLastStable(log, model, samples);
  checkAborted(log, model);
}

/** All batches of a log. */
export async function readBatches(log: Log): Promise<FoundBatch[]> {
  const { logStartOffset, writtenEndOffset: upTo } = log;
  const found: FoundBatch[] = [];
  for (let offset = logStartOffset; offset < upTo;) {
    const read = await log.read({ offset, maxBytes: 1 << 20, upTo, minOneBatch: true });
    const bytes = Buffer.concat(read.buffers);
    read.release();
    for (let at = 0; at < bytes.length; at += batchSizeAt(bytes, at))
      found.push(batchAt(bytes.subarray(at, at + batchSizeAt(bytes, at))));
    const next = (found.at(-1)?.last ?? -1) + 1;
    if (bytes.length === 0 || next <= offset) break;
    offset = next;
  }
  return found;
}

function batchAt(bytes: Buffer): FoundBatch {
  const isMarker = isControl(bytes, 0);
  return {
    base: baseOffsetOf(bytes, 0),
    last: lastOffsetOf(bytes, 0),
    records: Array.from(readRecords(bytes), ({ offset, key, value }) => ({
      offset,
      key: isMarker ? null : (key?.toString() ?? null),
      value: isMarker ? markerType(key) : (value?.toString() ?? null),
    })),
  };
}

/** The second field of a marker's key says what it ends a transaction with. */
function markerType(key: Buffer | null): string {
  return key?.readInt16BE(2) === 1 ? 'commit' : 'abort';
}

/** A read begins with the batch that holds its offset, or the next one. */
async function checkLookup(log: Log, model: LogModel, offset: number): Promise<void> {
  const upTo = log.writtenEndOffset;
  const read = await log.read({ offset, maxBytes: 1, upTo, minOneBatch: true });
  const [first] = read.buffers;
  const expected = model.batches.find(({ last }) => last >= offset);
  isEqual([offset, first && baseOffsetOf(first, 0)], [offset, expected?.base]);
  read.release();
}

function checkEpochs(log: Log, model: LogModel): void {
  for (const { epoch, least, most } of model.epochEnds()) {
    const found = log.endOffsetForEpoch(epoch);
    const isBetween = found.endOffset >= least && found.endOffset <= most;
    isTrue(
      found.epoch === epoch && isBetween,
      `epoch ${String(epoch)} ends at ${String(found.endOffset)}`,
    );
  }
}

function checkProducers(log: Log, model: LogModel): void {
  for (const [id, { epoch, sequence }] of model.lastSequences()) {
    const entry = log.producers.get(id);
    isEqual([id, entry?.producerEpoch, entry?.lastSequence], [id, epoch, sequence]);
  }
}

/** What began in what was deleted may be forgotten, and what had ended before the producers were rebuilt is decided. */
function checkLastStable(log: Log, model: LogModel, { rebuiltTo }: Samples): void {
  const { highWatermark } = log;
  const undecided = model
    .transactions()
    .filter(({ lastOffset = Infinity }) => lastOffset >= highWatermark);
  const certain = undecided.filter(
    ({ firstOffset, lastOffset = Infinity }) =>
      firstOffset >= model.knownFrom && lastOffset >= rebuiltTo,
  );
  const bound = (transactions: readonly ModelTransaction[]): number =>
    clamp(
      Math.min(highWatermark, ...transactions.map(({ firstOffset }) => firstOffset)),
      model.start,
      highWatermark,
    );
  const { lastStableOffset: found } = log;
  const [least, most] = [bound(undecided), bound(certain)];
  isTrue(
    found >= least && found <= most,
    `the last stable offset ${String(found)} is not in ${String(least)}..${String(most)}`,
  );
}

/** A transaction that began in what was deleted may be unknown, or known to begin later; so may one that has no data. */
function checkAborted(log: Log, model: LogModel): void {
  const { start, end, knownFrom } = model;
  const tell = ({ producerId, firstOffset, lastOffset }: ModelTransaction): string =>
    [producerId, firstOffset, lastOffset].join(':');
  const aborted = model
    .transactions()
    .filter(({ isAborted, lastOffset = -1 }) => isAborted && lastOffset >= start);
  const isUncertain = (lastOffset: number): boolean =>
    aborted.some((each) => each.lastOffset === lastOffset && each.firstOffset < knownFrom);
  const found = log
    .abortedTransactions(start, end)
    .filter(({ lastOffset }) => !isUncertain(lastOffset))
    .map((each) => tell({ ...each, isAborted: true }));
  const certain = aborted.filter(({ lastOffset = -1 }) => !isUncertain(lastOffset));
  const possible = new Set(certain.map(tell));
  isEqual(
    found.filter((each) => !possible.has(each)),
    [],
  );
  const needed = certain.filter((transaction) => model.hasData(transaction)).map(tell);
  isEqual(
    needed.filter((each) => !found.includes(each)),
    [],
  );
}

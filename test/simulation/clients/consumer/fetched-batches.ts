/** What a fetch brought for one partition, looked at with distrust. */
import {
  baseOffsetOf,
  isControl,
  isCrcValid,
  lastOffsetOf,
  magicOf,
  partitionLeaderEpochOf,
} from '../../../../src/protocol/records/batch';
import { batches, readRecords } from '../../../../src/protocol/records/reader';
import type { RecordId } from '../../history';

const MAGIC = 2;

export interface ReadRecord {
  readonly record: RecordId;
  readonly offset: number;
  readonly leaderEpoch: number;
}

export interface Reading {
  readonly records: readonly ReadRecord[];
  /** Behind the last whole batch. */
  readonly nextOffset: number;
  /** Of the last whole batch; −1 if there is none. */
  readonly lastEpoch: number;
}

export interface Expected {
  readonly fromOffset: number;
  /** Nothing at or behind it may be given. */
  readonly endOffset: number;
  /** The epoch that the leader was asked in; −1 if none was named. */
  readonly leaderEpoch: number;
  /** False in a compacted topic. */
  readonly hasNoGaps: boolean;
}

/** Throws an `Error` that says what is wrong with the batches. */
export function readBatches(fetched: Buffer, expected: Expected): Reading {
  const records: ReadRecord[] = [];
  let nextOffset = expected.fromOffset;
  let lastEpoch = -1;
  for (const { position, size } of batches(fetched)) {
    const batch = fetched.subarray(position, position + size);
    judge(batch, { ...expected, fromOffset: nextOffset }, position === 0);
    lastEpoch = partitionLeaderEpochOf(batch, 0);
    if (!isControl(batch, 0))
      for (const { offset, value } of readRecords(batch))
        if (offset >= nextOffset)
          records.push({ record: value?.toString() ?? '', offset, leaderEpoch: lastEpoch });
    nextOffset = lastOffsetOf(batch, 0) + 1;
  }
  return { records, nextOffset, lastEpoch };
}

function judge(batch: Buffer, expected: Expected, isFirst: boolean): void {
  const { fromOffset, endOffset, leaderEpoch, hasNoGaps } = expected;
  if (magicOf(batch, 0) !== MAGIC) throw new Error(`a batch of magic ${String(magicOf(batch, 0))}`);
  if (!isCrcValid(batch, 0)) throw new Error('a batch with a wrong checksum');
  const [base, last] = [baseOffsetOf(batch, 0), lastOffsetOf(batch, 0)];
  const range = `a batch ${String(base)}–${String(last)}`;
  const epoch = partitionLeaderEpochOf(batch, 0);
  if (last < fromOffset) throw new Error(`${range} before ${String(fromOffset)}, asked for`);
  if (last >= endOffset) throw new Error(`${range} beyond ${String(endOffset)}, where all ends`);
  if (!isFirst && base < fromOffset) throw new Error(`${range} overlaps the one before`);
  if (hasNoGaps && base > fromOffset) throw new Error(`${range}, a gap from ${String(fromOffset)}`);
  if (leaderEpoch >= 0 && epoch > leaderEpoch)
    throw new Error(`${range} of epoch ${String(epoch)} in epoch ${String(leaderEpoch)}`);
}

import { OffsetStore } from '../../../../src/coordinator/group/state/offsets';
import type { PartitionOffset } from '../../../../src/coordinator/group/state/offsets';

function at(partition: number, offset: number): PartitionOffset {
  const value = {
    offset,
    leaderEpoch: -1,
    metadata: '',
    commitTimestampMs: 0,
    expireTimestampMs: undefined,
  };
  return { topic: 't', partition, value };
}

function committed(offsets: OffsetStore, partition = 0): number | undefined {
  return offsets.get('t', partition)?.offset;
}

test('commits that are acknowledged out of order leave the one that is last in the log', () => {
  const offsets = new OffsetStore();
  offsets.beginCommit([at(0, 1)]);
  offsets.beginCommit([at(0, 2)]);
  offsets.endCommit([at(0, 2)], 2, true);
  expect(offsets.isPending('t', 0)).toBe(true);
  offsets.endCommit([at(0, 1)], 1, true);
  expect(committed(offsets)).toBe(2);
  expect(offsets.isPending('t', 0)).toBe(false);
});

test('a commit that failed leaves what was there', () => {
  const offsets = new OffsetStore();
  offsets.set('t', 0, at(0, 1).value, 1);
  offsets.beginCommit([at(0, 2)]);
  offsets.endCommit([at(0, 2)], 2, false);
  expect(committed(offsets)).toBe(1);
  expect(offsets.isPending('t', 0)).toBe(false);
});

test('a tombstone removes what lies before it in the log, nothing after', () => {
  const offsets = new OffsetStore();
  offsets.set('t', 0, at(0, 1).value, 1);
  offsets.set('t', 1, at(1, 1).value, 5);
  offsets.remove([at(0, 0), at(1, 0), at(2, 0)], 3);
  expect(committed(offsets, 0)).toBeUndefined();
  expect(committed(offsets, 1)).toBe(1);
});

test('a group is useful as long as anything is committed, on its way, or in an open transaction', () => {
  const offsets = new OffsetStore();
  expect(offsets.isEmptyWithout([])).toBe(true);
  offsets.beginCommit([at(0, 1)]);
  expect(offsets.isEmptyWithout([at(0, 1)])).toBe(false);
  offsets.endCommit([at(0, 1)], 1, true);
  expect(offsets.isEmptyWithout([])).toBe(false);
  expect(offsets.isEmptyWithout([at(0, 1)])).toBe(true);
  offsets.setInTransaction(7, at(1, 2), 2);
  expect(offsets.isEmptyWithout([at(0, 1)])).toBe(false);
  expect(offsets.isEmptyWithout([at(0, 1), at(1, 1)])).toBe(true);
  offsets.endTransaction(7, false);
  expect(offsets.isEmptyWithout([at(0, 1)])).toBe(true);
});

test('the partitions of a group include those in open transactions, each once', () => {
  const offsets = new OffsetStore();
  offsets.set('t', 0, at(0, 1).value, 1);
  offsets.set('u', 0, at(0, 1).value, 1);
  offsets.setInTransaction(7, at(0, 2), 2);
  offsets.setInTransaction(8, at(1, 2), 3);
  expect(offsets.partitions('t')).toEqual([
    { topic: 't', partition: 0 },
    { topic: 't', partition: 1 },
  ]);
  expect(offsets.partitions()).toHaveLength(3);
});

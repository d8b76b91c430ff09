import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { nodePlatform } from '../../src/platform/node';
import { CheckpointError } from '../../src/storage/formats/checkpoint';
import { LeaderEpochCache } from '../../src/storage/leader-epoch-cache';

const { files } = nodePlatform();
let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-epochs-'));
  path = join(folder, 'leader-epoch-checkpoint');
});
afterEach(() => rmSync(folder, { recursive: true }));

type Start = [epoch: number, startOffset: number];

function cacheOf(starts: Start[]): LeaderEpochCache {
  const cache = LeaderEpochCache.open(files, path);
  for (const [epoch, startOffset] of starts) cache.assign(epoch, startOffset);
  return cache;
}

function startsOf(cache: LeaderEpochCache): Start[] {
  return cache.entries.map(({ epoch, startOffset }) => [epoch, startOffset]);
}

test('a new log has no file, and a new leader writes its epoch at once', () => {
  const cache = LeaderEpochCache.open(files, path);
  expect(existsSync(path)).toBe(false);
  expect(cache.latestEpoch).toBeUndefined();
  cache.assign(0, 0);
  expect(readFileSync(path, 'utf8')).toBe('0\n1\n0 0\n');
  expect(startsOf(LeaderEpochCache.open(files, path))).toEqual([[0, 0]]);
});

test.each`
  before              | assigned  | after               | because
  ${[]}               | ${[0, 0]} | ${[[0, 0]]}         | ${'it is the first'}
  ${[[0, 0]]}         | ${[0, 5]} | ${[[0, 0]]}         | ${'the latest epoch goes on'}
  ${[[0, 0]]}         | ${[1, 5]} | ${[[0, 0], [1, 5]]} | ${'a new epoch begins'}
  ${[[0, 0], [2, 5]]} | ${[3, 5]} | ${[[0, 0], [3, 5]]} | ${'the epoch before it wrote nothing'}
  ${[[0, 0], [2, 5]]} | ${[1, 3]} | ${[[0, 0], [1, 3]]} | ${'later entries contradict it'}
  ${[[1, 4]]}         | ${[1, 2]} | ${[[1, 2]]}         | ${'the epoch began earlier'}
`(
  '$before and $assigned give $after: $because',
  ({ before, assigned, after }: { before: Start[]; assigned: Start; after: Start[] }) => {
    const cache = cacheOf(before);
    cache.assign(...assigned);
    expect(startsOf(cache)).toEqual(after);
    expect(startsOf(LeaderEpochCache.open(files, path))).toEqual(after);
  },
);

test.each`
  epoch | expected    | because
  ${-1} | ${[-1, -1]} | ${'no epoch is asked for'}
  ${1}  | ${[1, 10]}  | ${'epochs before the first one ended where it began'}
  ${2}  | ${[2, 20]}  | ${'it ended where the next one began'}
  ${3}  | ${[2, 20]}  | ${'the largest epoch below it ended there'}
  ${5}  | ${[5, 99]}  | ${'the latest one ends with the log'}
  ${6}  | ${[-1, -1]} | ${'the future is unknown'}
`(
  'epoch $epoch ended at $expected: $because',
  ({ epoch, expected }: { epoch: number; expected: Start }) => {
    const cache = cacheOf([
      [2, 10],
      [4, 20],
      [5, 30],
    ]);
    expect(cache.endOffsetFor(epoch, 99)).toEqual({ epoch: expected[0], endOffset: expected[1] });
  },
);

test('an empty cache knows no end', () => {
  expect(cacheOf([]).endOffsetFor(0, 99)).toEqual({ epoch: -1, endOffset: -1 });
});

test('the epoch at an offset', () => {
  const cache = cacheOf([
    [2, 10],
    [4, 20],
  ]);
  expect([9, 10, 19, 20, 1000].map((offset) => cache.epochAt(offset))).toEqual([
    undefined,
    2,
    2,
    4,
    4,
  ]);
});

test.each`
  offset | end                            | start
  ${0}   | ${[]}                          | ${[[2, 10], [4, 20], [5, 30]]}
  ${10}  | ${[]}                          | ${[[2, 10], [4, 20], [5, 30]]}
  ${11}  | ${[[2, 10]]}                   | ${[[2, 11], [4, 20], [5, 30]]}
  ${20}  | ${[[2, 10]]}                   | ${[[4, 20], [5, 30]]}
  ${25}  | ${[[2, 10], [4, 20]]}          | ${[[4, 25], [5, 30]]}
  ${50}  | ${[[2, 10], [4, 20], [5, 30]]} | ${[[5, 50]]}
`(
  'truncated at $offset',
  ({ offset, end, start }: { offset: number; end: Start[]; start: Start[] }) => {
    const cut = cacheOf([
      [2, 10],
      [4, 20],
      [5, 30],
    ]);
    cut.truncateFromEnd(offset);
    expect(startsOf(cut)).toEqual(end);
    rmSync(path);
    const begun = cacheOf([
      [2, 10],
      [4, 20],
      [5, 30],
    ]);
    begun.truncateFromStart(offset);
    expect(startsOf(begun)).toEqual(start);
    expect(startsOf(LeaderEpochCache.open(files, path))).toEqual(start);
  },
);

test('a malformed file is refused', () => {
  writeFileSync(path, '0\n2\n0 0\n');
  expect(() => LeaderEpochCache.open(files, path)).toThrow(CheckpointError);
});

import { readFileSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

import {
  baseOffsetOf,
  batchSizeAt,
  hasDeleteHorizon,
  lastOffsetOf,
  producerIdOf,
  recordCountOf,
} from '../../../src/protocol/records/batch';
import type { CompressionCodec } from '../../../src/protocol/records/batch';
import { buildMarkerBatch } from '../../../src/protocol/records/markers';
import type { Log } from '../../../src/storage/log';
import type { LogManager } from '../../../src/storage/log-manager';
import type { LogConfig } from '../../../src/storage/types';
import { FaultyFiles } from '../../builders/faulty-files';
import {
  SOME_TIME,
  StorageFixture,
  aBatch,
  append,
  readAll,
  settled,
  summary,
} from '../../builders/storage';
import type { ReadRecord, StorageOptions } from '../../builders/storage';

let fixture: StorageFixture;
let faulty: FaultyFiles;
let manager: LogManager;

const COMPACTED: Partial<LogConfig> = {
  'cleanup.policy': ['compact'],
  'segment.bytes': 250,
  'min.cleanable.dirty.ratio': 0.01,
  'delete.retention.ms': 10_000,
  'index.interval.bytes': 100,
};
const BACKOFF_MS = 15_000;

async function use(config: Partial<LogConfig> = {}, options: StorageOptions = {}): Promise<Log> {
  faulty = new FaultyFiles();
  fixture = new StorageFixture({
    ...options,
    config: { ...COMPACTED, ...config },
    platform: { files: faulty.files },
  });
  manager = await fixture.start();
  return fixture.log(manager);
}
afterEach(() => fixture.end());

function put(
  log: Log,
  key: string,
  value: string | null,
  fields: Parameters<typeof aBatch>[1] = {},
): void {
  append(fixture, log, aBatch([{ key, value, timestamp: SOME_TIME }], fields));
  log.updateHighWatermark(log.logEndOffset);
}

/** Fills the active segment, so that all before it can be compacted. */
function roll(log: Log): void {
  put(log, 'roll', 'x'.repeat(150));
}

const cleanerOffsets = (): string =>
  readFileSync(join(fixture.directory, 'cleaner-offset-checkpoint'), 'utf8');

/** Lets a run that had nothing to do end, so that the next one is timed. */
async function idle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Lets the cleaner have its turn and waits until it is done. */
async function clean(log: Log, upTo = log.segments.active.baseOffset): Promise<void> {
  await idle();
  fixture.clock.advance(BACKOFF_MS);
  await settled(() => expect(cleanerOffsets()).toBe(`0\n1\ntopic 0 ${String(upTo)}\n`));
}

async function keysOf(log: Log): Promise<string[]> {
  return (await readAll(log))
    .filter(({ key }) => key !== 'roll')
    .map(({ offset, key, value }) => `${String(offset)}:${String(key)}=${String(value)}`);
}

/** Headers of all batches of the closed segments. */
function batchesOf(
  log: Log,
): { base: number; last: number; count: number; hasHorizon: boolean; producerId: number }[] {
  return log.segments.all.flatMap((segment) => {
    const bytes = readFileSync(segment.log.path);
    const found = [];
    for (let at = 0; at < bytes.length; at += batchSizeAt(bytes, at)) {
      found.push({
        base: baseOffsetOf(bytes, at),
        last: lastOffsetOf(bytes, at),
        count: recordCountOf(bytes, at),
        hasHorizon: hasDeleteHorizon(bytes, at),
        producerId: producerIdOf(bytes, at),
      });
    }
    return found;
  });
}

test('the last value of each key stays, at its old offset', async () => {
  const log = await use();
  for (const [key, value] of [
    ['a', '1'],
    ['b', '1'],
    ['a', '2'],
    ['c', '1'],
    ['b', '2'],
    ['a', '3'],
  ] as const)
    put(log, key, value);
  roll(log);
  const before = log.sizeBytes;
  await clean(log);
  expect(await keysOf(log)).toEqual(['3:c=1', '4:b=2', '5:a=3']);
  expect(log.sizeBytes).toBeLessThan(before);
  expect(summary(log)).toMatchObject({ logStartOffset: 0, logEndOffset: 7 });
  for (let offset = 0; offset < 7; offset++) {
    const read = await log.read({ offset, maxBytes: 1, upTo: 7, minOneBatch: true });
    expect(lastOffsetOf(Buffer.concat(read.buffers), 0)).toBeGreaterThanOrEqual(offset);
    read.release();
  }
  await manager.stop();
  manager = await fixture.start();
  expect(await keysOf(fixture.log(manager))).toEqual(['3:c=1', '4:b=2', '5:a=3']);
});

test.each<CompressionCodec>(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
  'records leave a batch of codec %s one by one',
  async (codec) => {
    const log = await use();
    const batch = aBatch(
      ['a', 'b', 'c', 'd'].map((key, i) => ({ key, value: `${key}1`, timestamp: SOME_TIME + i })),
      { codec },
    );
    append(fixture, log, batch);
    put(log, 'b', 'b2');
    put(log, 'd', 'd2');
    roll(log);
    await clean(log);
    expect(await keysOf(log)).toEqual(['0:a=a1', '2:c=c1', '4:b=b2', '5:d=d2']);
    expect(batchesOf(log)[0]).toMatchObject({ base: 0, last: 3, count: 2 });
    expect(await log.offsetForTimestamp(SOME_TIME + 1)).toMatchObject({
      offset: 2,
      timestamp: SOME_TIME + 2,
    });
  },
);

test('the active segment and what is not replicated stay as they are', async () => {
  const log = await use();
  for (let i = 0; i < 6; i++) append(fixture, log, aBatch([{ key: 'a', value: String(i) }]));
  roll(log);
  log.updateHighWatermark(4);
  expect(log.segmentBaseOffsets()).toEqual([0, 3, 6]);
  // Offset 4 lies in the midst of a segment, which is left alone as a whole.
  await clean(log, 3);
  expect(await keysOf(log)).toEqual(['2:a=2', '3:a=3', '4:a=4', '5:a=5']);
});

test('segments that have become small become one, within the limit', async () => {
  const log = await use();
  for (let i = 0; i < 12; i++) put(log, i % 4 === 3 ? `kept ${String(i)}` : 'a', 'v');
  roll(log);
  await clean(log);
  expect(log.segmentBaseOffsets()).toEqual([0, 3, 6, 9, 12]);
  put(log, 'a', 'more');
  roll(log);
  await clean(log);
  expect(log.segmentBaseOffsets()).toEqual([0, 9, 12, 13, 14]);
  expect(log.segments.all.every(({ sizeBytes }) => sizeBytes <= 250)).toBe(true);
  expect(await keysOf(log)).toEqual(['3:kept 3=v', '7:kept 7=v', '11:kept 11=v', '13:a=more']);
});

test('a tombstone removes its key, and goes itself after delete.retention.ms', async () => {
  const log = await use();
  put(log, 'a', '1');
  put(log, 'a', null);
  put(log, 'b', '1');
  roll(log);
  await clean(log);
  expect(await keysOf(log)).toEqual(['1:a=null', '2:b=1']);
  expect(batchesOf(log)[0]).toMatchObject({ base: 1, hasHorizon: true });
  put(log, 'c', '1');
  roll(log);
  await clean(log);
  expect(await keysOf(log)).toEqual(['2:b=1', '4:c=1']);
});

test('the tombstone keeps its key, time and offset while it waits', async () => {
  const log = await use({ 'delete.retention.ms': 1e9 });
  append(
    fixture,
    log,
    aBatch([
      { key: 'x', value: 'kept', timestamp: SOME_TIME + 7 },
      { key: 'a', value: null, timestamp: SOME_TIME + 3 },
    ]),
  );
  log.updateHighWatermark(2);
  roll(log);
  for (let round = 0; round < 3; round++) {
    await clean(log);
    expect((await keysOf(log)).slice(0, 2)).toEqual(['0:x=kept', '1:a=null']);
    expect(await log.maxTimestampOffset()).toMatchObject({ offset: 0, timestamp: SOME_TIME + 7 });
    put(log, 'b', String(round));
    roll(log);
  }
});

test('a producer keeps its last batch, if emptied, so that its sequence is known', async () => {
  const log = await use();
  const producer = { producerId: 5, producerEpoch: 0 };
  put(log, 'a', '1', { ...producer, baseSequence: 0 });
  put(log, 'a', '2', { ...producer, baseSequence: 1 });
  put(log, 'a', '3');
  put(log, 'b', '1');
  roll(log);
  await clean(log);
  expect(await keysOf(log)).toEqual(['2:a=3', '3:b=1']);
  expect(batchesOf(log)[0]).toMatchObject({ base: 1, last: 1, count: 0, producerId: 5 });
  manager.abandon();
  manager = await fixture.start();
  const again = fixture.log(manager);
  put(again, 'a', '4', { ...producer, baseSequence: 2 });
  expect(again.producers.get(5)?.lastSequence).toBe(2);
});

describe('transactions', () => {
  const inTransaction = (
    producerId: number,
    baseSequence: number,
  ): Parameters<typeof aBatch>[1] => ({
    producerId,
    producerEpoch: 0,
    baseSequence,
    isTransactional: true,
  });
  function end(log: Log, producerId: number, type: 'abort' | 'commit'): void {
    const marker = buildMarkerBatch({
      type,
      coordinatorEpoch: 0,
      producerId,
      producerEpoch: 0,
      timestamp: SOME_TIME,
    });
    log.appendAsLeader(marker, { leaderEpoch: 0, origin: 'coordinator' });
    fixture.clock.endTick();
    log.updateHighWatermark(log.logEndOffset);
  }
  const dataOf = async (log: Log): Promise<string[]> =>
    (await keysOf(log)).filter((line) => /=(v|null)/.test(line));

  test('aborted values neither stay nor supersede others', async () => {
    const log = await use();
    put(log, 'a', 'v1');
    put(log, 'a', 'v2', inTransaction(5, 0));
    put(log, 'b', 'v1', inTransaction(6, 0));
    end(log, 5, 'abort');
    end(log, 6, 'commit');
    put(log, 'c', 'v1');
    roll(log);
    await clean(log);
    expect(await dataOf(log)).toEqual(['0:a=v1', '2:b=v1', '5:c=v1']);
    expect(log.abortedTransactions(0, 100)).toEqual([
      { producerId: 5, firstOffset: 1, lastOffset: 3, lastStableOffset: 2 },
    ]);
  });

  test('markers go when their data is gone and delete.retention.ms has passed', async () => {
    const log = await use();
    const marks = (): number[] =>
      batchesOf(log)
        .filter(({ producerId, count }) => producerId === 6 && count > 0)
        .map(({ base }) => base);
    put(log, 'b', 'v1', inTransaction(6, 0));
    end(log, 6, 'commit');
    // The producer's last batch is a later one, so nothing keeps these for its sequence.
    put(log, 'd', 'v1', inTransaction(6, 1));
    end(log, 6, 'commit');
    put(log, 'b', 'v2');
    roll(log);
    await clean(log);
    expect(marks()).toEqual([1, 2, 3]);
    put(log, 'e', 'v');
    roll(log);
    await clean(log);
    put(log, 'f', 'v');
    roll(log);
    await clean(log);
    expect(marks()).toEqual([2, 3]);
    expect(await dataOf(log)).toEqual(expect.arrayContaining(['2:d=v1', '4:b=v2']));
  });

  test('nothing is compacted from an open transaction on', async () => {
    const log = await use();
    for (const value of ['v1', 'v2', 'v3']) put(log, 'a', value);
    put(log, 'a', 'v4');
    put(log, 'z', 'v1', inTransaction(5, 0));
    put(log, 'b', 'v1');
    roll(log);
    expect(log.segmentBaseOffsets()).toEqual([0, 3, 6]);
    await clean(log, 3);
    expect(await dataOf(log)).toEqual(['2:a=v3', '3:a=v4', '4:z=v1', '5:b=v1']);
  });
});

describe('what is compacted', () => {
  test.each`
    config                                   | advanceMs | isCompacted | because
    ${{ 'min.cleanable.dirty.ratio': 0.99 }} | ${0}      | ${true}     | ${'a log never compacted is all dirty'}
    ${{ 'cleanup.policy': ['delete'] }}      | ${0}      | ${false}    | ${'its policy is not to compact'}
    ${{ 'min.compaction.lag.ms': 60_000 }}   | ${0}      | ${false}    | ${'the records are too young'}
    ${{ 'min.compaction.lag.ms': 60_000 }}   | ${60_001} | ${true}     | ${'the records are old enough'}
  `(
    '$config after $advanceMs ms: $isCompacted, because $because',
    async ({
      config,
      advanceMs,
      isCompacted,
    }: {
      config: Partial<LogConfig>;
      advanceMs: number;
      isCompacted: boolean;
    }) => {
      const log = await use(config);
      for (let i = 0; i < 6; i++) put(log, 'a', String(i));
      roll(log);
      fixture.clock.advance(advanceMs);
      if (isCompacted) {
        await clean(log);
        return;
      }
      fixture.clock.advance(BACKOFF_MS);
      await new Promise((resolve) => setImmediate(resolve));
      expect(await keysOf(log)).toHaveLength(6);
    },
  );

  test('a log with few dirty bytes waits, but not longer than max.compaction.lag.ms', async () => {
    const log = await use({ 'min.cleanable.dirty.ratio': 0.5, 'max.compaction.lag.ms': 100_000 });
    for (let i = 0; i < 10; i++) put(log, `kept ${String(i)}`, '1');
    await clean(log);
    const upTo = log.segments.active.baseOffset;
    for (let i = 0; i < 3; i++) put(log, 'a', String(i));
    fixture.clock.advance(BACKOFF_MS);
    await new Promise((resolve) => setImmediate(resolve));
    expect(cleanerOffsets()).toContain(` ${String(upTo)}\n`);
    fixture.clock.advance(100_000);
    await clean(log);
  });

  test('as many keys as fit into the map, then the rest', async () => {
    const log = await use({}, { values: { 'log.cleaner.dedupe.buffer.size': 24 * 4 } });
    for (let round = 0; round < 2; round++)
      for (let i = 0; i < 9; i++) put(log, `key ${String(i)}`, String(round));
    roll(log);
    await clean(log);
    const records = (await readAll(log)).filter(({ key }) => key !== 'roll');
    expect(new Set(records.map(({ key }) => key)).size).toBe(9);
    for (let i = 0; i < 9; i++)
      expect(records.findLast(({ key }) => key === `key ${String(i)}`)?.value).toBe('1');
  });

  test('the segment keeps the time of the last one it was made from', async () => {
    const log = await use();
    for (let i = 0; i < 5; i++) put(log, 'a', String(i));
    roll(log);
    for (const segment of log.segments.all)
      utimesSync(segment.log.path, 1_600_000_000, 1_600_000_000);
    await clean(log);
    expect(statSync(log.segments.first.log.path).mtimeMs).toBe(1_600_000_000_000);
  });

  test('a damaged log is left alone, others are not', async () => {
    const log = await use();
    const other = fixture.log(manager, 'other');
    for (let i = 0; i < 6; i++) {
      put(log, 'a', String(i));
      put(other, 'a', String(i));
    }
    roll(log);
    roll(other);
    log.segments.first.log.file.writeSync([Buffer.from('garbage')], 16);
    fixture.clock.advance(BACKOFF_MS);
    await settled(() =>
      expect(cleanerOffsets()).toBe(`0\n1\nother 0 ${String(other.segments.active.baseOffset)}\n`),
    );
    expect(manager.offlineDirs).toEqual([]);
  });

  test('a truncation takes the compacted part back', async () => {
    const log = await use();
    for (let i = 0; i < 6; i++) put(log, 'a', String(i));
    roll(log);
    await clean(log);
    log.truncateTo(3);
    await settled(() => expect(cleanerOffsets()).toBe('0\n1\ntopic 0 3\n'));
    for (let i = 0; i < 6; i++) put(log, 'a', `again ${String(i)}`);
    roll(log);
    await clean(log);
    expect(await keysOf(log)).toEqual(['8:a=again 5']);
  });
});

/** The latest value of each key. */
function latestOf(records: readonly ReadRecord[]): Map<string | null, string | null> {
  const latest = new Map(records.map(({ key, value }) => [key, value]));
  for (const [key, value] of latest) if (value === null) latest.delete(key);
  return latest;
}

const CHANGING = new Set([
  'write',
  'writeSync',
  'syncDirectory',
  'truncateSync',
  'renameSync',
  'removeSync',
  'sync',
  'setModifiedSync',
  'openSync',
  'syncDirectorySync',
  'replaceFileSync',
]);

test('a crash at any step of a compaction loses nothing and leaves nothing half done', async () => {
  let steps = 0;
  for (let crashAt = 1; ; crashAt++) {
    const log = await use({ 'delete.retention.ms': 0 });
    for (let i = 0; i < 9; i++) {
      const fields = { producerId: 5, producerEpoch: 0, baseSequence: i };
      const value = i === 7 ? null : String(i);
      const batch = aBatch([{ key: `key ${String(i % 3)}`, value, timestamp: SOME_TIME }], fields);
      append(fixture, log, batch, Math.floor(i / 4));
    }
    append(fixture, log, aBatch([{ key: 'roll', value: 'x'.repeat(150) }]), 2);
    log.updateHighWatermark(log.logEndOffset);
    const expected = latestOf(await readAll(log));
    const epochs = [0, 1, 2].map((epoch) => log.endOffsetForEpoch(epoch));
    let operations = 0;
    let isDead = false;
    faulty.fault = (operation) => {
      if (CHANGING.has(operation)) operations++;
      isDead ||= operations === crashAt;
      return isDead && operation !== 'closeSync';
    };
    fixture.clock.advance(BACKOFF_MS);
    await settled(() =>
      expect(isDead || readdirSync(fixture.directory).includes('cleaner-offset-checkpoint')).toBe(
        true,
      ),
    );
    const hasCrashed = isDead;
    await settled(() => expect(!hasCrashed || log.isOffline).toBe(true));
    faulty.fault = () => false;
    manager.abandon();
    manager = await fixture.start();
    const again = fixture.log(manager);
    expect(latestOf(await readAll(again))).toEqual(expected);
    expect(summary(again).logEndOffset).toBe(10);
    expect([0, 1, 2].map((epoch) => again.endOffsetForEpoch(epoch))).toEqual(epochs);
    expect(again.producers.get(5)?.lastSequence).toBe(8);
    again.updateHighWatermark(10);
    const names = readdirSync(join(fixture.directory, 'topic-0'));
    expect(names.filter((name) => /cleaned|swap/.test(name))).toEqual([]);
    fixture.clock.advance(BACKOFF_MS);
    await settled(() =>
      expect(cleanerOffsets()).toBe(`0\n1\ntopic 0 ${String(again.segments.active.baseOffset)}\n`),
    );
    expect(latestOf(await readAll(again))).toEqual(expected);
    if (!hasCrashed) break;
    steps = crashAt;
    fixture.end();
  }
  expect(steps).toBeGreaterThan(20);
});

import { existsSync, readFileSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

import { patchBaseOffset, patchCrc } from '../../src/protocol/records/batch';
import { buildMarkerBatch } from '../../src/protocol/records/markers';
import type { Log } from '../../src/storage/log';
import type { LogManager } from '../../src/storage/log-manager';
import { countDeletable } from '../../src/storage/retention';
import type { LogConfig } from '../../src/storage/types';
import {
  SOME_TIME,
  StorageFixture,
  aBatch,
  append,
  readAll,
  settled,
  summary,
} from '../builders/storage';

/** Where a batch has its base timestamp and its largest one. */
const TIMESTAMP_FIELDS = [27, 35];

let fixture: StorageFixture;
let manager: LogManager;

beforeEach(async () => {
  fixture = new StorageFixture();
  manager = await fixture.start();
});
afterEach(() => fixture.end());

function aLog(config: Partial<LogConfig> = {}): Log {
  const creation = { topicId: undefined, isNew: true, config: fixture.config(config) };
  return manager.getOrCreate({ topic: 'topic', partition: 0 }, creation);
}

const folder = (): string => join(fixture.directory, 'topic-0');
const fileOf = (base: number, suffix = '.log'): string =>
  join(folder(), String(base).padStart(20, '0') + suffix);

/** A batch of 100 bytes with one record, at a time after `SOME_TIME`. */
function at(ms: number): Buffer {
  return aBatch([{ key: 'k', value: 'x'.repeat(31), timestamp: SOME_TIME + ms }]);
}

describe('index files', () => {
  test('have an entry for a batch after every index.interval.bytes', async () => {
    const log = aLog({ 'index.interval.bytes': 150 });
    const size = at(0).length;
    expect(size).toBe(100);
    for (const ms of [5, 9, 3, 20, 20, 7]) append(fixture, log, at(ms));
    await manager.stop();
    // Entries stand for the batches before which more than 150 bytes had come since the last entry.
    expect(readFileSync(fileOf(0, '.index')).toString('hex')).toBe(
      ['00000002', '000000c8', '00000004', '00000190'].join(''),
    );
    const time = (ms: number): string => (SOME_TIME + ms).toString(16).padStart(16, '0');
    expect(readFileSync(fileOf(0, '.timeindex')).toString('hex')).toBe(
      [time(9), '00000001', time(20), '00000003'].join(''),
    );
  });

  test('a rolled segment has a last time index entry', () => {
    const log = aLog({ 'segment.bytes': 250 });
    for (const ms of [5, 9, 3]) append(fixture, log, at(ms));
    const time = (SOME_TIME + 9).toString(16).padStart(16, '0');
    expect(readFileSync(fileOf(0, '.timeindex')).toString('hex')).toBe(`${time}00000001`);
    expect(readFileSync(fileOf(0, '.index'))).toHaveLength(0);
  });

  test('an abort marker makes a transaction index of 34 bytes an entry', () => {
    const log = aLog();
    const producer = { producerId: 7, producerEpoch: 0, isTransactional: true };
    append(fixture, log, at(0));
    expect(existsSync(fileOf(0, '.txnindex'))).toBe(false);
    append(fixture, log, aBatch(['a'], { ...producer, baseSequence: 0 }));
    const marker = buildMarkerBatch({
      type: 'abort',
      coordinatorEpoch: 0,
      producerId: 7,
      producerEpoch: 0,
      timestamp: 1,
    });
    log.appendAsLeader(marker, { leaderEpoch: 0, origin: 'coordinator' });
    const int64 = (value: number): string => value.toString(16).padStart(16, '0');
    expect(readFileSync(fileOf(0, '.txnindex')).toString('hex')).toBe(
      ['0000', int64(7), int64(1), int64(2), int64(3)].join(''),
    );
    expect(log.lastStableOffset).toBe(0);
    log.updateHighWatermark(2);
    expect(log.lastStableOffset).toBe(1);
    log.updateHighWatermark(3);
    expect(log.lastStableOffset).toBe(3);
  });
});

describe('a segment is rolled', () => {
  const bases = (log: Log): number[] => [...log.segmentBaseOffsets()];

  test('before it would exceed segment.bytes', () => {
    const log = aLog({ 'segment.bytes': 250 });
    for (let i = 0; i < 5; i++) append(fixture, log, at(i));
    expect(bases(log)).toEqual([0, 2, 4]);
    expect(existsSync(fileOf(2, '.snapshot'))).toBe(true);
    expect(existsSync(fileOf(4, '.snapshot'))).toBe(true);
  });

  test('when timestamps span more than segment.ms', () => {
    const log = aLog({ 'segment.ms': 1000 });
    for (const ms of [0, 1000, 1001, 500, 2001, 2002]) append(fixture, log, at(ms));
    expect(bases(log)).toEqual([0, 2, 5]);
  });

  test.each`
    policy                   | lagMs   | rolls    | because
    ${['compact']}           | ${1000} | ${true}  | ${'what is in the active segment is not compacted'}
    ${['compact', 'delete']} | ${1000} | ${true}  | ${'it is compacted, too'}
    ${['compact']}           | ${5000} | ${false} | ${'there is time'}
    ${['delete']}            | ${1000} | ${false} | ${'it is never compacted'}
  `(
    'after max.compaction.lag.ms of $lagMs with policy $policy: $rolls, because $because',
    ({
      policy,
      lagMs,
      rolls,
    }: {
      policy: LogConfig['cleanup.policy'];
      lagMs: number;
      rolls: boolean;
    }) => {
      const log = aLog({ 'cleanup.policy': policy, 'max.compaction.lag.ms': lagMs });
      for (const ms of [0, 2000]) append(fixture, log, at(ms));
      expect(bases(log)).toEqual(rolls ? [0, 1] : [0]);
    },
  );

  test('when it is older than segment.ms and records have no timestamps', () => {
    const log = aLog({ 'segment.ms': 1000 });
    const timeless = aBatch([{ value: 'x', timestamp: -1 }]);
    append(fixture, log, timeless);
    fixture.clock.advance(1000);
    append(fixture, log, timeless);
    fixture.clock.advance(1);
    append(fixture, log, timeless);
    expect(bases(log)).toEqual([0, 2]);
  });

  test('up to segment.jitter.ms earlier', async () => {
    fixture.end();
    fixture = new StorageFixture({
      platform: {
        random: { below: (limit) => limit - 1, bytes: (count) => Buffer.alloc(count, 1) },
      },
    });
    manager = await fixture.start();
    const log = aLog({ 'segment.ms': 1000, 'segment.jitter.ms': 400 });
    for (const ms of [0, 601, 602]) append(fixture, log, at(ms));
    expect(bases(log)).toEqual([0, 2]);
  });

  test('when an index is full', () => {
    const log = aLog({ 'segment.index.bytes': 30, 'index.interval.bytes': 0 });
    for (let i = 0; i < 10; i++) append(fixture, log, at(i));
    // Two time index entries less the one kept free: the second batch makes the first entry.
    expect(bases(log)).toEqual([0, 2, 4, 6, 8]);
  });

  test('when offsets would not fit its indexes', () => {
    const log = aLog();
    log.appendAsFollower(aBatch(['a'], { baseOffset: 0, leaderEpoch: 0 }));
    log.appendAsFollower(aBatch(['b'], { baseOffset: 2 ** 31 - 1, leaderEpoch: 0 }));
    log.appendAsFollower(aBatch(['c'], { baseOffset: 2 ** 31, leaderEpoch: 0 }));
    fixture.clock.endTick();
    expect(bases(log)).toEqual([0, 2 ** 31]);
  });

  test('in the midst of a tick, keeping the order of writes', async () => {
    const log = aLog({ 'segment.bytes': 250 });
    for (let i = 0; i < 5; i++) log.appendAsLeader(at(i), { leaderEpoch: 0, origin: 'client' });
    expect(log.writtenEndOffset).toBe(0);
    fixture.clock.endTick();
    expect(await readAll(log)).toHaveLength(5);
    expect(readFileSync(fileOf(0))).toHaveLength(200);
    expect(readFileSync(fileOf(4))).toHaveLength(100);
  });

  test('and what came before it goes to the device', async () => {
    const log = aLog({ 'segment.bytes': 250 });
    for (let i = 0; i < 3; i++) append(fixture, log, at(i));
    await log.flush();
    expect(log.recoveryPoint).toBe(3);
  });
});

describe('retention', () => {
  /** Segments of two records of 100 bytes, ten seconds between records; the last segment has one. */
  function grown(config: Partial<LogConfig>, count = 7): Log {
    const log = aLog({ 'segment.bytes': 250, ...config });
    for (let i = 0; i < count; i++) append(fixture, log, at(i * 10_000));
    log.updateHighWatermark(count);
    return log;
  }

  test.each`
    config                                                                 | nowMs        | expected | because
    ${{}}                                                                  | ${100_000}   | ${0}     | ${'nothing is old after 100 s of seven days'}
    ${{ 'retention.ms': 60_000 }}                                          | ${70_000}    | ${0}     | ${'the first segment is exactly as old as allowed'}
    ${{ 'retention.ms': 60_000 }}                                          | ${70_001}    | ${1}     | ${'the largest timestamp of the first segment is too old'}
    ${{ 'retention.ms': 60_000 }}                                          | ${1_000_000} | ${4}     | ${'all are too old, the active one too'}
    ${{ 'retention.ms': -1 }}                                              | ${1e12}      | ${0}     | ${'time does not matter'}
    ${{ 'retention.bytes': 700 }}                                          | ${0}         | ${0}     | ${'the limit is not exceeded'}
    ${{ 'retention.bytes': 501 }}                                          | ${0}         | ${0}     | ${'less than the limit would be left'}
    ${{ 'retention.bytes': 500 }}                                          | ${0}         | ${1}     | ${'the limit would still be kept'}
    ${{ 'retention.bytes': 0 }}                                            | ${0}         | ${4}     | ${'nothing may be kept'}
    ${{ 'retention.bytes': 0, 'cleanup.policy': ['compact'] }}             | ${0}         | ${0}     | ${'a compacted log is not deleted'}
    ${{ 'retention.bytes': 500, 'cleanup.policy': ['compact', 'delete'] }} | ${0}         | ${1}     | ${'it is deleted too'}
  `(
    '$expected segments of $config may go: $because',
    ({
      config,
      nowMs,
      expected,
    }: {
      config: Partial<LogConfig>;
      nowMs: number;
      expected: number;
    }) => {
      const log = grown(config);
      expect(log.segments.all).toHaveLength(4);
      expect(countDeletable(log, SOME_TIME + nowMs)).toBe(expected);
    },
  );

  test('only what is replicated may go', () => {
    const log = grown({ 'retention.bytes': 0 });
    log.updateHighWatermark(0);
    expect(countDeletable(log, SOME_TIME)).toBe(0);
    const lower = grown({ 'retention.bytes': 0 }, 0);
    expect(lower).toBe(log);
    log.updateHighWatermark(5);
    expect(countDeletable(log, SOME_TIME)).toBe(2);
  });

  test('what lies below the log start may go, compacted or not', () => {
    const log = grown({ 'cleanup.policy': ['compact'] });
    log.raiseLogStart(3);
    expect(countDeletable(log, SOME_TIME)).toBe(1);
    log.raiseLogStart(4);
    expect(countDeletable(log, SOME_TIME)).toBe(2);
    expect(() => log.raiseLogStart(8)).toThrow(
      expect.objectContaining({ errorName: 'OFFSET_OUT_OF_RANGE' }),
    );
    log.raiseLogStart(7);
    expect(countDeletable(log, SOME_TIME)).toBe(3);
  });

  test('records without timestamps are as old as their file', () => {
    const log = aLog({ 'segment.bytes': 250, 'retention.ms': 60_000 });
    for (let i = 0; i < 3; i++)
      append(fixture, log, aBatch([{ value: 'x'.repeat(30), timestamp: -1 }]));
    log.updateHighWatermark(3);
    utimesSync(fileOf(0), SOME_TIME / 1000, SOME_TIME / 1000);
    expect(countDeletable(log, SOME_TIME + 60_000)).toBe(0);
    expect(countDeletable(log, SOME_TIME + 60_001)).toBe(1);
  });

  test('runs, moves the log start and removes the files after a delay', async () => {
    const log = grown({ 'retention.bytes': 300, 'file.delete.delay.ms': 1000 });
    fixture.clock.advance(30_000);
    expect(summary(log)).toMatchObject({ logStartOffset: 4, logEndOffset: 7 });
    expect(log.segmentBaseOffsets()).toEqual([4, 6]);
    expect(existsSync(fileOf(2))).toBe(false);
    expect(readdirSync(folder()).filter((name) => name.endsWith('.deleted'))).toHaveLength(7);
    expect(() => log.read({ offset: 3, maxBytes: 1, upTo: 7, minOneBatch: true })).toThrow(
      'is not within',
    );
    fixture.clock.advance(1000);
    const deleted = (): string[] =>
      readdirSync(folder()).filter((name) => name.endsWith('.deleted'));
    await settled(() => expect(deleted()).toEqual([]));
    expect(existsSync(fileOf(2, '.snapshot'))).toBe(false);
    expect(existsSync(fileOf(4, '.snapshot'))).toBe(true);
  });

  test('an emptied log begins a new segment at its end', async () => {
    const log = grown({ 'retention.bytes': 0 });
    log.removeOldest(countDeletable(log, SOME_TIME));
    expect(summary(log)).toMatchObject({ logStartOffset: 7, logEndOffset: 7, sizeBytes: 0 });
    append(fixture, log, at(0));
    expect(await readAll(log)).toMatchObject([{ offset: 7 }]);
    await manager.stop();
    manager = await fixture.start();
    expect(summary(manager.get({ topic: 'topic', partition: 0 }))).toMatchObject({
      logStartOffset: 7,
      logEndOffset: 8,
    });
  });

  test('a raised log start survives an orderly stop', async () => {
    grown({}).raiseLogStart(3);
    await manager.stop();
    expect(readFileSync(join(fixture.directory, 'log-start-offset-checkpoint'), 'utf8')).toBe(
      '0\n1\ntopic 0 3\n',
    );
    manager = await fixture.start();
    expect(manager.get({ topic: 'topic', partition: 0 })?.logStartOffset).toBe(3);
  });
});

describe('truncation', () => {
  const producer = (sequence: number): Buffer =>
    aBatch(['x'.repeat(30)], { producerId: 3, producerEpoch: 0, baseSequence: sequence });

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 9])(
    'to %i takes back records, epochs and sequences',
    async (offset) => {
      const log = aLog({ 'segment.bytes': 250, 'index.interval.bytes': 50 });
      for (let i = 0; i < 7; i++) append(fixture, log, producer(i), i);
      log.updateHighWatermark(7);
      log.truncateTo(offset);
      const end = Math.min(offset, 7);
      expect(summary(log)).toMatchObject({
        logEndOffset: end,
        highWatermark: end,
        writtenEndOffset: end,
        recoveryPoint: Math.min(log.recoveryPoint, end),
      });
      expect((await readAll(log)).map((record) => record.offset)).toEqual(
        Array.from({ length: end }, (_, i) => i),
      );
      expect(log.latestEpoch).toBe(end === 0 ? undefined : end - 1);
      expect(log.producers.get(3)?.lastSequence).toBe(end === 0 ? undefined : end - 1);
      append(fixture, log, producer(end), 9);
      expect(log.logEndOffset).toBe(end + 1);
      await manager.stop();
      manager = await fixture.start({ 'segment.bytes': 250 });
      const again = manager.get({ topic: 'topic', partition: 0 });
      expect(again?.logEndOffset).toBe(end + 1);
      expect(again?.producers.get(3)?.lastSequence).toBe(end);
    },
  );

  test('of what is not written yet', async () => {
    const log = aLog();
    append(fixture, log, at(0));
    log.appendAsLeader(at(1), { leaderEpoch: 0, origin: 'client' });
    const written = log.written();
    log.truncateTo(1);
    log.appendAsLeader(at(2), { leaderEpoch: 0, origin: 'client' });
    fixture.clock.endTick();
    await written;
    expect(log.writtenEndOffset).toBe(2);
    expect(await readAll(log)).toHaveLength(2);
  });

  test('below the log start drops everything', () => {
    const log = aLog({ 'segment.bytes': 250 });
    for (let i = 0; i < 7; i++) append(fixture, log, at(i));
    log.updateHighWatermark(7);
    log.removeOldest(2);
    log.truncateTo(2);
    expect(summary(log)).toMatchObject({
      logStartOffset: 2,
      logEndOffset: 2,
      sizeBytes: 0,
      highWatermark: 2,
    });
  });

  test('a log that starts anew forgets all it knew', async () => {
    const log = aLog();
    append(fixture, log, producer(0), 4);
    log.truncateFullyAndStartAt(100);
    expect(summary(log)).toMatchObject({
      logStartOffset: 100,
      logEndOffset: 100,
      latestEpoch: undefined,
    });
    expect(log.producers.size).toBe(0);
    log.appendAsFollower(aBatch(['y'], { baseOffset: 105, leaderEpoch: 6 }));
    fixture.clock.endTick();
    expect(await readAll(log)).toMatchObject([{ offset: 105 }]);
    await manager.stop();
    manager = await fixture.start();
    expect(summary(manager.get({ topic: 'topic', partition: 0 }))).toMatchObject({
      logStartOffset: 100,
      logEndOffset: 106,
    });
  });
});

describe('by time', () => {
  test.each`
    timestamp | expected     | because
    ${0}      | ${[0, 10]}   | ${'the first record is later'}
    ${10}     | ${[0, 10]}   | ${'the first record has it'}
    ${11}     | ${[1, 30]}   | ${'the next one with a later time'}
    ${30}     | ${[1, 30]}   | ${'the first one of two'}
    ${31}     | ${[4, 40]}   | ${'inside of a batch'}
    ${41}     | ${[6, 60]}   | ${'in a later segment'}
    ${61}     | ${undefined} | ${'there is none'}
  `(
    '$timestamp is found at $expected: $because',
    async ({ timestamp, expected }: { timestamp: number; expected?: [number, number] }) => {
      const log = aLog({ 'segment.bytes': 300, 'index.interval.bytes': 0 });
      const batchOf = (...times: number[]): Buffer =>
        aBatch(times.map((ms) => ({ value: 'x'.repeat(30), timestamp: ms })));
      for (const batch of [batchOf(10), batchOf(30, 20), batchOf(30, 40, 35), batchOf(60)])
        append(fixture, log, batch, 2);
      expect(log.segments.all.length).toBeGreaterThan(1);
      const found = await log.offsetForTimestamp(timestamp);
      expect(found).toEqual(
        expected && { offset: expected[0], timestamp: expected[1], leaderEpoch: 2 },
      );
      expect(await log.maxTimestampOffset()).toEqual({ offset: 6, timestamp: 60, leaderEpoch: 2 });
    },
  );

  test('a time beyond 2^53, copied from a leader that takes it, is found as the latest of all', async () => {
    const log = aLog({ 'index.interval.bytes': 0 });
    append(fixture, log, aBatch([{ value: 'x', timestamp: 1000 }]));
    const batch = aBatch([{ value: 'y', timestamp: 0 }]);
    patchBaseOffset(batch, 0, 1);
    for (const field of TIMESTAMP_FIELDS) batch.writeBigInt64BE(1_795_444_142_638_000_001n, field);
    patchCrc(batch, 0);
    log.appendAsFollower(batch);
    fixture.clock.endTick();
    log.updateHighWatermark(2);
    const latest = { offset: 1, timestamp: Number.MAX_SAFE_INTEGER };
    expect(await log.offsetForTimestamp(1000)).toMatchObject({ offset: 0, timestamp: 1000 });
    expect(await log.offsetForTimestamp(1001)).toMatchObject(latest);
    expect(await log.offsetForTimestamp(Number.MAX_SAFE_INTEGER)).toMatchObject(latest);
    expect(await log.maxTimestampOffset()).toMatchObject(latest);
  });

  test('records below the log start are not found', async () => {
    const log = aLog();
    append(fixture, log, aBatch([10, 20, 30].map((timestamp) => ({ value: 'x', timestamp }))));
    log.updateHighWatermark(3);
    log.raiseLogStart(2);
    expect(await log.offsetForTimestamp(5)).toMatchObject({ offset: 2, timestamp: 30 });
  });

  test('an empty log has no record', async () => {
    expect(await aLog().offsetForTimestamp(0)).toBeUndefined();
    expect(await aLog().maxTimestampOffset()).toBeUndefined();
  });
});

/** How the cleaner goes about its work: several logs at a time, held back, given up, beside readers and retention. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { lastOffsetOf, patchCrc } from '../../../src/protocol/records/batch';
import type { CompressionCodec } from '../../../src/protocol/records/batch';
import type { Log } from '../../../src/storage/log';
import type { LogManager } from '../../../src/storage/log-manager';
import type { LogConfig, StorageValues } from '../../../src/storage/types';
import { FaultyFiles } from '../../builders/faulty-files';
import { ManualClock } from '../../builders/manual-clock';
import {
  SOME_TIME,
  StorageFixture,
  aBatch,
  append,
  readAll,
  recordsOf,
  settled,
} from '../../builders/storage';
import type { ValueRecord } from '../../builders/storage';

const BACKOFF_MS = 15_000;
const COMPACTED: Partial<LogConfig> = {
  'cleanup.policy': ['compact'],
  'segment.bytes': 250,
  'min.cleanable.dirty.ratio': 0.01,
  'index.interval.bytes': 100,
};

let fixture: StorageFixture;
let faulty: FaultyFiles;
let manager: LogManager;

async function use(
  values: Partial<StorageValues> = {},
  config: Partial<LogConfig> = {},
): Promise<void> {
  faulty = new FaultyFiles();
  fixture = new StorageFixture({
    config: { ...COMPACTED, ...config },
    values,
    platform: { files: faulty.files },
  });
  manager = await fixture.start();
}
afterEach(() => fixture.end());

/** A log of eight values, of one key if not said otherwise, and a last record that closes their segments. */
function aDirtyLog(topic: string, keyOf: (i: number) => string = () => 'a'): Log {
  const log = fixture.log(manager, topic);
  for (let i = 0; i < 8; i++) put(log, keyOf(i), String(i));
  put(log, 'last', 'x'.repeat(150));
  return log;
}

function put(log: Log, key: string, value: string | null): void {
  append(fixture, log, aBatch([{ key, value, timestamp: SOME_TIME }]));
  log.updateHighWatermark(log.logEndOffset);
}

/** Throws unless all but the active segment is compacted, as the checkpoint says. */
function expectCompacted(log: Log): void {
  const checkpoint = join(fixture.directory, 'cleaner-offset-checkpoint');
  const line = `${log.topic} 0 ${String(log.segments.active.baseOffset)}\n`;
  expect(readFileSync(checkpoint, 'utf8')).toContain(line);
}

async function keysOf(log: Log): Promise<string[]> {
  return (await readAll(log)).map(({ offset, key }) => `${String(offset)}:${String(key)}`);
}

/** Lets what was begun go on as far as it can without the clock. */
async function quiet(): Promise<void> {
  for (let last = -1; last !== faulty.operations.length;) {
    last = faulty.operations.length;
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

const readLogs = (): string[] =>
  ['one', 'two', 'three'].filter((topic) =>
    faulty.operations.some(
      (operation) => operation.startsWith('read ') && operation.includes(`/${topic}-0/`),
    ),
  );

test.each`
  threads | logs | because
  ${1}    | ${1} | ${'one cleaner takes one log after the other'}
  ${2}    | ${2} | ${'two cleaners take a log each'}
`(
  '$logs logs are read at a time with $threads threads, because $because',
  async ({ threads, logs }: { threads: number; logs: number }) => {
    await use({ 'log.cleaner.threads': threads, 'log.cleaner.io.max.bytes.per.second': 100 });
    const all = ['one', 'two', 'three'].map((topic) => aDirtyLog(topic));
    faulty.operations.length = 0;
    fixture.clock.advance(BACKOFF_MS);
    await settled(() => expect(readLogs()).toHaveLength(logs));
    await quiet();
    expect(readLogs()).toHaveLength(logs);
    await settled(() => {
      fixture.clock.advance(1000);
      for (const log of all) expectCompacted(log);
    });
    for (const log of all) expect(await keysOf(log)).toEqual(['7:a', '8:last']);
  },
);

test('a change of log.cleaner.threads is in force at the next round', async () => {
  await use({ 'log.cleaner.io.max.bytes.per.second': 100 });
  for (const topic of ['one', 'two', 'three']) aDirtyLog(topic);
  faulty.operations.length = 0;
  fixture.clock.advance(BACKOFF_MS);
  await settled(() => expect(readLogs()).toHaveLength(1));
  await quiet();
  expect(readLogs()).toHaveLength(1);
  fixture.values['log.cleaner.threads'] = 3;
  fixture.clock.advance(BACKOFF_MS);
  await settled(() => expect(readLogs()).toHaveLength(3));
});

test('a stop ends a cleaning that is held back, and the next start does it anew', async () => {
  await use({ 'log.cleaner.io.max.bytes.per.second': 1 });
  const log = aDirtyLog('one');
  fixture.clock.advance(BACKOFF_MS);
  await quiet();
  const before = log.segmentBaseOffsets();
  await manager.stop();
  fixture.values['log.cleaner.io.max.bytes.per.second'] = Number.MAX_VALUE;
  manager = await fixture.start();
  const again = fixture.log(manager, 'one');
  expect(again.segmentBaseOffsets()).toEqual(before);
  again.updateHighWatermark(again.logEndOffset);
  fixture.clock.advance(BACKOFF_MS);
  await settled(() => expectCompacted(again));
  expect(await keysOf(again)).toEqual(['7:a', '8:last']);
});

test('nothing is compacted while log.cleaner.enable is off', async () => {
  await use({ 'log.cleaner.enable': false });
  const log = aDirtyLog('one');
  fixture.clock.advance(10 * BACKOFF_MS);
  await quiet();
  expect(await keysOf(log)).toHaveLength(9);
});

test.each`
  change                                           | kept                                             | because
  ${(log: Log) => log.truncateTo(4)}               | ${['0:a', '1:a', '2:a', '3:a']}                  | ${'the log was cut under it'}
  ${(log: Log) => log.truncateFullyAndStartAt(20)} | ${[]}                                            | ${'the log began anew'}
  ${(log: Log) => log.removeOldest(1)}             | ${['3:a', '4:a', '5:a', '6:a', '7:a', '8:last']} | ${'a segment went'}
`(
  'a cleaning is given up and loses nothing when $because',
  async ({ change, kept }: { change: (log: Log) => void; kept: readonly string[] }) => {
    await use();
    const log = aDirtyLog('one');
    let isChanged = false;
    // Right before the new segment is synced, all has been read and written.
    faulty.fault = (operation, path) => {
      if (operation === 'sync' && path.endsWith('.cleaned') && !isChanged) {
        isChanged = true;
        change(log);
      }
      return false;
    };
    fixture.clock.advance(BACKOFF_MS);
    const isGivenUp = (): boolean =>
      faulty.operations.some((each) => /^removeSync .*\.txnindex\.cleaned$/.test(each));
    await settled(() => expect(isGivenUp()).toBe(true));
    expect(await keysOf(log)).toEqual(kept);
    expect(manager.offlineDirs).toEqual([]);
  },
);

/** Each segment keeps a record: an empty one is as old as its file, whose time is not the clock's. */
const keptInEach = (i: number): string => (i % 3 === 1 ? `kept ${String(i)}` : 'a');

test('retention leaves alone what is being compacted, and comes back to it', async () => {
  await use(
    { 'log.cleaner.io.max.bytes.per.second': 100, 'log.retention.check.interval.ms': 1000 },
    { 'cleanup.policy': ['compact', 'delete'], 'retention.ms': 60_000 },
  );
  const log = aDirtyLog('one', keptInEach);
  const before = log.segmentBaseOffsets();
  fixture.clock.advance(BACKOFF_MS);
  await settled(() => expect(readLogs()).toEqual(['one']));
  // The records are old enough to go now, and retention runs every second.
  fixture.clock.advance(100);
  expect(log.segmentBaseOffsets()).toEqual(before);
  await settled(() => {
    fixture.clock.advance(1000);
    expect(log.logStartOffset).toBe(9);
  });
});

test('compact,delete: what is past retention.ms goes with a round of the cleaner', async () => {
  await use(
    { 'log.retention.check.interval.ms': 1e9 },
    { 'cleanup.policy': ['compact', 'delete'], 'retention.ms': 60_000 },
  );
  const log = aDirtyLog('one', keptInEach);
  fixture.clock.advance(BACKOFF_MS);
  await settled(() => expectCompacted(log));
  expect(await keysOf(log)).toHaveLength(5);
  await settled(() => {
    fixture.clock.advance(BACKOFF_MS);
    expect(log.logStartOffset).toBe(9);
  });
  expect(fixture.clock.nowMs()).toBeLessThanOrEqual(SOME_TIME + 60_000 + 3 * BACKOFF_MS);
});

test('readers are served all the while', async () => {
  await use({ 'log.cleaner.io.max.bytes.per.second': 2000 }, { 'segment.bytes': 1000 });
  const log = fixture.log(manager, 'one');
  for (let i = 0; i < 100; i++) put(log, `key ${String(i % 7)}`, String(i));
  fixture.clock.advance(BACKOFF_MS);
  const compactedAt = log.segments.active.baseOffset;
  let rounds = 0;
  const isDone = (): boolean => existsSync(join(fixture.directory, 'cleaner-offset-checkpoint'));
  while (!isDone()) {
    let offset = 0;
    const values = new Map<string | null, string | null>();
    while (offset < log.logEndOffset) {
      const options = { offset, maxBytes: 300, upTo: log.logEndOffset, minOneBatch: true };
      const read = await log.read(options);
      const bytes = Buffer.concat(read.buffers);
      for (const each of recordsOf(read)) values.set(each.key, each.value);
      expect(lastOffsetOf(bytes, 0)).toBeGreaterThanOrEqual(offset);
      offset = (recordsOf(read).at(-1)?.offset ?? offset) + 1;
      read.release();
      fixture.clock.advance(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([...values.values()].map(Number).sort((a, b) => a - b)).toEqual([
      93, 94, 95, 96, 97, 98, 99,
    ]);
    rounds++;
  }
  expect(rounds).toBeGreaterThan(2);
  expect((await readAll(log)).filter(({ offset }) => offset < compactedAt).length).toBeLessThan(8);
});

describe('a damaged log is set aside as it is', () => {
  test.each`
    at    | what
    ${7}  | ${'base offset, which no checksum covers'}
    ${10} | ${'length'}
    ${16} | ${'magic'}
    ${18} | ${'checksum'}
    ${22} | ${'attributes'}
    ${26} | ${'last offset'}
    ${60} | ${'count of records'}
    ${67} | ${'key'}
  `('when a bit of the $what is flipped', async ({ at }: { at: number }) => {
    await use();
    const log = aDirtyLog('one');
    const other = aDirtyLog('two');
    const { path } = log.segments.first.log;
    const bytes = readFileSync(path);
    bytes[at] = (bytes[at] ?? 0) ^ 0x40;
    writeFileSync(path, bytes);
    const before = log.segmentBaseOffsets();
    fixture.clock.advance(BACKOFF_MS);
    await settled(() => expectCompacted(other));
    await quiet();
    expect(log.segmentBaseOffsets()).toEqual(before);
    expect(readFileSync(path)).toEqual(bytes);
    expect(manager.offlineDirs).toEqual([]);
  });
});

test('a file that fails while its log is compacted takes its directory offline, not the broker', async () => {
  await use();
  const log = aDirtyLog('one');
  faulty.fault = (operation, path) => operation === 'write' && path.endsWith('.cleaned');
  fixture.clock.advance(BACKOFF_MS);
  await settled(() => expect(manager.offlineDirs).toEqual([fixture.directory]));
  expect(log.isOffline).toBe(true);
});

test('a timestamp that no delete horizon can be reckoned from stays as it is', async () => {
  await use();
  const log = fixture.log(manager, 'one');
  const batch = aBatch([{ key: 'a', value: null }], { leaderEpoch: 0 });
  batch.writeBigInt64BE(2n ** 63n - 1n, 27);
  batch.writeBigInt64BE(2n ** 63n - 1n, 35);
  patchCrc(batch, 0);
  // A leader refuses such times now; an older one did not.
  log.appendAsFollower(batch);
  fixture.clock.endTick();
  for (let i = 0; i < 8; i++) put(log, 'b', String(i));
  put(log, 'last', 'x'.repeat(150));
  fixture.clock.advance(BACKOFF_MS);
  await settled(() => expectCompacted(log));
  expect(await keysOf(log)).toEqual(['0:a', '8:b', '9:last']);
  const stored = readFileSync(log.segments.first.log.path);
  expect(stored.subarray(21, 43)).toEqual(batch.subarray(21, 43));
});

/** Time passes whenever somebody looks, so all who mind the time rest as often as they can. */
class RestlessClock extends ManualClock {
  rests = 0;
  #lookedMs = 0;

  override monotonicMs(): number {
    return (this.#lookedMs += 5);
  }

  override callAtEndOfTick(task: () => void): void {
    this.rests++;
    setImmediate(task);
  }
}

test.each<CompressionCodec>(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
  'a large batch of codec %s is gone through bit by bit',
  async (codec) => {
    const clock = new RestlessClock();
    faulty = new FaultyFiles();
    fixture = new StorageFixture({
      config: { ...COMPACTED, 'max.message.bytes': 2 ** 24, 'segment.bytes': 2 ** 21 },
      platform: { clock, files: faulty.files },
    });
    manager = await fixture.start();
    const log = fixture.log(manager, 'one');
    const count = 20_000;
    const large = (value: string | null): ValueRecord[] =>
      Array.from({ length: count }, (_, i) => ({
        key: `key ${String(i)}`,
        value: value === null && i % 2 > 0 ? null : `${String(value)} ${String(i)}`.repeat(4),
        timestamp: SOME_TIME + i,
      }));
    const batches = [
      aBatch(large('old'), { codec }),
      aBatch(large('new').slice(0, count / 2), { codec }),
      aBatch(large(null).slice(count / 4, count / 2), { codec }),
      aBatch([{ key: 'last', value: 'x'.repeat(2 ** 21 - 200) }]),
    ];
    for (const batch of batches) {
      log.appendAsLeader(batch, { leaderEpoch: 0, origin: 'client' });
      await log.written();
    }
    log.updateHighWatermark(log.logEndOffset);
    const latest = new Map((await readAll(log)).map((record) => [record.key, record]));
    clock.rests = 0;
    clock.advance(BACKOFF_MS);
    await settled(() => expectCompacted(log));
    const records = await readAll(log);
    expect(records).toEqual([...latest.values()].sort((a, b) => a.offset - b.offset));
    expect(clock.rests).toBeGreaterThan(30);
    expect(await log.offsetForTimestamp(SOME_TIME + count - 1)).toMatchObject({
      offset: count - 1,
      timestamp: SOME_TIME + count - 1,
    });
  },
);

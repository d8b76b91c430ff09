import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { patchCrc } from '../../src/protocol/records/batch';
import { buildMarkerBatch } from '../../src/protocol/records/markers';
import { buildMessageSet } from '../../src/protocol/records/message-set';
import type { Log } from '../../src/storage/log';
import type { LogManager } from '../../src/storage/log-manager';
import type { LogConfig } from '../../src/storage/types';
import { StorageFixture, aBatch, append, readAll, settled, summary } from '../builders/storage';

let fixture: StorageFixture;

beforeEach(() => {
  fixture = new StorageFixture({ config: { 'index.interval.bytes': 100 } });
});
afterEach(() => fixture.end());

const folder = (): string => join(fixture.directory, 'topic-0');
const fileOf = (base: number, suffix = '.log'): string =>
  join(folder(), String(base).padStart(20, '0') + suffix);

/** Dies without writing anything more. */
function kill(manager: LogManager): void {
  fixture.clock.endTick();
  manager.abandon();
}

async function restart(
  config: Partial<LogConfig> = {},
): Promise<{ manager: LogManager; log: Log }> {
  const manager = await fixture.start(config);
  const log = manager.get({ topic: 'topic', partition: 0 });
  if (!log) throw new Error('the log is gone');
  return { manager, log };
}

async function valuesOf(log: Log): Promise<(string | null)[]> {
  return (await readAll(log)).map(({ value }) => value);
}

/** An idempotent producer's batch. */
function sequenced(value: string, baseSequence: number): Buffer {
  return aBatch([value], { producerId: 5, producerEpoch: 0, baseSequence, codec: 'none' });
}

describe('after a kill', () => {
  test('everything that was written is there, with producers and epochs', async () => {
    const manager = await fixture.start();
    const log = fixture.log(manager);
    for (let i = 0; i < 20; i++)
      append(fixture, log, sequenced(`v${String(i)}`, i), Math.floor(i / 7));
    kill(manager);
    const { log: again } = await restart();
    expect(again.logEndOffset).toBe(20);
    expect(await valuesOf(again)).toEqual(Array.from({ length: 20 }, (_, i) => `v${String(i)}`));
    expect(again.endOffsetForEpoch(0)).toEqual({ epoch: 0, endOffset: 7 });
    expect(again.latestEpoch).toBe(2);
    const duplicate = again.appendAsLeader(sequenced('v18', 18), {
      leaderEpoch: 2,
      origin: 'client',
    });
    expect(duplicate).toMatchObject({ isDuplicate: true, firstOffset: 18 });
    append(fixture, again, sequenced('v20', 20), 2);
    expect(again.logEndOffset).toBe(21);
  });

  test('the log is cut at the first batch that is not whole, wherever the file ends', async () => {
    const manager = await fixture.start();
    const log = fixture.log(manager);
    const values = ['one', 'two', 'three', 'four'];
    const ends: number[] = [0];
    for (const [i, value] of values.entries()) {
      append(fixture, log, sequenced(value, i), i);
      ends.push(log.sizeBytes);
    }
    kill(manager);
    const whole = readFileSync(fileOf(0));
    const last = ends.at(-1) ?? 0;
    for (let length = last; length >= (ends[1] ?? 0); length--) {
      writeFileSync(fileOf(0), whole.subarray(0, length));
      const { manager: next, log: again } = await restart();
      const count = ends.filter((end) => end <= length).length - 1;
      expect(again.logEndOffset).toBe(count);
      expect(await valuesOf(again)).toEqual(values.slice(0, count));
      expect(statSync(fileOf(0)).size).toBe(ends[count]);
      expect(again.latestEpoch).toBe(count - 1);
      expect(again.producers.get(5)?.lastSequence).toBe(count - 1);
      kill(next);
    }
  });

  test('a damaged byte cuts the log before its batch, wherever it is', async () => {
    const manager = await fixture.start();
    const log = fixture.log(manager);
    append(fixture, log, aBatch(['one']));
    const firstEnd = log.sizeBytes;
    append(fixture, log, aBatch(['two']));
    append(fixture, log, aBatch(['three']));
    kill(manager);
    const whole = readFileSync(fileOf(0));
    const secondEnd = firstEnd + aBatch(['two']).length;
    // Neither the base offset nor the leader epoch is covered by the checksum.
    const uncovered = [...Array.from({ length: 8 }, (_, i) => i), 12, 13, 14, 15];
    for (let at = firstEnd; at < secondEnd; at++) {
      if (uncovered.includes(at - firstEnd)) continue;
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      writeFileSync(fileOf(0), damaged);
      const { manager: next, log: again } = await restart();
      expect(again.logEndOffset).toBe(1);
      kill(next);
    }
  });

  test('zeros at the end, as a file system may leave them, are cut', async () => {
    const manager = await fixture.start();
    const log = fixture.log(manager);
    append(fixture, log, aBatch(['one']));
    kill(manager);
    const size = statSync(fileOf(0)).size;
    truncateSync(fileOf(0), size + 5000);
    const { log: again } = await restart();
    expect(again.logEndOffset).toBe(1);
    expect(statSync(fileOf(0)).size).toBe(size);
    append(fixture, again, aBatch(['two']));
    expect(await valuesOf(again)).toEqual(['one', 'two']);
  });

  test('segments after a torn one are removed', async () => {
    const manager = await fixture.start({ 'segment.bytes': 150 });
    const log = fixture.log(manager);
    log.config = fixture.config({ 'segment.bytes': 150 });
    for (let i = 0; i < 8; i++) append(fixture, log, sequenced(`value ${String(i)}`, i));
    expect(log.segments.all.length).toBe(4);
    kill(manager);
    truncateSync(fileOf(2), 100);
    const { log: again } = await restart({ 'segment.bytes': 150 });
    expect(again.logEndOffset).toBe(3);
    expect(readdirSync(folder()).filter((name) => name.endsWith('.log'))).toHaveLength(2);
    expect(again.producers.get(5)?.lastSequence).toBe(2);
  });

  test('what lies below the recovery point is not read again', async () => {
    const manager = await fixture.start({ 'segment.bytes': 150 });
    const log = fixture.log(manager);
    log.config = fixture.config({ 'segment.bytes': 150 });
    for (let i = 0; i < 8; i++) append(fixture, log, aBatch([`value ${String(i)}`]));
    await log.flush();
    expect(log.recoveryPoint).toBe(8);
    fixture.clock.advance(30_000);
    const checkpoint = join(fixture.directory, 'recovery-point-offset-checkpoint');
    await settled(() => expect(readFileSync(checkpoint, 'utf8')).toBe('0\n1\ntopic 0 8\n'));
    kill(manager);
    const damaged = readFileSync(fileOf(0));
    damaged[80] = 0;
    writeFileSync(fileOf(0), damaged);
    const { log: again } = await restart({ 'segment.bytes': 150 });
    expect(again.logEndOffset).toBe(8);
  });

  /** 40 batches on the device, according to the checkpoint, and 10 more in the file. */
  async function flushedAndMore(): Promise<void> {
    const manager = await fixture.start();
    const log = fixture.log(manager);
    for (let i = 0; i < 40; i++)
      append(fixture, log, sequenced(`v${String(i)}`, i), i < 30 ? 0 : 1);
    await log.flush();
    const checkpoint = join(fixture.directory, 'recovery-point-offset-checkpoint');
    fixture.clock.advance(30_000);
    await settled(() => expect(readFileSync(checkpoint, 'utf8')).toBe('0\n1\ntopic 0 40\n'));
    for (let i = 40; i < 50; i++) append(fixture, log, sequenced(`v${String(i)}`, i), 2);
    log.segments.active.completeIndexes();
    kill(manager);
  }

  /** In the value of the batch at offset 10. */
  function damageBelowRecoveryPoint(): void {
    const bytes = readFileSync(fileOf(0));
    const at = bytes.indexOf('v10');
    expect(at).toBeGreaterThan(0);
    bytes.write('x10', at);
    writeFileSync(fileOf(0), bytes);
  }

  test('a segment is read from its recovery point on, and is then as if it had been read whole', async () => {
    await flushedAndMore();
    const whole = [fileOf(0), fileOf(0, '.index'), fileOf(0, '.timeindex')];
    const before = whole.map((file) => readFileSync(file));
    damageBelowRecoveryPoint();
    const { manager, log } = await restart();
    expect(log.logEndOffset).toBe(50);
    expect(log.producers.get(5)?.lastSequence).toBe(49);
    expect(log.endOffsetForEpoch(0)).toEqual({ epoch: 0, endOffset: 30 });
    expect(log.latestEpoch).toBe(2);
    await manager.stop();
    expect(readFileSync(fileOf(0, '.timeindex'))).toEqual(before[2]);
    const index = readFileSync(fileOf(0, '.index'));
    expect(index.subarray(0, 8 * 15)).toEqual(before[1]?.subarray(0, 8 * 15));
    for (let offset = 0; offset < 50; offset++) {
      expect(log.segments.active.offsetIndex.lookup(offset).offset).toBeLessThanOrEqual(offset);
    }
  });

  test('a device that lost what it had confirmed has the whole segment checked', async () => {
    await flushedAndMore();
    const size = statSync(fileOf(0)).size;
    truncateSync(fileOf(0), Math.round(size * 0.7));
    const { log } = await restart();
    expect(log.logEndOffset).toBeGreaterThan(30);
    expect(log.logEndOffset).toBeLessThan(40);
    expect(log.producers.get(5)?.lastSequence).toBe(log.logEndOffset - 1);
    expect(await valuesOf(log)).toHaveLength(log.logEndOffset);
  });

  test.each`
    what                                | damage
    ${'a hole in the offset index'}     | ${() => fill('.index', 8 * 4, 8 * 8)}
    ${'a hole in the time index'}       | ${() => fill('.timeindex', 0, 12)}
    ${'an entry that points elsewhere'} | ${() => shiftPositions()}
    ${'no offset index'}                | ${() => rmSync(fileOf(0, '.index'))}
    ${'no time index'}                  | ${() => rmSync(fileOf(0, '.timeindex'))}
  `('with $what the whole segment is read', async ({ damage }: { damage: () => void }) => {
    await flushedAndMore();
    damageBelowRecoveryPoint();
    damage();
    const { log } = await restart();
    expect(log.logEndOffset).toBe(10);
  });

  /** Zeros, as a power failure leaves them. */
  function fill(suffix: string, from: number, to: number): void {
    const bytes = readFileSync(fileOf(0, suffix)).fill(0, from, to);
    writeFileSync(fileOf(0, suffix), bytes);
  }

  function shiftPositions(): void {
    const bytes = readFileSync(fileOf(0, '.index'));
    for (let at = 4; at < bytes.length; at += 8) bytes.writeInt32BE(bytes.readInt32BE(at) - 1, at);
    writeFileSync(fileOf(0, '.index'), bytes);
  }

  test('an index lost below the recovery point is made anew', async () => {
    await flushedAndMore();
    const manager = (await restart({ 'segment.bytes': 100 })).manager;
    const log = fixture.log(manager);
    log.config = fixture.config({ 'segment.bytes': 100 });
    append(fixture, log, aBatch(['in a second segment']));
    await log.flush();
    kill(manager);
    const index = readFileSync(fileOf(0, '.index'));
    writeFileSync(
      join(fixture.directory, 'recovery-point-offset-checkpoint'),
      '0\n1\ntopic 0 51\n',
    );
    rmSync(fileOf(0, '.index'));
    const { log: again } = await restart();
    expect(again.logEndOffset).toBe(51);
    expect(readFileSync(fileOf(0, '.index'))).toEqual(index);
  });

  test('a truncation is checkpointed at once: what replaces the records was never on the device', async () => {
    const manager = await fixture.start();
    const log = fixture.log(manager);
    for (let i = 0; i < 20; i++) append(fixture, log, aBatch([`value ${String(i)}`]));
    await log.flush();
    const checkpoint = join(fixture.directory, 'recovery-point-offset-checkpoint');
    fixture.clock.advance(60_000);
    await settled(() => expect(readFileSync(checkpoint, 'utf8')).toBe('0\n1\ntopic 0 20\n'));
    log.truncateTo(12);
    expect(readFileSync(checkpoint, 'utf8')).toBe('0\n1\ntopic 0 12\n');
  });

  test('indexes that a killed Kafka left preallocated are built anew', async () => {
    const manager = await fixture.start();
    const log = fixture.log(manager);
    for (let i = 0; i < 20; i++) append(fixture, log, aBatch([`value ${String(i)}`]));
    await manager.stop();
    const index = readFileSync(fileOf(0, '.index'));
    const timeIndex = readFileSync(fileOf(0, '.timeindex'));
    expect(index.length).toBeGreaterThan(0);
    rmSync(join(fixture.directory, '.kafka_cleanshutdown'));
    for (const [suffix, size] of [
      ['.index', 10_485_760],
      ['.timeindex', 10_485_756],
    ] as const) {
      const fd = openSync(fileOf(0, suffix), 'r+');
      ftruncateSync(fd, 8);
      ftruncateSync(fd, size);
      closeSync(fd);
    }
    const { manager: next, log: again } = await restart();
    expect(again.logEndOffset).toBe(20);
    append(fixture, again, aBatch(['more']));
    await next.stop();
    expect(readFileSync(fileOf(0, '.index')).subarray(0, index.length)).toEqual(index);
    expect(readFileSync(fileOf(0, '.timeindex'))).toEqual(timeIndex);
  });

  test('the aborted transactions of the active segment are found again', async () => {
    const manager = await fixture.start();
    const log = fixture.log(manager);
    const transactional = aBatch(['a'], {
      producerId: 5,
      producerEpoch: 0,
      baseSequence: 0,
      isTransactional: true,
    });
    append(fixture, log, transactional);
    append(fixture, log, aBatch(['b']));
    const marker = buildMarkerBatch({
      type: 'abort',
      coordinatorEpoch: 0,
      producerId: 5,
      producerEpoch: 0,
      timestamp: 1,
    });
    log.appendAsLeader(marker, { leaderEpoch: 0, origin: 'coordinator' });
    const expected = [{ producerId: 5, firstOffset: 0, lastOffset: 2, lastStableOffset: 3 }];
    expect(log.abortedTransactions(0, 10)).toEqual(expected);
    kill(manager);
    writeFileSync(fileOf(0, '.txnindex'), '');
    const { log: again } = await restart();
    expect(again.abortedTransactions(0, 10)).toEqual(expected);
    expect(again.abortedTransactions(3, 10)).toEqual([]);
    expect(again.lastStableOffset).toBe(0);
    expect(again.updateHighWatermark(3)).toBe(3);
    expect(again.lastStableOffset).toBe(3);
  });

  test('a log that ends below its start begins anew there', async () => {
    const manager = await fixture.start();
    append(fixture, fixture.log(manager), aBatch(['a', 'b']));
    kill(manager);
    writeFileSync(join(fixture.directory, 'log-start-offset-checkpoint'), '0\n1\ntopic 0 100\n');
    const { log } = await restart();
    expect(summary(log)).toMatchObject({ logStartOffset: 100, logEndOffset: 100 });
    append(fixture, log, aBatch(['c']));
    expect(await readAll(log)).toMatchObject([{ offset: 100, value: 'c' }]);
  });

  test('a replicated transaction holds back nobody after a truncation, nor after a crash', async () => {
    const manager = await fixture.start();
    const log = fixture.log(manager);
    const producer = { producerId: 5, producerEpoch: 0 };
    append(fixture, log, aBatch(['a'], { ...producer, baseSequence: 0, isTransactional: true }));
    const marker = { type: 'commit', coordinatorEpoch: 0, timestamp: 1, ...producer } as const;
    log.appendAsLeader(buildMarkerBatch(marker), { leaderEpoch: 0, origin: 'coordinator' });
    fixture.clock.endTick();
    log.updateHighWatermark(2);
    append(fixture, log, aBatch(['uncommitted']));
    log.truncateTo(2);
    expect(log.lastStableOffset).toBe(2);
    kill(manager);
    writeFileSync(join(fixture.directory, 'replication-offset-checkpoint'), '0\n1\ntopic 0 2\n');
    expect((await restart()).log.lastStableOffset).toBe(2);
  });

  test('the high watermark is the checkpointed one, within the log', async () => {
    const manager = await fixture.start();
    const log = fixture.log(manager);
    append(fixture, log, aBatch(['a', 'b', 'c']));
    log.updateHighWatermark(2);
    manager.checkpointHighWatermarks();
    const checkpoint = join(fixture.directory, 'replication-offset-checkpoint');
    await settled(() => expect(readFileSync(checkpoint, 'utf8')).toBe('0\n1\ntopic 0 2\n'));
    kill(manager);
    const first = await restart();
    expect(first.log.highWatermark).toBe(2);
    kill(first.manager);
    writeFileSync(join(fixture.directory, 'replication-offset-checkpoint'), '0\n1\ntopic 0 99\n');
    const second = await restart();
    expect(second.log.highWatermark).toBe(3);
    kill(second.manager);
    writeFileSync(join(fixture.directory, 'replication-offset-checkpoint'), 'garbage');
    const third = await restart();
    expect(third.log.highWatermark).toBe(0);
  });
});

describe('at a start after an orderly stop', () => {
  test('nothing is read but the end, and the marker is gone', async () => {
    const manager = await fixture.start();
    const log = fixture.log(manager);
    append(fixture, log, sequenced('a', 0));
    append(fixture, log, sequenced('b', 1));
    log.updateHighWatermark(2);
    await manager.stop();
    const marker = join(fixture.directory, '.kafka_cleanshutdown');
    expect(readFileSync(marker, 'utf8')).toBe('{"version":0,"brokerEpoch":-1}');
    expect(readFileSync(join(fixture.directory, 'recovery-point-offset-checkpoint'), 'utf8')).toBe(
      '0\n1\ntopic 0 2\n',
    );
    expect(readFileSync(join(fixture.directory, 'replication-offset-checkpoint'), 'utf8')).toBe(
      '0\n1\ntopic 0 2\n',
    );
    expect(readFileSync(join(fixture.directory, 'log-start-offset-checkpoint'), 'utf8')).toBe(
      '0\n0\n',
    );
    expect(readdirSync(folder()).sort()).toEqual([
      '00000000000000000000.index',
      '00000000000000000000.log',
      '00000000000000000000.timeindex',
      '00000000000000000002.snapshot',
      'leader-epoch-checkpoint',
    ]);
    const { log: again } = await restart();
    expect(existsSync(marker)).toBe(false);
    expect(summary(again)).toMatchObject({ logEndOffset: 2, highWatermark: 2, recoveryPoint: 2 });
    expect(again.producers.get(5)?.lastSequence).toBe(1);
  });

  test('a log that goes on is closed with the right indexes', async () => {
    const manager = await fixture.start();
    const log = fixture.log(manager);
    for (let i = 0; i < 10; i++)
      append(fixture, log, aBatch([{ value: 'x', timestamp: 1000 + i }]));
    await manager.stop();
    const { manager: next, log: again } = await restart();
    for (let i = 10; i < 20; i++)
      append(fixture, again, aBatch([{ value: 'x', timestamp: 1000 + i }]));
    await next.stop();
    const { log: third } = await restart();
    expect(await third.offsetForTimestamp(1013)).toMatchObject({ offset: 13 });
    expect(await third.maxTimestampOffset()).toMatchObject({ offset: 19, timestamp: 1019 });
  });

  test.each`
    because                  | change
    ${'missing'}             | ${(path: string) => rmSync(path)}
    ${'cut inside an entry'} | ${(path: string) => truncateSync(path, 5)}
    ${'full of zeros'} | ${(path: string) => {
  truncateSync(path, 0);
  truncateSync(path, 2400);
}}
  `(
    'an index that is $because is built anew',
    async ({ change }: { change: (path: string) => void }) => {
      const manager = await fixture.start();
      const log = fixture.log(manager);
      for (let i = 0; i < 20; i++) append(fixture, log, aBatch([`value ${String(i)}`]));
      await manager.stop();
      const index = readFileSync(fileOf(0, '.index'));
      const timeIndex = readFileSync(fileOf(0, '.timeindex'));
      change(fileOf(0, '.index'));
      change(fileOf(0, '.timeindex'));
      const { manager: next, log: again } = await restart();
      expect(again.logEndOffset).toBe(20);
      expect(await valuesOf(again)).toHaveLength(20);
      await next.stop();
      expect(readFileSync(fileOf(0, '.index'))).toEqual(index);
      expect(readFileSync(fileOf(0, '.timeindex'))).toEqual(timeIndex);
    },
  );

  test('a log start offset above the end of the log is wrong, and ignored', async () => {
    const manager = await fixture.start();
    append(fixture, fixture.log(manager), aBatch(['a', 'b']));
    await manager.stop();
    writeFileSync(join(fixture.directory, 'log-start-offset-checkpoint'), '0\n1\ntopic 0 100\n');
    const { log } = await restart();
    expect(summary(log)).toMatchObject({ logStartOffset: 0, logEndOffset: 2 });
  });

  test('deleted files and unfinished output of the cleaner are swept away', async () => {
    const manager = await fixture.start();
    append(fixture, fixture.log(manager), aBatch(['a', 'b']));
    await manager.stop();
    for (const name of [
      '00000000000000000000.log.deleted',
      '00000000000000000000.log.cleaned',
      '00000000000000000000.index.cleaned',
      '00000000000000000009.index',
      '00000000000000000001.snapshot.deleted',
    ]) {
      writeFileSync(join(folder(), name), 'x');
    }
    const { log } = await restart();
    expect(await valuesOf(log)).toEqual(['a', 'b']);
    expect(readdirSync(folder()).filter((name) => /deleted|cleaned|9\.index/.test(name))).toEqual(
      [],
    );
  });

  test('a bad snapshot is passed over, and the producers are read from the log', async () => {
    const manager = await fixture.start();
    const log = fixture.log(manager);
    append(fixture, log, sequenced('a', 0));
    append(fixture, log, sequenced('b', 1));
    await manager.stop();
    writeFileSync(fileOf(2, '.snapshot'), 'damaged');
    const { log: again } = await restart();
    expect(again.producers.get(5)?.lastSequence).toBe(1);
  });

  test('an epoch file that cannot be read is made anew from the log', async () => {
    const manager = await fixture.start();
    append(fixture, fixture.log(manager), aBatch(['a']));
    await manager.stop();
    writeFileSync(join(folder(), 'leader-epoch-checkpoint'), 'garbage');
    const { log } = await restart();
    expect(log.endOffsetForEpoch(0)).toEqual({ epoch: 0, endOffset: 1 });
  });
});

test('a segment of old messages and batches stays readable', async () => {
  const manager = await fixture.start();
  append(fixture, fixture.log(manager), aBatch(['new']));
  kill(manager);
  const [message, second] = [0, 1].map((offset) =>
    buildMessageSet([{ key: null, value: null, timestamp: 1000, offset }], {
      magic: 1,
      codec: 'none',
    }),
  ) as [Buffer, Buffer];
  const v2 = aBatch(['v2'], { baseOffset: 2, leaderEpoch: 0 });
  patchCrc(v2, 0);
  writeFileSync(fileOf(0), Buffer.concat([message, second, v2]));
  const { log } = await restart();
  expect(log.logEndOffset).toBe(3);
  const read = await log.read({ offset: 1, maxBytes: 1000, upTo: 3, minOneBatch: true });
  expect(Buffer.concat(read.buffers)).toEqual(Buffer.concat([second, v2]));
  read.release();
  expect(await log.offsetForTimestamp(1000)).toMatchObject({ offset: 0, timestamp: 1000 });
});

test('a log moved by hand without its checkpoints is found', async () => {
  const manager = await fixture.start();
  append(fixture, fixture.log(manager), aBatch(['a']));
  await manager.stop();
  renameSync(folder(), join(fixture.directory, 'other-3'));
  const next = await fixture.start();
  expect(next.get({ topic: 'other', partition: 3 })?.logEndOffset).toBe(1);
});

import { nodePlatform } from '../../src/platform/node';
import type { Files } from '../../src/platform/ports';
import { batchSizeAt, lastOffsetOf } from '../../src/protocol/records/batch';
import type { Log } from '../../src/storage/log';
import type { LogRead, ReadOptions } from '../../src/storage/types';
import { StorageFixture, aBatch, append, readAll, recordsOf } from '../builders/storage';

const KIB = 1024;
let fixture: StorageFixture;

function start(cacheBytes?: number): void {
  fixture = new StorageFixture(cacheBytes === undefined ? {} : { cacheBytes });
}
afterEach(() => fixture.end());

/** A batch of `count` records that takes about `bytes`. */
function sized(bytes: number, count = 1, text = 'x'): Buffer {
  return aBatch(Array.from({ length: count }, () => text.repeat(Math.floor(bytes / count))));
}

function from(offset: number, options: Partial<ReadOptions> = {}): ReadOptions {
  return { offset, maxBytes: 1024 * KIB, upTo: Infinity, minOneBatch: true, ...options };
}

function isNow(read: LogRead | Promise<LogRead>): read is LogRead {
  return !(read instanceof Promise);
}

async function offsetsOf(log: Log, options: ReadOptions): Promise<number[]> {
  const read = await log.read(options);
  const offsets = recordsOf(read).map(({ offset }) => offset);
  read.release();
  return offsets;
}

test('recent data comes at once, and after a restart from the file', async () => {
  start();
  const manager = await fixture.start();
  const log = fixture.log(manager);
  append(fixture, log, aBatch(['a', 'b']));
  append(fixture, log, aBatch(['c']));
  const read = log.read(from(0));
  expect(isNow(read)).toBe(true);
  (await read).release();
  await manager.stop();
  const again = fixture.log(await fixture.start());
  const cold = again.read(from(0));
  expect(isNow(cold)).toBe(false);
  expect(recordsOf(await cold)).toHaveLength(3);
  (await cold).release();
});

describe.each(['memory', 'file'])('from %s', (source) => {
  let log: Log;
  /** Batches of three records, 0–2, 3–5, 6–8, 9–11. */
  const size = sized(300, 3).length;

  beforeEach(async () => {
    start();
    const manager = await fixture.start();
    log = fixture.log(manager);
    for (let i = 0; i < 4; i++) append(fixture, log, sized(300, 3));
    if (source === 'memory') return;
    await manager.stop();
    log = fixture.log(await fixture.start());
  });

  test.each`
    offset | upTo  | maxBytes        | minOneBatch | expected   | because
    ${0}   | ${12} | ${10 * KIB}     | ${true}     | ${[0, 11]} | ${'all of it'}
    ${4}   | ${12} | ${10 * KIB}     | ${true}     | ${[3, 11]} | ${'the batch that holds the offset comes whole'}
    ${0}   | ${9}  | ${10 * KIB}     | ${true}     | ${[0, 8]}  | ${'the bound lies between batches'}
    ${0}   | ${8}  | ${10 * KIB}     | ${true}     | ${[0, 5]}  | ${'the bound lies inside of a batch'}
    ${3}   | ${5}  | ${10 * KIB}     | ${true}     | ${[]}      | ${'the bound lies inside of the first batch'}
    ${0}   | ${12} | ${2 * size}     | ${true}     | ${[0, 5]}  | ${'two batches fit'}
    ${0}   | ${12} | ${2 * size - 1} | ${true}     | ${[0, 2]}  | ${'the second one does not fit'}
    ${3}   | ${12} | ${1}            | ${true}     | ${[3, 5]}  | ${'one batch always comes if asked for'}
    ${3}   | ${12} | ${1}            | ${false}    | ${[]}      | ${'nothing fits'}
    ${3}   | ${12} | ${size}         | ${false}    | ${[3, 5]}  | ${'exactly one fits'}
    ${0}   | ${0}  | ${10 * KIB}     | ${true}     | ${[]}      | ${'the bound is the offset'}
    ${12}  | ${99} | ${10 * KIB}     | ${true}     | ${[]}      | ${'the end of the log'}
  `(
    '$offset to $upTo in $maxBytes bytes: $because',
    async ({ expected, ...options }: ReadOptions & { expected: [number, number] | [] }) => {
      const offsets = await offsetsOf(log, options);
      const [first, last] = expected;
      expect([offsets[0], offsets.at(-1)]).toEqual([first, last]);
    },
  );

  test.each([-1, 13, 1000])('offset %i is out of range', (offset) => {
    expect(() => log.read(from(offset))).toThrow(
      expect.objectContaining({ errorName: 'OFFSET_OUT_OF_RANGE' }),
    );
  });
});

test('reads go on over chunks in memory', async () => {
  start();
  const log = fixture.log(await fixture.start());
  for (let i = 0; i < 100; i++) append(fixture, log, sized(3000, 1, String(i % 10)));
  const read = log.read(from(0));
  expect(isNow(read)).toBe(true);
  const { buffers, sizeBytes } = await read;
  expect(buffers.length).toBeGreaterThan(2);
  expect(recordsOf({ buffers }).map(({ offset }) => offset)).toEqual(
    Array.from({ length: 100 }, (_, i) => i),
  );
  expect(sizeBytes).toBe(log.sizeBytes);
  (await read).release();
});

test('what no longer fits into memory comes from the file, without a gap', async () => {
  start(256 * KIB);
  const log = fixture.log(await fixture.start());
  for (let i = 0; i < 600; i++) append(fixture, log, sized(2000, 2));
  expect(isNow(log.read(from(1190)))).toBe(true);
  expect(isNow(log.read(from(0)))).toBe(false);
  expect((await readAll(log)).map(({ offset }) => offset)).toEqual(
    Array.from({ length: 1200 }, (_, i) => i),
  );
  for (let offset = 0; offset < 1200; offset += 37) {
    expect((await offsetsOf(log, from(offset, { maxBytes: 5000 })))[0]).toBe(offset - (offset % 2));
  }
});

test('reads go on over segments', async () => {
  start();
  const manager = await fixture.start();
  const log = fixture.log(manager);
  log.config = fixture.config({ 'segment.bytes': 5000 });
  for (let i = 0; i < 20; i++) append(fixture, log, sized(2000));
  expect(log.segments.all.length).toBe(10);
  expect(await readAll(log)).toHaveLength(20);
  await manager.stop();
  const again = fixture.log(await fixture.start());
  expect(await readAll(again)).toHaveLength(20);
});

test('a batch larger than every pooled buffer is served from memory and from the file', async () => {
  start();
  const manager = await fixture.start();
  const log = fixture.log(manager);
  log.config = fixture.config({ 'max.message.bytes': 1 << 24 });
  append(fixture, log, aBatch(['small']));
  append(fixture, log, sized(3 * 1024 * KIB));
  append(fixture, log, aBatch(['after']));
  expect(await offsetsOf(log, from(1, { maxBytes: 1 }))).toEqual([1]);
  await manager.stop();
  const again = fixture.log(await fixture.start());
  expect(await offsetsOf(again, from(0, { maxBytes: 100 }))).toEqual([0]);
  expect(await offsetsOf(again, from(1, { maxBytes: 1 }))).toEqual([1]);
  expect(await offsetsOf(again, from(1, { maxBytes: 1, minOneBatch: false }))).toEqual([]);
  expect(await offsetsOf(again, from(2))).toEqual([2]);
});

describe('what a reader holds', () => {
  test('keeps its content while the memory is wanted by others', async () => {
    start(128 * KIB);
    const log = fixture.log(await fixture.start());
    append(fixture, log, sized(4000, 1, 'h'));
    const held = await log.read(from(0));
    const copies = held.buffers.map((buffer) => Buffer.from(buffer));
    for (let i = 0; i < 200; i++) append(fixture, log, sized(10_000, 1, 'z'));
    expect(held.buffers).toEqual(copies);
    held.release();
    const cold = await log.read(from(0, { maxBytes: 4000 }));
    expect(cold.buffers[0]?.equals(copies[0] ?? Buffer.alloc(0))).toBe(true);
    for (let i = 0; i < 200; i++) append(fixture, log, sized(10_000, 1, 'y'));
    expect(cold.buffers[0]?.equals(copies[0] ?? Buffer.alloc(0))).toBe(true);
    cold.release();
  });

  test('keeps its content over a truncation', async () => {
    start();
    const log = fixture.log(await fixture.start());
    append(fixture, log, sized(100, 1, 'a'));
    append(fixture, log, sized(100, 1, 'b'));
    const held = await log.read(from(1));
    log.truncateTo(1);
    append(fixture, log, sized(100, 1, 'c'));
    expect(recordsOf(held)[0]?.value).toBe('b'.repeat(100));
    held.release();
    expect((await readAll(log))[1]?.value).toBe('c'.repeat(100));
  });

  test('is released once', async () => {
    start();
    const log = fixture.log(await fixture.start());
    append(fixture, log, aBatch(['a']));
    const read = await log.read(from(0));
    read.release();
    expect(() => read.release()).toThrow('released once');
  });
});

test('a read of the file that meets a truncation gives nothing that is gone', async () => {
  start(0);
  const manager = await fixture.start();
  const first = fixture.log(manager);
  for (let i = 0; i < 10; i++) append(fixture, first, sized(1000, 1, 'a'));
  await manager.stop();
  const log = fixture.log(await fixture.start());
  const late = log.read(from(6));
  const early = log.read(from(2));
  log.truncateTo(5);
  append(fixture, log, sized(1000, 1, 'b'));
  expect(recordsOf(await late)).toEqual([]);
  const records = recordsOf(await early);
  expect(records.map(({ offset }) => offset)).toEqual([2, 3, 4, 5]);
  expect(records.at(-1)?.value?.[0]).toBe('b');
});

test('a read of the file that meets retention still gets its data', async () => {
  start(0);
  const manager = await fixture.start();
  const log = fixture.log(manager);
  log.config = fixture.config({ 'segment.bytes': 3000 });
  for (let i = 0; i < 10; i++) append(fixture, log, sized(1000));
  log.updateHighWatermark(10);
  const read = log.read(from(0));
  log.removeOldest(1);
  expect(recordsOf(await read)[0]?.offset).toBe(0);
  (await read).release();
});

test('the estimate is never too low and rarely much too high', async () => {
  start();
  const manager = await fixture.start();
  const log = fixture.log(manager);
  for (let i = 0; i < 200; i++) append(fixture, log, sized(1000));
  const size = sized(1000).length;
  const check = (subject: Log): void => {
    for (const [offset, upTo] of [
      [0, 200],
      [100, 200],
      [199, 200],
      [50, 60],
    ] as const) {
      const estimate = subject.estimateBytes(offset, upTo, 1 << 20);
      expect(estimate).toBeGreaterThanOrEqual((upTo - offset) * size - 8192);
      expect(estimate).toBeLessThanOrEqual((upTo - offset) * size + 8192);
    }
    expect(subject.estimateBytes(0, 200, 500)).toBe(500);
    expect(subject.estimateBytes(200, 200, 500)).toBe(0);
  };
  check(log);
  await manager.stop();
  check(fixture.log(await fixture.start()));
});

test('every offset of a log with gaps is found', async () => {
  start();
  const manager = await fixture.start();
  const log = fixture.log(manager);
  const batches = [0, 3, 10, 11, 40].map((baseOffset) =>
    aBatch(['a', 'b'], { baseOffset, leaderEpoch: 0 }),
  );
  batches[3] = aBatch(['a'], { baseOffset: 12, leaderEpoch: 0 });
  log.appendAsFollower(Buffer.concat(batches));
  fixture.clock.endTick();
  const check = async (subject: Log): Promise<void> => {
    for (let offset = 0; offset < 42; offset++) {
      const read = await subject.read(from(offset));
      const whole = Buffer.concat(read.buffers);
      expect(lastOffsetOf(whole, 0)).toBeGreaterThanOrEqual(offset);
      const next = batchSizeAt(whole, 0);
      expect(next).toBeLessThanOrEqual(whole.length);
      read.release();
    }
  };
  await check(log);
  await manager.stop();
  await check(fixture.log(await fixture.start()));
});

/** A log of 40 batches of 100 KiB in a file, and where in `.log` files was read asynchronously since its start. */
async function aWatchedLog(): Promise<{ log: Log; reads: number[] }> {
  const reads: number[] = [];
  const { files } = nodePlatform();
  const openSync: Files['openSync'] = (path, mode) => {
    const file = files.openSync(path, mode);
    const read = file.read.bind(file);
    file.read = (target, offset, length, position) => {
      if (path.endsWith('.log')) reads.push(position);
      return read(target, offset, length, position);
    };
    return file;
  };
  fixture = new StorageFixture({ platform: { files: { ...files, openSync } } });
  const first = await fixture.start();
  for (let i = 0; i < 40; i++) append(fixture, fixture.log(first), sized(100 * KIB));
  await first.stop();
  return { log: fixture.log(await fixture.start()), reads };
}

test('a consumer that goes on through the file finds the next stretch read already', async () => {
  const { log, reads } = await aWatchedLog();
  const seen: number[] = [];
  const before: number[] = [];
  for (let offset = 0; offset < 40; offset = (seen.at(-1) ?? 0) + 1) {
    before.push(reads.length);
    seen.push(...(await offsetsOf(log, from(offset))));
  }
  expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => i));
  // The first two find out that it is one who goes on; from then on each stretch is read before it is asked for.
  expect(before.slice(0, 4)).toEqual([0, 1, 3, 4]);
  expect(new Set(reads).size).toBe(reads.length);
});

test.each`
  before       | readsAfter | because
  ${'nothing'} | ${1}       | ${'the consumer works on what it has got'}
  ${'a cut'}   | ${0}       | ${'the log has other files or other ends now'}
`(
  'after $before, the release of a read begins $readsAfter more: $because',
  async ({ before, readsAfter }: { before: string; readsAfter: number }) => {
    const { log, reads } = await aWatchedLog();
    const seen = await offsetsOf(log, from(0));
    const read = await log.read(from(seen.length));
    const readBefore = reads.length;
    if (before === 'a cut') log.truncateTo(39);
    expect(reads.length).toBe(readBefore);
    read.release();
    await new Promise(setImmediate);
    expect(reads.length - readBefore).toBe(readsAfter);
  },
);

test('a damaged batch in what was read ahead is not served, and what lies before it is', async () => {
  start();
  const manager = await fixture.start();
  const log = fixture.log(manager);
  const batch = sized(64 * KIB);
  for (let i = 0; i < 64; i++) append(fixture, log, batch);
  await manager.stop();
  const damagedOffset = 40;
  const file = nodePlatform().files.openSync(log.segments.active.log.path, 'update');
  const byte = Buffer.alloc(1);
  const position = damagedOffset * batch.length + 100;
  file.readSync(byte, 0, 1, position);
  file.writeSync([Buffer.from([(byte[0] ?? 0) ^ 1])], position);
  file.closeSync();
  const again = fixture.log(await fixture.start());
  const served: number[] = [];
  const readOn = async (): Promise<void> => {
    for (;;) served.push(...(await offsetsOf(again, from(served.length))));
  };
  await expect(readOn()).rejects.toMatchObject({ errorName: 'CORRUPT_MESSAGE' });
  expect(served).toEqual(Array.from({ length: damagedOffset }, (_, offset) => offset));
  expect(await offsetsOf(again, from(damagedOffset + 1))).toContain(damagedOffset + 1);
});

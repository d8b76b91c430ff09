import { deferred } from '../../../src/base/deferred';
import type { Deferred } from '../../../src/base/deferred';
import { BufferPool } from '../../../src/storage/cache/buffer-pool';
import { ReadAhead } from '../../../src/storage/cache/read-ahead';
import type { Stretch } from '../../../src/storage/cache/read-ahead';

const MIB = 1024 * 1024;

function aReadAhead(pool = new BufferPool(16 * MIB)): {
  pool: BufferPool;
  ahead: ReadAhead<string>;
  reads: { position: number; settle: Deferred<Stretch> }[];
  arrive(index: number): Buffer;
} {
  const reads: { position: number; settle: Deferred<Stretch> }[] = [];
  const ahead = new ReadAhead<string>(pool, ({ position }) => {
    const settle = deferred<Stretch>();
    reads.push({ position, settle });
    return settle.promise;
  });
  return {
    pool,
    ahead,
    reads,
    arrive(index) {
      const buffer = pool.take(MIB);
      reads[index]?.settle.resolve({ buffer, count: MIB, intactBytes: 0 });
      return buffer;
    },
  };
}

const PLACE = { file: 'a', position: 100, wanted: 1000 };

test('what was read ahead is there for who wants it, once', async () => {
  const { ahead, arrive } = aReadAhead();
  ahead.start(PLACE);
  const early = ahead.take(PLACE);
  const rival = ahead.take(PLACE);
  const buffer = arrive(0);
  expect((await early)?.buffer).toBe(buffer);
  expect(await rival).toBeUndefined();
  expect(await ahead.take(PLACE)).toBeUndefined();
});

test.each`
  wanted                         | because
  ${{ ...PLACE, file: 'b' }}     | ${'it is another file'}
  ${{ ...PLACE, position: 101 }} | ${'it is elsewhere in the file'}
  ${{ ...PLACE, wanted: 1001 }}  | ${'it may be too short'}
`('what was read ahead is of no use because $because', async ({ wanted }) => {
  const { ahead, arrive } = aReadAhead();
  ahead.start(PLACE);
  arrive(0);
  expect(await ahead.take(wanted as typeof PLACE)).toBeUndefined();
});

test('what was not wanted goes back to the pool, also when it comes late', async () => {
  const { pool, ahead, arrive } = aReadAhead();
  ahead.start(PLACE);
  const unwanted = arrive(0);
  await Promise.resolve();
  ahead.start({ ...PLACE, position: 200 });
  expect(pool.take(MIB)).toBe(unwanted);
  ahead.evict();
  const late = arrive(1);
  await Promise.resolve();
  expect(pool.take(MIB)).toBe(late);
});

test('a read that failed is none', async () => {
  const { ahead, reads } = aReadAhead();
  ahead.start(PLACE);
  reads[0]?.settle.reject(new Error('EIO'));
  expect(await ahead.take(PLACE)).toBeUndefined();
});

test('all that is read ahead takes a quarter of the memory, and makes room first', async () => {
  const pool = new BufferPool(16 * MIB);
  const logs = Array.from({ length: 6 }, () => aReadAhead(pool));
  for (const { ahead, arrive } of logs) {
    ahead.start(PLACE);
    arrive(0);
    await Promise.resolve();
  }
  const found = await Promise.all(logs.slice(0, 3).map(({ ahead }) => ahead.take(PLACE)));
  expect(found.map((stretch) => stretch !== undefined)).toEqual([false, false, true]);
  // Twelve others use all there is; the next one takes the place of what was read ahead.
  while (pool.allocatedBytes < 16 * MIB) pool.take(MIB);
  for (let i = 0; i < 3; i++) pool.take(MIB);
  expect(pool.allocatedBytes).toBe(16 * MIB);
  expect(await logs[5]?.ahead.take(PLACE)).toBeUndefined();
});

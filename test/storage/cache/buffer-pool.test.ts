import { BUFFER_SIZES, BufferPool } from '../../../src/storage/cache/buffer-pool';
import type { Evictable } from '../../../src/storage/cache/buffer-pool';

const KIB = 1024;

/** Holds a buffer until it is evicted. */
function holder(pool: BufferPool, bytes: number): Evictable & { isEvicted: boolean } {
  const buffer = pool.take(bytes);
  const made = {
    isEvicted: false,
    evict() {
      made.isEvicted = true;
      pool.noteNotEvictable(made);
      pool.give(buffer);
    },
  };
  pool.noteEvictable(made);
  return made;
}

test.each([
  [1, 16 * KIB],
  [16 * KIB, 16 * KIB],
  [16 * KIB + 1, 64 * KIB],
  [1024 * KIB, 1024 * KIB],
  [1024 * KIB + 1, 1024 * KIB + 1],
])('%i bytes take a buffer of %i', (wanted, size) => {
  expect(new BufferPool(1 << 24).take(wanted)).toHaveLength(size);
});

test('a buffer that came back is used again', () => {
  const pool = new BufferPool(1 << 20);
  const buffer = pool.take(100);
  pool.give(buffer);
  expect(pool.take(200)).toBe(buffer);
  expect(pool.allocatedBytes).toBe(BUFFER_SIZES[0]);
});

test('the one written longest ago makes room', () => {
  const pool = new BufferPool(64 * KIB);
  const holders = Array.from({ length: 4 }, () => holder(pool, 1));
  pool.noteEvictable(holders[0] as Evictable);
  pool.take(1);
  expect(holders.map(({ isEvicted }) => isEvicted)).toEqual([false, true, false, false]);
  expect(pool.allocatedBytes).toBe(64 * KIB);
});

test('many small ones make room for a large one', () => {
  const pool = new BufferPool(128 * KIB);
  const holders = Array.from({ length: 8 }, () => holder(pool, 1));
  expect(pool.take(64 * KIB)).toHaveLength(64 * KIB);
  expect(holders.filter(({ isEvicted }) => isEvicted)).toHaveLength(4);
  expect(pool.allocatedBytes).toBe(128 * KIB);
});

test('what is lent leaves its place to others, and is kept when it comes back if there is room', () => {
  const pool = new BufferPool(32 * KIB);
  const [first, second] = [pool.take(1), pool.take(1)];
  pool.lend(first);
  pool.lend(second);
  expect([pool.allocatedBytes, pool.lentBytes]).toEqual([0, 32 * KIB]);
  const third = pool.take(1);
  pool.takeBack(first);
  expect([pool.allocatedBytes, pool.lentBytes]).toEqual([32 * KIB, 16 * KIB]);
  expect(pool.take(1)).toBe(first);
  pool.takeBack(second);
  expect([pool.allocatedBytes, pool.lentBytes]).toEqual([32 * KIB, 0]);
  pool.give(third);
  expect(pool.take(1)).toBe(third);
});

test('what waits to be written may exceed the bound, and is not kept when it comes back', () => {
  const pool = new BufferPool(32 * KIB);
  const buffers = Array.from({ length: 4 }, () => pool.take(1));
  expect(pool.allocatedBytes).toBe(64 * KIB);
  for (const buffer of buffers) pool.give(buffer);
  expect(pool.allocatedBytes).toBe(32 * KIB);
});

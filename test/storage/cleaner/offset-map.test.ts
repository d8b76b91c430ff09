import { OffsetMap } from '../../../src/storage/cleaner/offset-map';

test('keeps the latest offset of many keys while it grows', () => {
  const map = new OffsetMap(1 << 20, 0.9);
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 20_000; i++) map.put(Buffer.from(`key ${String(i)}`), round * 20_000 + i);
  }
  expect(map.count).toBe(20_000);
  for (let i = 0; i < 20_000; i += 97)
    expect(map.get(Buffer.from(`key ${String(i)}`))).toBe(20_000 + i);
  expect(map.get(Buffer.from('another'))).toBe(-1);
  expect(map.get(Buffer.alloc(0))).toBe(-1);
});

test('takes no more keys than its memory allows', () => {
  const map = new OffsetMap(24 * 10, 0.5);
  expect(map.capacity).toBe(5);
  for (let i = 0; i < 5; i++) map.put(Buffer.from([i]), i);
  expect(map.isFull).toBe(true);
  map.put(Buffer.from([0]), 9);
  expect(map.get(Buffer.from([0]))).toBe(9);
  expect(() => map.put(Buffer.from([7]), 9)).toThrow('the caller stops when the map is full');
});

test('offset 0 is an offset', () => {
  const map = new OffsetMap(1024, 0.9);
  map.put(Buffer.from('a'), 0);
  expect(map.get(Buffer.from('a'))).toBe(0);
});

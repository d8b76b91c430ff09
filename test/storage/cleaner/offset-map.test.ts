import { nodePlatform } from '../../../src/platform/node';
import { KeyHash } from '../../../src/storage/cleaner/key-hash';
import { OffsetMap } from '../../../src/storage/cleaner/offset-map';

const keys = new KeyHash(nodePlatform().random);

function aMap(maxBytes: number, loadFactor = 0.9, mostKeys = Infinity) {
  const map = new OffsetMap(keys, { maxBytes, loadFactor, mostKeys });
  const bytesOf = (key: string | Buffer): Buffer => Buffer.from(key);
  return {
    map,
    put(key: string | Buffer, offset: number): void {
      map.put(bytesOf(key), 0, bytesOf(key).length, offset);
    },
    get: (key: string | Buffer): number => map.get(bytesOf(key), 0, bytesOf(key).length),
  };
}

test('keeps the latest offset of many keys', () => {
  const { map, put, get } = aMap(1 << 20);
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 20_000; i++) put(`key ${String(i)}`, round * 20_000 + i);
  }
  expect(map.count).toBe(20_000);
  for (let i = 0; i < 20_000; i += 97) expect(get(`key ${String(i)}`)).toBe(20_000 + i);
  expect(get('another')).toBe(-1);
  expect(get('')).toBe(-1);
});

test('takes no more keys than its memory allows, and finds each when it is full', () => {
  const { map, put, get } = aMap(24 * 10, 0.5);
  expect(map.capacity).toBe(5);
  for (let i = 0; i < 5; i++) put(Buffer.from([i]), i);
  expect(map.isFull).toBe(true);
  put(Buffer.from([0]), 9);
  expect(get(Buffer.from([0]))).toBe(9);
  expect(() => put(Buffer.from([7]), 9)).toThrow('the caller stops when the map is full');
});

test.each`
  maxBytes     | loadFactor | mostKeys    | capacity | because
  ${24 * 1000} | ${0.9}     | ${Infinity} | ${900}   | ${'the load factor leaves room'}
  ${24 * 1000} | ${1}       | ${Infinity} | ${900}   | ${'a fuller table is too slow to search'}
  ${2 ** 40}   | ${0.9}     | ${1000}     | ${1502}  | ${'no more memory is taken than the keys need'}
  ${1}         | ${0.9}     | ${Infinity} | ${1}     | ${'one key always fits'}
`(
  '$maxBytes bytes at $loadFactor for $mostKeys keys: $capacity, because $because',
  ({
    maxBytes,
    loadFactor,
    mostKeys,
    capacity,
  }: {
    maxBytes: number;
    loadFactor: number;
    mostKeys: number;
    capacity: number;
  }) => {
    expect(aMap(maxBytes, loadFactor, mostKeys).map.capacity).toBe(capacity);
  },
);

test.each([0, 1, 2 ** 31 - 2, 2 ** 31 - 1, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 2])(
  'offset %d is an offset',
  (offset) => {
    const { put, get } = aMap(1024);
    put('a', offset);
    expect(get('a')).toBe(offset);
  },
);

describe('the hash of a key', () => {
  const hashOf = (key: Buffer): string => {
    const words = new Int32Array(4);
    keys.hash(key, 0, key.length, words);
    return words.join(' ');
  };

  test('depends on every byte, on its place and on the length', () => {
    const hashes = new Set<string>();
    let count = 0;
    // Around 128 bytes keys go over to another hash.
    for (const length of [0, 1, 2, 127, 128, 129, 300]) {
      hashes.add(hashOf(Buffer.alloc(length)));
      count++;
      for (let at = 0; at < length; at++) {
        const changed = Buffer.alloc(length);
        changed[at] = 1;
        hashes.add(hashOf(changed));
        count++;
      }
    }
    expect(hashes.size).toBe(count);
  });

  test('is of the bytes between start and end alone', () => {
    const words = new Int32Array(4);
    keys.hash(Buffer.from('xxkeyyy'), 2, 5, words);
    expect(words.join(' ')).toBe(hashOf(Buffer.from('key')));
  });

  test('is another one in another broker', () => {
    const other = new Int32Array(4);
    new KeyHash(nodePlatform().random).hash(Buffer.from('key'), 0, 3, other);
    expect(other.join(' ')).not.toBe(hashOf(Buffer.from('key')));
  });
});

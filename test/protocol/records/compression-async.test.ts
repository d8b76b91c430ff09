import { randomFillSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { CompressionCodec } from '../../../src/protocol/records/batch';
import { compress, decompress } from '../../../src/protocol/records/compression';
import { compressAsync, decompressAsync } from '../../../src/protocol/records/compression-async';

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
const LIMIT = 4 * 1024 * 1024;

const words = Buffer.from('The same words come again, and again the same words. '.repeat(60_000));
const noise = randomFillSync(Buffer.alloc(3_000_001));
const nothing = Buffer.alloc(0);

test.each(
  CODECS.flatMap((codec) => [
    { codec, what: 'words', data: words },
    { codec, what: 'what does not compress', data: noise },
    { codec, what: 'nothing', data: nothing },
  ]),
)('$codec: $what is the same in the thread pool', async ({ codec, data }) => {
  const compressed = await compressAsync(codec, data);
  expect(decompress(codec, compressed, LIMIT).equals(data)).toBe(true);
  const plain = await decompressAsync(codec, compress(codec, data), LIMIT);
  expect(plain.equals(data)).toBe(true);
});

test.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)(
  '%s: the limit is exact',
  async (codec: CompressionCodec) => {
    const compressed = compress(codec, words);
    await expect(decompressAsync(codec, compressed, words.length)).resolves.toHaveLength(
      words.length,
    );
    await expect(decompressAsync(codec, compressed, words.length - 1)).rejects.toThrow(
      expect.objectContaining({ errorName: 'MESSAGE_TOO_LARGE' }),
    );
  },
);

test('gzip: the length at the end is that of the last member alone', async () => {
  const members = Buffer.concat([gzipSync(words), gzipSync('the end')]);
  const plain = await decompressAsync('gzip', members, LIMIT);
  expect(plain.equals(Buffer.concat([words, Buffer.from('the end')]))).toBe(true);
});

test.each([
  { what: 'cut short', data: gzipSync(words).subarray(0, 1000) },
  { what: 'shorter than any header', data: Buffer.from([0x1f, 0x8b]) },
  { what: 'of a wrong length', data: withLength(gzipSync(words), 2 ** 32 - 1) },
])('gzip: data that is $what is refused', async ({ data }) => {
  await expect(decompressAsync('gzip', data, LIMIT)).rejects.toThrow(
    expect.objectContaining({ errorName: 'CORRUPT_MESSAGE' }),
  );
});

function withLength(gzip: Buffer, length: number): Buffer {
  gzip.writeUInt32LE(length, gzip.length - 4);
  return gzip;
}

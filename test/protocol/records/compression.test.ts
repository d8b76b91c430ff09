import * as fc from 'fast-check';
import { ProtocolError } from '../../../src/protocol/errors';
import type { CompressionCodec } from '../../../src/protocol/records/batch';
import { compress, decompress } from '../../../src/protocol/records/compression';

const CODECS = ['gzip', 'snappy', 'lz4', 'zstd'] as const;
const LIMIT = 4 * 1024 * 1024;

const text = Buffer.from('The same words come again, and again the same words. '.repeat(9000));

test.each(CODECS)('%s: what is compressed is decompressed again', (codec) => {
  expect(decompress(codec, compress(codec, text), LIMIT).equals(text)).toBe(true);
  expect(compress(codec, text).length).toBeLessThan(text.length / 5);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 3000 }), (array) => {
      const data = Buffer.from(array);
      expect(decompress(codec, compress(codec, data), data.length).equals(data)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test.each`
  codec     | level
  ${'gzip'} | ${1}
  ${'gzip'} | ${9}
  ${'zstd'} | ${-5}
  ${'zstd'} | ${19}
`('$codec takes level $level', ({ codec, level }: { codec: CompressionCodec; level: number }) => {
  expect(decompress(codec, compress(codec, text, level), LIMIT).equals(text)).toBe(true);
});

test('what is not compressed stays as it is', () => {
  expect(compress('none', text)).toBe(text);
  expect(decompress('none', text, LIMIT)).toBe(text);
});

test('snappy is written in the frames of snappy-java and read with or without them', () => {
  const framed = compress('snappy', Buffer.from('aaaa'));
  expect(framed.subarray(0, 16).toString('hex')).toBe('82534e41505059000000000100000001');
  const length = framed.readInt32BE(16);
  const bare = framed.subarray(20, 20 + length);
  expect(framed).toHaveLength(20 + length);
  expect(decompress('snappy', bare, LIMIT).toString()).toBe('aaaa');
});

test.each(CODECS)('%s: a small batch that would fill the memory is refused', (codec) => {
  const bomb = compress(codec, Buffer.alloc(64 * 1024 * 1024));
  const before = process.memoryUsage().rss;
  const open = (): unknown => decompress(codec, bomb, LIMIT);
  expect(open).toThrow(expect.objectContaining({ errorName: 'MESSAGE_TOO_LARGE' }));
  expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024);
});

test.each(CODECS)('%s: the limit is exact', (codec) => {
  const data = text.subarray(0, 200_000);
  const compressed = compress(codec, data);
  expect(decompress(codec, compressed, data.length).equals(data)).toBe(true);
  const open = (): unknown => decompress(codec, compressed, data.length - 1);
  expect(open).toThrow(expect.objectContaining({ errorName: 'MESSAGE_TOO_LARGE' }));
});

test.each(CODECS)('%s: bytes that are not of the codec are corrupt', (codec) => {
  const corrupt = expect.objectContaining({ errorName: 'CORRUPT_MESSAGE' });
  const compressed = compress(codec, text);
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('neither this nor that'),
    compressed.subarray(0, -1),
    compressed.subarray(0, 9),
  ]) {
    expect(() => decompress(codec, bytes, LIMIT)).toThrow(corrupt);
  }
});

/** How the attempt ends: the size of what came out, or the name of the error. */
function attempt(codec: CompressionCodec, data: Buffer): number | string {
  try {
    return decompress(codec, data, LIMIT).length;
  } catch (error) {
    return error instanceof ProtocolError ? error.errorName : String(error);
  }
}

test.each(CODECS)('%s: changed bytes never do more than throw', (codec) => {
  const compressed = compress(codec, text.subarray(0, 5000));
  const isFine = (outcome: number | string): boolean =>
    typeof outcome === 'number'
      ? outcome <= LIMIT
      : ['CORRUPT_MESSAGE', 'MESSAGE_TOO_LARGE'].includes(outcome);
  fc.assert(
    fc.property(
      fc.nat(compressed.length - 1),
      fc.integer({ min: 1, max: 255 }),
      (position, change) => {
        const changed = Buffer.from(compressed);
        changed.writeUInt8(changed.readUInt8(position) ^ change, position);
        expect(isFine(attempt(codec, changed))).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

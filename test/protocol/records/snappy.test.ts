import { randomFillSync } from 'node:crypto';
import { compressSync } from 'snappy';
import { decompress } from '../../../src/protocol/records/compression';
import { decompressAsync } from '../../../src/protocol/records/compression-async';

const KIB = 1024;
const LIMIT = 16 * 1024 * KIB;
const HEADER = Buffer.from('82534e41505059000000000100000001', 'hex');
const noise = randomFillSync(Buffer.alloc(3000 * KIB + 1));

/** The frame of snappy-java with blocks of that size. */
function framed(plain: Buffer, blockBytes: number): Buffer {
  const parts: Buffer[] = [HEADER];
  for (let at = 0; at < plain.length; at += blockBytes) {
    const block = compressSync(plain.subarray(at, at + blockBytes));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

const FORMS = [
  { what: 'one bare block', data: compressSync(noise) },
  { what: 'one block in a frame', data: framed(noise, noise.length) },
  { what: 'blocks of 32 KB', data: framed(noise, 32 * KIB) },
  { what: 'blocks of 256 KB', data: framed(noise, 256 * KIB) },
  { what: 'blocks of 1 MB', data: framed(noise, 1024 * KIB) },
];

test.each(FORMS)('$what: read, to the limit', async ({ data }) => {
  expect((await decompressAsync('snappy', data, noise.length)).equals(noise)).toBe(true);
  await expect(decompressAsync('snappy', data, noise.length - 1)).rejects.toThrow(
    expect.objectContaining({ errorName: 'MESSAGE_TOO_LARGE' }),
  );
});

test.each([0, 1, 32 * KIB, 256 * KIB, 256 * KIB + 1])('a bare block of %d bytes', async (size) => {
  const plain = noise.subarray(0, size);
  const data = compressSync(plain);
  expect((await decompressAsync('snappy', data, LIMIT)).equals(plain)).toBe(true);
});

test.each(FORMS)('$what: damage is found', async ({ data }) => {
  const corrupt = expect.objectContaining({ errorName: 'CORRUPT_MESSAGE' });
  const damaged = data.subarray(0, -1);
  expect(() => decompress('snappy', damaged, LIMIT)).toThrow(corrupt);
  await expect(decompressAsync('snappy', damaged, LIMIT)).rejects.toThrow(corrupt);
});

import { createHash, randomFillSync } from 'node:crypto';
import * as fc from 'fast-check';
import { compressFrameSync } from 'lz4-napi';
import { ProtocolError } from '../../../src/protocol/errors';
import { compress, decompress } from '../../../src/protocol/records/compression';
import { compressAsync, decompressAsync } from '../../../src/protocol/records/compression-async';
import { canBeCut, readLz4Header, smallerFrames } from '../../../src/protocol/records/lz4-frame';
import { frameOf, linkedFrameOf } from './lz4-frames';

const KIB = 1024;
const MIB = 1024 * KIB;
const LIMIT = 64 * MIB;
const HEADER_BYTES = 7;
const FLAGS_AT = 4;

const SIZES = [
  0,
  1,
  64 * KIB - 1,
  64 * KIB,
  64 * KIB + 1,
  256 * KIB - 1,
  256 * KIB,
  256 * KIB + 1,
  MIB,
  MIB + 1,
  5 * MIB + 77,
];

const noise = randomFillSync(Buffer.alloc(10 * MIB));
const text = Buffer.from(
  Array.from({ length: 200_000 }, (_, i) => `the words of line ${String(i)}, `).join(''),
);
const zeros = Buffer.alloc(10 * MIB);
const CONTENTS = [
  { what: 'noise', data: noise },
  { what: 'text', data: text },
  { what: 'zeros', data: zeros },
];

describe.each(SIZES)('%d bytes', (size) => {
  test.each(CONTENTS)('of $what become one frame of blocks of 64 KB', async ({ data }) => {
    const plain = data.subarray(0, size);
    const frame = await compressAsync('lz4', plain);
    expect(frame.subarray(FLAGS_AT, HEADER_BYTES).toString('hex')).toBe('604082');
    expect(lengthsOf(frame)).toHaveLength(Math.ceil(plain.length / (64 * KIB)));
    expect(decompress('lz4', frame, LIMIT).equals(plain)).toBe(true);
  });

  test.each([
    { what: 'blocks of 64 KB', options: {} },
    { what: 'blocks with checksums', options: { blockChecksums: true } },
    { what: 'the size announced', options: { contentBytes: size } },
    { what: 'blocks of 200 KB', options: { blockBytes: 200 * KIB } },
    { what: 'blocks of 1 MB', options: { blockBytes: MIB } },
    { what: 'blocks of 4 MB', options: { blockBytes: 4 * MIB } },
    { what: 'large blocks with checksums', options: { blockBytes: MIB, blockChecksums: true } },
    { what: 'blocks that are not full', options: { blockBytes: 5000 } },
  ])('with $what are read', async ({ options }) => {
    for (const { data } of CONTENTS) {
      const plain = data.subarray(0, size);
      if (plain.length < size) continue;
      const frame = frameOf(plain, options);
      expect((await decompressAsync('lz4', frame, LIMIT)).equals(plain)).toBe(true);
    }
  });
});

test('blocks that hold far less than they might are read, in room that grows', async () => {
  const frame = frameOf(zeros, { blockBytes: 3000 });
  const plain = await decompressAsync('lz4', frame, 128 * MIB);
  expect(plain.equals(zeros)).toBe(true);
});

test('blocks that need the ones before them are read', async () => {
  const { frame, holds } = linkedFrameOf(noise, 40);
  expect(canBeCut(frame, readLz4Header(frame))).toBe(false);
  expect((await decompressAsync('lz4', frame, LIMIT)).equals(holds)).toBe(true);
});

test('what follows the frame is passed over, as Kafka does', async () => {
  const frame = Buffer.concat([frameOf(text), Buffer.from('more')]);
  expect((await decompressAsync('lz4', frame, LIMIT)).equals(text)).toBe(true);
});

test.each([
  { what: 'small blocks', frame: frameOf(text) },
  { what: 'small blocks that do not compress', frame: frameOf(noise.subarray(0, text.length)) },
  { what: 'large blocks', frame: frameOf(text, { blockBytes: 4 * MIB }) },
  { what: 'an announced size', frame: frameOf(text, { contentBytes: text.length }) },
])('the limit is exact for $what', async ({ frame }) => {
  await expect(decompressAsync('lz4', frame, text.length)).resolves.toHaveLength(text.length);
  await expect(decompressAsync('lz4', frame, text.length - 1)).rejects.toThrow(
    expect.objectContaining({ errorName: 'MESSAGE_TOO_LARGE' }),
  );
});

const checked = frameOf(text, { blockChecksums: true });
const checkedLarge = frameOf(text, { blockBytes: MIB, blockChecksums: true });
const whole = compressFrameSync(text, { contentChecksum: true });

test.each([
  { what: 'a block', frame: changed(frameOf(text), HEADER_BYTES + 100_000, 0xff) },
  { what: 'a block with a checksum', frame: changed(checked, checked.length - 9, 1) },
  { what: 'a large block', frame: changed(checkedLarge, 100_000, 1) },
  { what: 'the last of a large block', frame: cutBlock() },
  { what: 'the checksum of the header', frame: changed(frameOf(text), HEADER_BYTES - 1, 1) },
  { what: 'the block size', frame: changed(frameOf(text), HEADER_BYTES - 2, 0x80) },
  { what: 'the version', frame: changed(frameOf(text), FLAGS_AT, 0x40) },
  { what: 'a flag without meaning', frame: changed(frameOf(text), FLAGS_AT, 2) },
  { what: 'the checksum of the whole', frame: changed(whole, whole.length - 1, 1) },
  { what: 'an announced size', frame: frameOf(text, { contentBytes: text.length - 1 }) },
  { what: 'a large announced size', frame: frameOf(text, { contentBytes: 2 ** 60 }) },
  { what: 'an announced size of nothing', frame: frameOf(text, { contentBytes: 0 }) },
  { what: 'the end', frame: frameOf(text).subarray(0, -1) },
])('damage of $what is found', async ({ frame }) => {
  expect(await outcomeOf(() => decompressAsync('lz4', frame, LIMIT))).toBe('CORRUPT_MESSAGE');
  expect(await outcomeOf(() => decompress('lz4', frame, LIMIT))).toBe('CORRUPT_MESSAGE');
});

test.each([
  { what: 'small blocks', options: { contentBytes: 600_000 } },
  { what: 'blocks with checksums', options: { blockChecksums: true } },
  { what: 'large blocks', options: { blockBytes: 300_000 } },
])('a changed byte among $what does the same in the thread pool', async ({ options }) => {
  const frame = frameOf(text.subarray(0, 600_000), options);
  const at = fc.oneof(fc.nat(HEADER_BYTES + 20), fc.nat(frame.length - 1));
  const work = async (position: number, bits: number): Promise<void> => {
    const damaged = changed(frame, position, bits);
    const outcome = await outcomeOf(() => decompressAsync('lz4', Buffer.from(damaged), LIMIT));
    expect(outcome).toBe(await outcomeOf(() => decompress('lz4', damaged, LIMIT)));
  };
  await fc.assert(fc.asyncProperty(at, fc.integer({ min: 1, max: 255 }), work), { numRuns: 100 });
});

test('a frame is cut into such of at most 256 KB, or of one block', () => {
  const cut = (blockBytes: number): number[] => {
    const frame = frameOf(noise, { blockBytes });
    return [...smallerFrames(frame, readLz4Header(frame))].map(
      ({ data }) => decompress('lz4', data, LIMIT).length,
    );
  };
  expect(cut(64 * KIB)).toEqual(Array.from({ length: 40 }, () => 256 * KIB));
  expect(cut(200 * KIB)).toEqual([...Array.from({ length: 50 }, () => 200 * KIB), 240 * KIB]);
  expect(cut(4 * MIB)).toEqual([4 * MIB, 4 * MIB, 2 * MIB]);
});

test('a frame that the library made from large data is read', async () => {
  const frame = compress('lz4', noise);
  expect((await decompressAsync('lz4', frame, LIMIT)).equals(noise)).toBe(true);
});

/** The lengths of the blocks of a frame without checksums, which must end with its data. */
function lengthsOf(frame: Buffer): number[] {
  const lengths: number[] = [];
  let at = HEADER_BYTES;
  for (let word = frame.readUInt32LE(at); word !== 0; word = frame.readUInt32LE(at)) {
    lengths.push(word % 0x8000_0000);
    at += 4 + (word % 0x8000_0000);
  }
  expect(at + 4).toBe(frame.length);
  return lengths;
}

/** A frame whose only block, a large one, ends amid what it holds. */
function cutBlock(): Buffer {
  const frame = frameOf(text, { blockBytes: 4 * MIB }).subarray(0, HEADER_BYTES + 4 + 300_000);
  frame.writeUInt32LE(300_000, HEADER_BYTES);
  return Buffer.concat([frame, Buffer.alloc(4)]);
}

function changed(frame: Buffer, at: number, bits: number): Buffer {
  const copy = Buffer.from(frame);
  copy.writeUInt8(copy.readUInt8(at) ^ bits, at);
  return copy;
}

async function outcomeOf(work: () => Buffer | Promise<Buffer>): Promise<string> {
  try {
    return createHash('sha1')
      .update(await work())
      .digest('hex');
  } catch (error) {
    return error instanceof ProtocolError ? error.errorName : String(error);
  }
}

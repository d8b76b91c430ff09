import { decompressFrameSync } from 'lz4-napi';
import { compress } from '../../../src/protocol/records/compression';
import { compressLz4High } from '../../../src/protocol/records/lz4-high';
import { seeded } from '../../builders/seeded';
import type { Below } from '../../builders/seeded';

const LEVELS = [1, 2, 5, 8, 10, 12, 17];
const KB = 1024;
const HEADER_BYTES = 7;
const END_MARK_BYTES = 4;
const WORD_BYTES = 4;

function randomBytes(length: number, seed = 1, letters = 256): Buffer {
  const below = seeded(seed);
  return Buffer.from(Array.from({ length }, () => below(letters)));
}

/** Words with Zipf's frequencies, as in a language. */
function text(length: number): Buffer {
  const below = seeded(7);
  const words = Array.from({ length: 3000 }, () =>
    String.fromCharCode(...Array.from({ length: 2 + below(8) }, () => 97 + below(26))),
  );
  const parts: string[] = [];
  for (let size = 0; size < length; size += parts.at(-1)?.length ?? 0) {
    parts.push(`${words[below(1 + below(1 + below(words.length)))] ?? ''} `);
  }
  return Buffer.from(parts.join('')).subarray(0, length);
}

function repeatedAfter(distance: number): Buffer {
  const start = randomBytes(60, 3);
  return Buffer.concat([start, randomBytes(distance - start.length, 4), start, Buffer.alloc(20)]);
}

/** Random bytes, so that they stay literals, and as many zeros, which one match can copy. */
function literalsAndMatch(literals: number, match: number): Buffer {
  return Buffer.concat([randomBytes(literals, literals), Buffer.alloc(match + 1), randomBytes(20)]);
}

/** The lengths at which the token, or a byte that continues it, is just full. */
const EDGES = [13, 14, 15, 16, 18, 19, 20, 268, 269, 270, 273, 274, 275, 524, 525, 529, 530, 600];

const INPUTS: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  ...Object.fromEntries([1, 4, 5, 11, 12, 13, 14, 17].map((n) => [`${n} zeros`, Buffer.alloc(n)])),
  ...Object.fromEntries(
    [64 * KB - 1, 64 * KB, 64 * KB + 1, 64 * KB + 13].flatMap((n) => [
      [`${n} bytes of text`, text(n)],
      [`${n} zeros`, Buffer.alloc(n)],
      [`${n} random bytes`, randomBytes(n)],
    ]),
  ),
  'a MB of text': text(KB * KB),
  'a MB of zeros': Buffer.alloc(KB * KB),
  ...Object.fromEntries(
    [60, 65_400, 65_535, 65_536].map((n) => [`the same after ${n} bytes`, repeatedAfter(n)]),
  ),
  'literals and matches of all lengths': Buffer.concat(
    EDGES.flatMap((literals) => EDGES.map((match) => literalsAndMatch(literals, match))),
  ),
  'two letters': randomBytes(20 * KB, 5, 2),
  'overlapping copies': Buffer.from('abcabcabcabcab'.repeat(500) + 'abababab'.repeat(70)),
};

interface Block {
  readonly isStored: boolean;
  readonly length: number;
}

function blocksOf(frame: Buffer): readonly Block[] {
  const blocks: Block[] = [];
  let position = HEADER_BYTES;
  for (let word = frame.readUInt32LE(position); word !== 0; word = frame.readUInt32LE(position)) {
    const length = word % 2 ** 31;
    blocks.push({ isStored: word >= 2 ** 31, length });
    position += WORD_BYTES + length;
  }
  expect(position + END_MARK_BYTES).toBe(frame.length);
  return blocks;
}

/** Walks over the sequences of one block: how far from its end the last match starts and ends. */
function endOfMatches(block: Buffer): { readonly start: number; readonly end: number } {
  let at = 0;
  let size = 0;
  let last = { start: 0, end: 0 };
  const rest = (half: number): number => {
    let length = half;
    for (let byte = half === 15 ? 255 : 0; byte === 255; length += byte) {
      byte = block.readUInt8(at++);
    }
    return length;
  };
  for (;;) {
    const token = block.readUInt8(at++);
    const literals = rest(token >> 4);
    at += literals;
    size += literals;
    if (at === block.length) return { start: size - last.start, end: size - last.end };
    expect(block.readUInt16LE(at)).toBeGreaterThan(0);
    at += 2;
    const start = size;
    size += rest(token & 15) + 4;
    last = { start, end: size };
  }
}

/** Every block is smaller than what is in it, or that itself. Returns the frame. */
function expectRoundTrip(data: Buffer, level: number): Buffer {
  const frame = compressLz4High(data, level);
  expect(decompressFrameSync(frame).equals(data)).toBe(true);
  const blocks = blocksOf(frame);
  expect(blocks).toHaveLength(Math.ceil(data.length / (64 * KB)));
  const isRight = blocks.every(({ isStored, length }, i) => {
    const plain = Math.min(64 * KB, data.length - i * 64 * KB);
    return isStored ? length === plain : length < plain;
  });
  expect(isRight).toBe(true);
  return frame;
}

describe.each(Object.entries(INPUTS))('%s', (_, data) => {
  test.each(LEVELS)('come back from level %d', (level) => {
    expectRoundTrip(data, level);
  });
});

/** Pieces that are new, or repeat earlier ones, or one byte; many blocks end within one. */
function structured(below: Below): Buffer {
  const length = 1 + below(below(100) === 0 ? 70_000 : ([40, 400, 3000][below(3)] ?? 0));
  const data = Buffer.alloc(length);
  const letters = [2, 4, 30, 256][below(4)] ?? 256;
  const longest = [8, 40, 700][below(3)] ?? 8;
  for (let at = 0; at < length;) {
    const end = Math.min(length, at + 1 + below(longest));
    const kind = below(3);
    const from = below(at);
    for (let i = 0; at < end; i++) {
      data[at++] = kind === 0 ? below(letters) : kind === 1 ? (data[from + i] ?? 0) : 65;
    }
  }
  return data;
}

test.each(LEVELS)('random structures come back from level %d, ended as they must', (level) => {
  const below = seeded(level);
  for (let run = 0; run < 300; run++) {
    const data = structured(below);
    const frame = expectRoundTrip(data, level);
    const [first] = blocksOf(frame);
    if (first === undefined || first.isStored) continue;
    const start = HEADER_BYTES + WORD_BYTES;
    const last = endOfMatches(frame.subarray(start, start + first.length));
    expect(last.start).toBeGreaterThanOrEqual(12);
    expect(last.end).toBeGreaterThanOrEqual(5);
  }
});

test('the frame has the header of Kafka and, with nothing in it, the end mark alone', () => {
  expect(compressLz4High(Buffer.alloc(0), 12).toString('hex')).toBe('04224d18604082' + '00000000');
});

test('random bytes are stored, with no more than the length of each block and of the frame', () => {
  const data = randomBytes(200 * KB);
  const frame = compressLz4High(data, 17);
  expect(blocksOf(frame).every(({ isStored }) => isStored)).toBe(true);
  expect(frame.length).toBe(data.length + HEADER_BYTES + 4 * WORD_BYTES + END_MARK_BYTES);
});

test.each(['text', 'two letters'])('%s: a higher level writes less, or hardly more', (name) => {
  const data = name === 'text' ? text(300 * KB) : randomBytes(20 * KB, 5, 2);
  const sizes = LEVELS.map((level) => compressLz4High(data, level).length);
  sizes.slice(1).forEach((size, i) => expect(size).toBeLessThan(1.02 * (sizes[i] ?? 0)));
  expect(sizes.at(-1)).toBeLessThan(0.97 * (sizes[0] ?? 0));
});

test('all levels but 9 are those of the high compressor, 9 is the fast one', () => {
  const data = text(200 * KB);
  const fast = compress('lz4', data);
  expect(compress('lz4', data, 9).equals(fast)).toBe(true);
  for (const level of LEVELS) {
    const high = compress('lz4', data, level);
    expect(high.equals(compressLz4High(data, level))).toBe(true);
    expect(high.length).toBeLessThan(0.97 * fast.length);
  }
});

test('a block does not depend on those before it', () => {
  const data = text(50 * KB);
  const before = compressLz4High(data, 5);
  compressLz4High(randomBytes(70 * KB, 9, 3), 5);
  expect(compressLz4High(data, 5).equals(before)).toBe(true);
});

import type { Piece, PieceCodec } from '../../../src/protocol/records/pieces';
import {
  MAX_POOL_BYTES,
  decompressPiece,
  decompressPieces,
} from '../../../src/protocol/records/pieces';

/** Gives back what it gets, and tells what was done and how much was in the pool at once. */
class FakeCodec implements PieceCodec {
  readonly done: string[] = [];
  readonly waiting: (() => void)[] = [];
  mostAtOnce = 0;

  now(data: Buffer): Buffer {
    this.done.push(`now ${data.toString()}`);
    return data;
  }

  inPool(data: Buffer): Promise<Buffer> {
    this.done.push(`pool ${data.toString()}`);
    return new Promise((resolve) => {
      this.waiting.push(() => {
        resolve(data);
      });
      this.mostAtOnce = Math.max(this.mostAtOnce, this.waiting.length);
      setImmediate(() => this.waiting.pop()?.());
    });
  }

  turn(): Promise<unknown> {
    this.done.push('turn');
    return Promise.resolve();
  }
}

function piecesOf(...sizes: number[]): Piece[] {
  return sizes.map((mostBytes, index) => ({ data: Buffer.from(String(index)), mostBytes }));
}

async function textsOf(plain: AsyncIterable<Buffer>): Promise<string[]> {
  const texts: string[] = [];
  for await (const part of plain) texts.push(part.toString());
  return texts;
}

const LARGE = MAX_POOL_BYTES + 1;

test.each([
  { what: 'none', sizes: [], atOnce: 0 },
  { what: 'one', sizes: [1], atOnce: 1 },
  { what: 'as many as go at once', sizes: Array.from({ length: 16 }, () => 1), atOnce: 16 },
  { what: 'many small ones', sizes: Array.from({ length: 100 }, () => 64 * 1024), atOnce: 16 },
  {
    what: 'the largest for the pool',
    sizes: Array.from({ length: 9 }, () => MAX_POOL_BYTES),
    atOnce: 4,
  },
  { what: 'large ones', sizes: [LARGE, LARGE], atOnce: 0 },
])('$what: $atOnce at once, in order', async ({ sizes, atOnce }) => {
  const codec = new FakeCodec();
  const texts = await textsOf(decompressPieces(piecesOf(...sizes), codec));
  expect(texts).toEqual(sizes.map((_, index) => String(index)));
  expect(codec.mostAtOnce).toBe(atOnce);
});

test('large pieces are never made in the pool, and other work has its turn before each', async () => {
  const codec = new FakeCodec();
  await textsOf(decompressPieces(piecesOf(1, LARGE, LARGE, MAX_POOL_BYTES), codec));
  expect(codec.done).toEqual(['pool 0', 'turn', 'now 1', 'turn', 'now 2', 'pool 3']);
});

test.each([
  { mostBytes: MAX_POOL_BYTES, done: ['pool x'] },
  { mostBytes: LARGE, done: ['turn', 'now x'] },
])('a piece of at most $mostBytes bytes: $done.0', async ({ mostBytes, done }) => {
  const codec = new FakeCodec();
  await decompressPiece({ data: Buffer.from('x'), mostBytes }, codec);
  expect(codec.done).toEqual(done);
});

test.each([1, LARGE])('a damaged piece of %d bytes ends it', async (mostBytes) => {
  const codec = new FakeCodec();
  const damaged = (): never => {
    throw new RangeError('damaged');
  };
  codec.now = damaged;
  codec.inPool = () => Promise.reject(new RangeError('damaged'));
  await expect(textsOf(decompressPieces(piecesOf(mostBytes, 1), codec))).rejects.toThrow('damaged');
});

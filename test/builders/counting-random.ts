import type { Random } from '../../src/platform/ports';

/** Chance without chance: each call gives the next number, so that ids can be read and predicted. */
export class CountingRandom implements Random {
  #count = 0;

  below(limit: number): number {
    return this.#count++ % limit;
  }

  bytes(count: number): Buffer {
    const bytes = Buffer.alloc(count);
    bytes.writeUInt32BE(++this.#count, count - 4);
    return bytes;
  }
}

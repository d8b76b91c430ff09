/**
 * Finds what a block of LZ4 can copy from earlier in itself: for each hash of four bytes a chain of the places that
 * have it, the latest first. The limits are those of the block format (github.com/lz4/lz4: doc/lz4_Block_format.md).
 */

/** The largest block. Each place in it is nearer than the farthest copy, 65535 bytes, to all that come before. */
export const MAX_BLOCK_BYTES = 65_536;
/** The shortest copy. */
export const MIN_MATCH = 4;
/** No copy starts in the last 12 bytes of a block. */
const LAST_START_FROM_END = 12;
/** The last 5 bytes of a block are literals. */
const LAST_LITERALS = 5;

const HASH_BITS = 16;
/** 2^32 divided by the golden ratio (Knuth's multiplicative hash). */
const HASH_FACTOR = 0x9e3779b1;
/**
 * So many steps along chains in one block, half more than text takes at level 17, are free; then a search takes no more
 * than at level 8. Data made for it, such as random bits in bytes, would hold up the caller several times as long.
 */
const FREE_STEPS = 1 << 20;
const FEW_STEPS = 128;

const NOTHING = new Uint8Array(0);

/** `length` bytes at `start` in a block that are the same as those `distance` bytes before. To be used again. */
export class Match {
  start = 0;
  length = 0;
  distance = 0;

  get end(): number {
    return this.start + this.length;
  }

  take({ start, length, distance }: Match): void {
    this.start = start;
    this.length = length;
    this.distance = distance;
  }
}

export class MatchFinder {
  /** Of the last search that found one. */
  readonly found = new Match();
  /** The last place at which a match may start; negative in a block too short for any. */
  lastStart = 0;
  /** The latest place of each hash, plus 1; 0 if there is none. */
  readonly #heads = new Uint16Array(1 << HASH_BITS);
  /** The place before this one with the same hash, plus 1; 0 if there is none. */
  readonly #previous = new Uint16Array(MAX_BLOCK_BYTES);
  #data: Uint8Array = NOTHING;
  #entered = 0;
  #steps = 0;
  #freeSteps = 0;

  /** Begins with a block of at most `MAX_BLOCK_BYTES`. A search looks at up to `steps` places. */
  open(block: Uint8Array, steps: number): void {
    this.#data = block;
    this.#heads.fill(0);
    this.#entered = 0;
    this.#steps = steps;
    this.#freeSteps = FREE_STEPS;
    this.lastStart = block.length - LAST_START_FROM_END;
  }

  /** Lets go of the block. */
  close(): void {
    this.#data = NOTHING;
  }

  /**
   * Whether there is a match of more than `length` bytes that covers `at` with at least `MIN_MATCH` bytes from there
   * on, and starts at `lowest` or later. `at` is not after `lowest + length`, nor before that of an earlier search.
   */
  findLonger(at: number, lowest: number, length: number): boolean {
    this.#enterUpTo(at);
    const data = this.#data;
    const previous = this.#previous;
    const end = data.length - LAST_LITERALS;
    const most = this.#freeSteps > 0 ? this.#steps : Math.min(this.#steps, FEW_STEPS);
    let best = length;
    let left = most;
    let place = this.#heads[hashAt(data, at)] as number;
    for (; place > 0 && left > 0 && lowest + best < end; left--) {
      const from = place - 1;
      // A longer match has the byte that comes after the best one if that started at `lowest`, and the byte before.
      const probe = lowest + best;
      const other = from + probe - at;
      if (data[other] === data[probe] && data[other - 1] === data[probe - 1]) {
        best = this.#take(from, at, lowest, best);
      }
      place = previous[from] as number;
    }
    this.#freeSteps -= most - left;
    return best > length;
  }

  /** The length of the match with `from`, which is taken, if it is longer than `best`; else `best`. */
  #take(from: number, at: number, lowest: number, best: number): number {
    const data = this.#data;
    const end = data.length - LAST_LITERALS;
    let ahead = 0;
    while (at + ahead < end && data[from + ahead] === data[at + ahead]) ahead++;
    if (ahead < MIN_MATCH) return best;
    const room = Math.min(from, at - lowest);
    let back = 0;
    while (back < room && data[from - back - 1] === data[at - back - 1]) back++;
    if (ahead + back <= best) return best;
    this.found.start = at - back;
    this.found.distance = at - from;
    return (this.found.length = ahead + back);
  }

  #enterUpTo(limit: number): void {
    const data = this.#data;
    const heads = this.#heads;
    const previous = this.#previous;
    for (let at = this.#entered; at < limit; at++) {
      const hash = hashAt(data, at);
      previous[at] = heads[hash] as number;
      heads[hash] = at + 1;
    }
    this.#entered = limit;
  }
}

function hashAt(data: Uint8Array, at: number): number {
  const word =
    (data[at] as number) |
    ((data[at + 1] as number) << 8) |
    ((data[at + 2] as number) << 16) |
    ((data[at + 3] as number) << 24);
  return Math.imul(word, HASH_FACTOR) >>> (32 - HASH_BITS);
}

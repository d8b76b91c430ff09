/**
 * Writes blocks of LZ4 (github.com/lz4/lz4: doc/lz4_Block_format.md) with few bytes: of matches that overlap it takes
 * those that together leave the least to write, as the high compressor of LZ4 does.
 */
import { Match, MatchFinder, MIN_MATCH } from './lz4-matches';

/** A half of the token holds less than this; what is more follows in bytes of its own. */
const HALF_TOKEN = 15;
const FULL_BYTE = 255;
const DISTANCE_BYTES = 2;
/** What a short match costs: the token and the distance. */
const SEQUENCE_BYTES = 1 + DISTANCE_BYTES;
/** The longest match whose length has room in the token. */
const LONGEST_IN_TOKEN = HALF_TOKEN - 1 + MIN_MATCH;
/** So many bytes before the end of a match a search starts for a better one that overlaps it. */
const OVERLAP = 2;

const NOTHING = new Uint8Array(0);

/** Its arrays are used again for each block. */
export class HighBlockEncoder {
  readonly #finder = new MatchFinder();
  /** The match to be written next, the one after it, and what `#first` was before longer ones took its place. */
  readonly #first = new Match();
  readonly #second = new Match();
  readonly #initial = new Match();
  #block: Uint8Array = NOTHING;
  #target: Uint8Array = NOTHING;
  /** Up to here the block is written. */
  #written = 0;
  #position = 0;
  #limit = 0;

  /**
   * Writes `block`, at most `MAX_BLOCK_BYTES`, to `target` from `position` on, and returns its end there; undefined if
   * it would not get smaller. `target` has room for all of the block. A search looks at up to `steps` places.
   */
  encode(
    block: Uint8Array,
    target: Uint8Array,
    position: number,
    steps: number,
  ): number | undefined {
    this.#finder.open(block, steps);
    this.#block = block;
    this.#target = target;
    this.#written = 0;
    this.#position = position;
    this.#limit = position + block.length - 1;
    const isSmaller = this.#writeAll();
    this.#release();
    return isSmaller ? this.#position : undefined;
  }

  /** A large batch, of which the block is a part, must not stay in memory for it. */
  #release(): void {
    this.#finder.close();
    this.#block = NOTHING;
    this.#target = NOTHING;
  }

  #writeAll(): boolean {
    const finder = this.#finder;
    for (let at = 0; at <= finder.lastStart;) {
      if (!finder.findLonger(at, at, MIN_MATCH - 1)) at++;
      else if (this.#writeMatches()) at = this.#written;
      else return false;
    }
    return this.#writeRest();
  }

  /**
   * Writes the match just found, and those that overlap the one before and are longer. Two are held back: where the
   * third begins at the end of the first, the second is not needed. False if the block does not get smaller.
   */
  #writeMatches(): boolean {
    const { found } = this.#finder;
    const first = this.#first;
    const second = this.#second;
    if (!this.#settleFirst()) return this.#writeMatch(first);
    second.take(found);
    while (this.#findAfter(second)) {
      if (found.start - first.end >= SEQUENCE_BYTES) {
        if (!this.#writeBefore(first, second)) return false;
        first.take(second);
      }
      second.take(found);
    }
    return this.#writeBefore(first, second) && this.#writeMatch(second);
  }

  /**
   * Goes on from the match just found to longer ones as long as what they leave of it is not worth a sequence. Whether
   * there is a longer one that does leave enough; it is then the one just found.
   */
  #settleFirst(): boolean {
    const { found } = this.#finder;
    const first = this.#first;
    const initial = this.#initial;
    first.take(found);
    initial.take(found);
    while (this.#findAfter(first)) {
      if (found.start <= initial.end) first.take(initial);
      if (found.start - first.start >= SEQUENCE_BYTES) return true;
      first.take(found);
    }
    return false;
  }

  /** Whether there is a longer match that overlaps the end of `match`. */
  #findAfter(match: Match): boolean {
    const at = match.end - OVERLAP;
    return at <= this.#finder.lastStart && this.#finder.findLonger(at, match.start, match.length);
  }

  /**
   * Writes `first`, unless too little is left of it. What both cover goes to `second`, but for what `first` can have
   * without more to write for it.
   */
  #writeBefore(first: Match, second: Match): boolean {
    if (second.start < first.end) {
      const latest = Math.min(second.end - MIN_MATCH, this.#finder.lastStart);
      const kept = Math.min(first.end, first.start + LONGEST_IN_TOKEN, latest);
      const split = Math.max(second.start, kept);
      if (split - first.start < MIN_MATCH) return true;
      first.length = split - first.start;
      second.length = second.end - split;
      second.start = split;
    }
    return this.#writeMatch(first);
  }

  #writeMatch({ start, length, distance }: Match): boolean {
    const literals = start - this.#written;
    const more = length - MIN_MATCH;
    const size = 1 + lengthBytes(literals) + literals + DISTANCE_BYTES + lengthBytes(more);
    if (this.#position + size > this.#limit) return false;
    this.#writeLiterals(literals, Math.min(more, HALF_TOKEN));
    this.#target[this.#position++] = distance & 0xff;
    this.#target[this.#position++] = distance >>> 8;
    this.#writeLength(more);
    this.#written = start + length;
    return true;
  }

  #writeRest(): boolean {
    const literals = this.#block.length - this.#written;
    if (this.#position + 1 + lengthBytes(literals) + literals > this.#limit) return false;
    this.#writeLiterals(literals, 0);
    return true;
  }

  /** The token, with `matchHalf` in it, and the literals. */
  #writeLiterals(count: number, matchHalf: number): void {
    const target = this.#target;
    const block = this.#block;
    target[this.#position++] = (Math.min(count, HALF_TOKEN) << 4) | matchHalf;
    this.#writeLength(count);
    let position = this.#position;
    const end = this.#written + count;
    for (let at = this.#written; at < end; at++) target[position++] = block[at] as number;
    this.#position = position;
  }

  /** What the half of the token has no room for. */
  #writeLength(length: number): void {
    if (length < HALF_TOKEN) return;
    let rest = length - HALF_TOKEN;
    for (; rest >= FULL_BYTE; rest -= FULL_BYTE) this.#target[this.#position++] = FULL_BYTE;
    this.#target[this.#position++] = rest;
  }
}

/** How many bytes a length takes besides its half of the token. */
function lengthBytes(length: number): number {
  return length < HALF_TOKEN ? 0 : 1 + Math.floor((length - HALF_TOKEN) / FULL_BYTE);
}

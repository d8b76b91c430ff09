/**
 * The latest offset of each key, in bounded memory (Kafka's `SkimpyOffsetMap`): a hash table with open addressing
 * whose entries of 24 bytes are the hash of a key and an offset. It is as large as it will ever need to be from the
 * start, so it never grows; the system gives its memory only where something is entered.
 */

import { assert } from '../../base/assert';
import { HASH_WORDS } from './key-hash';
import type { KeyHash } from './key-hash';

const ENTRY_WORDS = HASH_WORDS + 2;
const ENTRY_BYTES = ENTRY_WORDS * 4;
/** A fuller table takes too many steps to search. */
const MAX_LOAD = 0.9;
/** No fuller than this where memory does not matter. */
const EASY_LOAD = 0.6;
/** Kafka, too, leaves what is beyond 2 GiB unused. */
const MAX_BYTES = 2 ** 31 - 1;
const UINT32 = 2 ** 32;

export interface OffsetMapSize {
  readonly maxBytes: number;
  /** How full the table may get, at most `MAX_LOAD`. */
  readonly loadFactor: number;
  /** There will not be more keys than this. */
  readonly mostKeys: number;
}

export class OffsetMap {
  /** How many keys fit. */
  readonly capacity: number;
  /** Up to here the log has been looked at, −1 if nowhere. */
  latestOffset = -1;
  readonly #table: Int32Array;
  readonly #slots: number;
  readonly #slotsPerHash: number;
  readonly #wanted = new Int32Array(HASH_WORDS);
  #count = 0;

  constructor(
    private readonly keys: KeyHash,
    { maxBytes, loadFactor, mostKeys }: OffsetMapSize,
  ) {
    const load = Math.min(loadFactor, MAX_LOAD);
    const maxSlots = Math.max(2, Math.floor(Math.min(maxBytes, MAX_BYTES) / ENTRY_BYTES));
    this.#slots = Math.min(maxSlots, Math.ceil(mostKeys / Math.min(load, EASY_LOAD)) + 2);
    this.#slotsPerHash = this.#slots / UINT32;
    this.capacity = Math.max(1, Math.floor(this.#slots * load));
    this.#table = new Int32Array(this.#slots * ENTRY_WORDS);
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= this.capacity;
  }

  /** How much of the room is taken, from 0 to 1. */
  get utilization(): number {
    return this.#count / this.#slots;
  }

  /** Enters the key in [start, end) of `buffer`. */
  put(buffer: Buffer, start: number, end: number, offset: number): void {
    const at = this.#find(buffer, start, end);
    const table = this.#table;
    if (table[at + HASH_WORDS] === 0 && table[at + HASH_WORDS + 1] === 0) {
      assert(!this.isFull, 'the caller stops when the map is full');
      table.set(this.#wanted, at);
      this.#count++;
    }
    // An empty slot is all zeros: offsets are stored from 1 on.
    table[at + HASH_WORDS] = Math.floor((offset + 1) / UINT32);
    table[at + HASH_WORDS + 1] = (offset + 1) | 0;
  }

  /** −1 if the key in [start, end) of `buffer` is not in the map. */
  get(buffer: Buffer, start: number, end: number): number {
    const at = this.#find(buffer, start, end);
    const high = this.#table[at + HASH_WORDS] as number;
    const low = this.#table[at + HASH_WORDS + 1] as number;
    return high * UINT32 + (low >>> 0) - 1;
  }

  /** The entry of a key, or the slot where it would be. */
  #find(buffer: Buffer, start: number, end: number): number {
    const wanted = this.#wanted;
    this.keys.hash(buffer, start, end, wanted);
    const table = this.#table;
    const first = wanted[0] as number;
    let slot = Math.floor((first >>> 0) * this.#slotsPerHash);
    for (;;) {
      const at = slot * ENTRY_WORDS;
      if (table[at + HASH_WORDS] === 0 && table[at + HASH_WORDS + 1] === 0) return at;
      if (
        table[at] === first &&
        table[at + 1] === wanted[1] &&
        table[at + 2] === wanted[2] &&
        table[at + 3] === wanted[3]
      ) {
        return at;
      }
      if (++slot === this.#slots) slot = 0;
    }
  }
}

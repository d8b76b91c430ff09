/**
 * The latest offset of each key, in bounded memory (Kafka's `SkimpyOffsetMap`): a hash table with open
 * addressing whose entries are the MD5 of a key and an offset. It starts small and grows up to its bound.
 */

import { createHash } from 'node:crypto';

import { assert } from '../../base/assert';
import { readInt64, writeInt64 } from '../../protocol/int64';

const HASH_BYTES = 16;
const ENTRY_BYTES = HASH_BYTES + 8;
const FIRST_SLOTS = 1024;
/** A fuller table takes too many steps to search. */
const MAX_LOAD = 0.9;

export class OffsetMap {
  /** How many keys fit. */
  readonly capacity: number;
  /** Up to here the log has been looked at, −1 if nowhere. */
  latestOffset = -1;
  #table = Buffer.alloc(FIRST_SLOTS * ENTRY_BYTES);
  #count = 0;

  constructor(maxBytes: number, loadFactor: number) {
    this.capacity = Math.max(
      1,
      Math.floor((maxBytes / ENTRY_BYTES) * Math.min(loadFactor, MAX_LOAD)),
    );
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= this.capacity;
  }

  put(key: Buffer, offset: number): void {
    if (this.#count + 1 > this.#slots * MAX_LOAD) this.#grow();
    const hash = hashOf(key);
    const { at, isTaken } = this.#find(hash);
    if (!isTaken) {
      assert(!this.isFull, 'the caller stops when the map is full');
      hash.copy(this.#table, at);
      this.#count++;
    }
    // An empty slot is all zeros: offsets are stored from 1 on.
    writeInt64(this.#table, offset + 1, at + HASH_BYTES);
  }

  /** −1 if the key is not in the map. */
  get(key: Buffer): number {
    const { at, isTaken } = this.#find(hashOf(key));
    return isTaken ? readInt64(this.#table, at + HASH_BYTES) - 1 : -1;
  }

  get #slots(): number {
    return this.#table.length / ENTRY_BYTES;
  }

  /** The entry of a key, or the slot where it would be. */
  #find(hash: Buffer): { at: number; isTaken: boolean } {
    let slot = hash.readUInt32BE(0) % this.#slots;
    for (;;) {
      const at = slot * ENTRY_BYTES;
      if (readInt64(this.#table, at + HASH_BYTES) === 0) return { at, isTaken: false };
      if (hash.equals(this.#table.subarray(at, at + HASH_BYTES))) return { at, isTaken: true };
      slot = (slot + 1) % this.#slots;
    }
  }

  #grow(): void {
    const old = this.#table;
    this.#table = Buffer.alloc(old.length * 2);
    for (let from = 0; from < old.length; from += ENTRY_BYTES) {
      if (readInt64(old, from + HASH_BYTES) === 0) continue;
      const { at } = this.#find(old.subarray(from, from + HASH_BYTES));
      old.copy(this.#table, at, from, from + ENTRY_BYTES);
    }
  }
}

function hashOf(key: Buffer): Buffer {
  return createHash('md5').update(key).digest();
}

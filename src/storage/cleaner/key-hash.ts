/**
 * Hashes the keys of records to 128 bits. Where Kafka takes MD5, which costs more than all the rest of looking at a
 * record, this is simple tabulation: each byte picks a random 128-bit word from the table of its position, and so
 * does the length; the words are XORed. Two keys that were chosen without knowledge of the tables, which never
 * leave the process, meet with a probability of 2^-128. Keys longer than the tables take SHA-256, cut to 128 bits.
 */

import { createHash } from 'node:crypto';

import type { Random } from '../../platform/ports';

/** Longest key that has tables. */
const MAX_TABLE_KEY = 128;
const BYTE_VALUES = 256;
export const HASH_WORDS = 4;
const HASH_BYTES = HASH_WORDS * 4;
/** Words for each value of each byte, after those for each length. */
const FIRST_BYTE_AT = (MAX_TABLE_KEY + 1) * HASH_WORDS;
const TABLE_BYTES = (MAX_TABLE_KEY + 1 + MAX_TABLE_KEY * BYTE_VALUES) * HASH_BYTES;

export class KeyHash {
  readonly #table: Int32Array;

  constructor(random: Random) {
    const bytes = new Uint8Array(random.bytes(TABLE_BYTES));
    this.#table = new Int32Array(bytes.buffer);
  }

  /** Hashes the bytes of `buffer` in [start, end) into the first four words of `target`. */
  hash(buffer: Buffer, start: number, end: number, target: Int32Array): void {
    const length = end - start;
    if (length > MAX_TABLE_KEY) {
      hashLong(buffer.subarray(start, end), target);
      return;
    }
    const table = this.#table;
    let at = length * HASH_WORDS;
    let a = table[at] as number;
    let b = table[at + 1] as number;
    let c = table[at + 2] as number;
    let d = table[at + 3] as number;
    at = FIRST_BYTE_AT;
    for (let position = start; position < end; position++) {
      const word = at + (buffer[position] as number) * HASH_WORDS;
      a ^= table[word] as number;
      b ^= table[word + 1] as number;
      c ^= table[word + 2] as number;
      d ^= table[word + 3] as number;
      at += BYTE_VALUES * HASH_WORDS;
    }
    target[0] = a;
    target[1] = b;
    target[2] = c;
    target[3] = d;
  }
}

function hashLong(key: Buffer, target: Int32Array): void {
  const digest = createHash('sha256').update(key).digest();
  for (let word = 0; word < HASH_WORDS; word++) target[word] = digest.readInt32LE(word * 4);
}

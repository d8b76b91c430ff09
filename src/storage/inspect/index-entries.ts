/** The entries of `.index`, `.timeindex` and `.txnindex` files as they are, right or wrong. */

import { readInt64 } from '../../protocol/int64';
import type { OffsetPosition } from '../segment/offset-index';
import type { TimestampEntry } from '../segment/time-index';
import type { AbortedTransaction } from '../types';

/** Entries of fixed size; `at` reads the one at an index below `count`. */
export interface Entries<T> {
  readonly count: number;
  readonly entrySize: number;
  /** Bytes after the last whole entry. */
  readonly extraBytes: number;
  /** Zeros after the last entry: Kafka allots the index of the active segment in advance. */
  readonly spareBytes: number;
  at(index: number): T;
}

export interface StoredTransaction extends AbortedTransaction {
  readonly version: number;
}

type Read<T> = (content: Buffer, at: number) => T;

const OFFSET_ENTRY_SIZE = 8;
const TIME_ENTRY_SIZE = 12;
const TRANSACTION_ENTRY_SIZE = 34;

export function offsetEntries(content: Buffer, baseOffset: number): Entries<OffsetPosition> {
  return sparse(content, OFFSET_ENTRY_SIZE, (buffer, at) => ({
    offset: baseOffset + buffer.readInt32BE(at),
    position: buffer.readInt32BE(at + 4),
  }));
}

export function timeEntries(content: Buffer, baseOffset: number): Entries<TimestampEntry> {
  return sparse(content, TIME_ENTRY_SIZE, (buffer, at) => ({
    timestamp: readInt64(buffer, at),
    offset: baseOffset + buffer.readInt32BE(at + 8),
  }));
}

export function transactionEntries(content: Buffer): Entries<StoredTransaction> {
  return whole(content, TRANSACTION_ENTRY_SIZE, (buffer, at) => ({
    version: buffer.readInt16BE(at),
    producerId: readInt64(buffer, at + 2),
    firstOffset: readInt64(buffer, at + 10),
    lastOffset: readInt64(buffer, at + 18),
    lastStableOffset: readInt64(buffer, at + 26),
  }));
}

export function* allOf<T>({ count, at }: Pick<Entries<T>, 'count' | 'at'>): Generator<T> {
  for (let index = 0; index < count; index++) yield at(index);
}

function whole<T>(content: Buffer, entrySize: number, read: Read<T>): Entries<T> {
  return {
    count: Math.floor(content.length / entrySize),
    entrySize,
    extraBytes: content.length % entrySize,
    spareBytes: 0,
    at: (index) => read(content, index * entrySize),
  };
}

function sparse<T>(content: Buffer, entrySize: number, read: Read<T>): Entries<T> {
  const usedBytes = Math.ceil(lengthWithoutZeros(content) / entrySize) * entrySize;
  const end = Math.min(usedBytes, content.length - (content.length % entrySize));
  // An index that ends within an entry was not allotted in advance: its last bytes are a part of one.
  const used = content.length % entrySize === 0 ? content.subarray(0, end) : content;
  return { ...whole(used, entrySize, read), spareBytes: content.length - used.length };
}

const ZEROS = Buffer.alloc(64 * 1024);

function lengthWithoutZeros(content: Buffer): number {
  let end = content.length;
  while (end >= ZEROS.length && content.subarray(end - ZEROS.length, end).equals(ZEROS)) {
    end -= ZEROS.length;
  }
  while (end > 0 && content[end - 1] === 0) end--;
  return end;
}

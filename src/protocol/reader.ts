/**
 * Reads the protocol's primitive types from one buffer. Whatever the bytes say, a read never leaves
 * the buffer and never allocates more than the bytes that are left could fill.
 */
import { readInt64 } from './int64';
import { ZERO_UUID } from './schema';

/** Bytes that are no message: cut short, a length out of range, null where null may not be. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}

/** Longest string of the protocol, in bytes; compact strings keep to it too, as in Kafka's readers. */
export const MAX_STRING_BYTES = 0x7fff;

export const MAX_VARINT_BYTES = 5;

const NO_BYTES = Buffer.alloc(0);

export class Reader {
  private readonly end: number;

  constructor(
    readonly buffer: Buffer,
    public position = 0,
  ) {
    this.end = buffer.length;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  bool(): boolean {
    return this.int8() !== 0;
  }

  int8(): number {
    return this.buffer.readInt8(this.take(1));
  }

  int16(): number {
    return this.buffer.readInt16BE(this.take(2));
  }

  uint16(): number {
    return this.buffer.readUInt16BE(this.take(2));
  }

  int32(): number {
    return this.buffer.readInt32BE(this.take(4));
  }

  uint32(): number {
    return this.buffer.readUInt32BE(this.take(4));
  }

  int64(): number {
    const value = readInt64(this.buffer, this.take(8));
    if (!Number.isSafeInteger(value)) throw new MalformedError('an int64 lies beyond ±(2^53 - 1)');
    return value;
  }

  saturatedInt64(): number {
    const value = readInt64(this.buffer, this.take(8));
    return Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  }

  float64(): number {
    return this.buffer.readDoubleBE(this.take(8));
  }

  unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 7 * MAX_VARINT_BYTES; shift += 7) {
      const byte = this.buffer.readUInt8(this.take(1));
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new MalformedError('a varint has more than five bytes');
  }

  uuid(): string {
    const start = this.take(16);
    const buffer = this.buffer;
    for (let position = start; position < start + 16; position++) {
      if (buffer[position] !== 0) return buffer.toString('base64url', start, start + 16);
    }
    return ZERO_UUID;
  }

  string(): string {
    return this.text(notNull(this.int16(), 'string'));
  }

  nullableString(): string | null {
    const length = this.int16();
    return length === -1 ? null : this.text(length);
  }

  compactString(): string {
    return this.text(notNull(this.unsignedVarint() - 1, 'string'));
  }

  compactNullableString(): string | null {
    const length = this.unsignedVarint() - 1;
    return length === -1 ? null : this.text(length);
  }

  /** A copy, which may be kept. */
  bytes(): Buffer {
    return this.copy(notNull(this.int32(), 'bytes'));
  }

  nullableBytes(): Buffer | null {
    const length = this.int32();
    return length === -1 ? null : this.copy(length);
  }

  compactBytes(): Buffer {
    return this.copy(notNull(this.unsignedVarint() - 1, 'bytes'));
  }

  compactNullableBytes(): Buffer | null {
    const length = this.unsignedVarint() - 1;
    return length === -1 ? null : this.copy(length);
  }

  /** A view of the buffer: whoever needs it longer than the buffer lasts copies it. */
  records(): Buffer {
    return this.view(notNull(this.int32(), 'records'));
  }

  nullableRecords(): Buffer | null {
    const length = this.int32();
    return length === -1 ? null : this.view(length);
  }

  compactRecords(): Buffer {
    return this.view(notNull(this.unsignedVarint() - 1, 'records'));
  }

  compactNullableRecords(): Buffer | null {
    const length = this.unsignedVarint() - 1;
    return length === -1 ? null : this.view(length);
  }

  /** The number of elements of an array whose elements take at least `elementBytes` each. */
  count(elementBytes: number): number {
    return this.bounded(notNull(this.int32(), 'array'), elementBytes);
  }

  /** As `count`, with −1 for null. */
  nullableCount(elementBytes: number): number {
    const count = this.int32();
    return count === -1 ? -1 : this.bounded(count, elementBytes);
  }

  compactCount(elementBytes: number): number {
    return this.bounded(notNull(this.unsignedVarint() - 1, 'array'), elementBytes);
  }

  compactNullableCount(elementBytes: number): number {
    const count = this.unsignedVarint() - 1;
    return count === -1 ? -1 : this.bounded(count, elementBytes);
  }

  /** Where the tagged field that begins here ends: its size is read and checked. */
  taggedEnd(): number {
    const size = this.unsignedVarint();
    if (size > this.remaining) throw truncated();
    return this.position + size;
  }

  /** A known tagged field must fill exactly the size it announced. */
  expectEnd(end: number): void {
    if (this.position !== end)
      throw new MalformedError('a tagged field has another size than it says');
  }

  /** Passes over a section of tagged fields. */
  skipTaggedFields(): void {
    for (let left = this.unsignedVarint(); left > 0; left--) {
      this.unsignedVarint();
      this.position = this.taggedEnd();
    }
  }

  private take(count: number): number {
    const start = this.position;
    if (count > this.end - start) throw truncated();
    this.position = start + count;
    return start;
  }

  private length(length: number): number {
    if (length < 0) throw new MalformedError(`negative length ${String(length)}`);
    return this.take(length);
  }

  private text(length: number): string {
    if (length > MAX_STRING_BYTES) throw new MalformedError(`a string of ${String(length)} bytes`);
    const start = this.length(length);
    return this.buffer.toString('utf8', start, this.position);
  }

  private view(length: number): Buffer {
    const start = this.length(length);
    return this.buffer.subarray(start, this.position);
  }

  private copy(length: number): Buffer {
    return length === 0 ? NO_BYTES : Buffer.from(this.view(length));
  }

  private bounded(count: number, elementBytes: number): number {
    if (count < 0) throw new MalformedError(`negative count ${String(count)}`);
    if (count * elementBytes > this.remaining) throw truncated();
    return count;
  }
}

function notNull(length: number, what: string): number {
  if (length === -1) throw new MalformedError(`null where ${what} must be`);
  return length;
}

function truncated(): MalformedError {
  return new MalformedError('the message ends too early');
}

/**
 * Writes the protocol's primitive types into chunks. Small fields gather in a slab that successive
 * messages share; records are referenced, never copied, and become chunks of their own.
 */
import { writeInt64 } from './int64';
import { MAX_STRING_BYTES, MAX_VARINT_BYTES } from './reader';
import { ZERO_UUID } from './schema';

type Records = Buffer | readonly Buffer[];

const SLAB_BYTES = 64 * 1024;
const UUID_BYTES = 16;
const MAX_UTF8_BYTES_PER_CHAR = 3;
/** Up to this length, writing a string by character beats the call into the runtime. */
const SHORT_STRING = 24;

const NO_BYTES = Buffer.alloc(0);

/** The part of the newest slab that no message has used yet; whoever writes takes it and gives back the rest. */
let spare = Buffer.allocUnsafeSlow(SLAB_BYTES);

export class Writer {
  private buffer = spare;
  /** Where the chunk being filled begins. */
  private start = 0;
  private position = 0;
  private readonly chunks: Buffer[] = [];

  constructor() {
    spare = NO_BYTES;
  }

  /** The chunks written, in order. The writer must not be used afterwards. */
  finish(): Buffer[] {
    this.closeChunk();
    spare = this.buffer.subarray(this.position);
    return this.chunks;
  }

  bool(value: boolean): void {
    this.int8(value ? 1 : 0);
  }

  int8(value: number): void {
    const start = this.reserve(1);
    this.buffer.writeInt8(value, start);
  }

  int16(value: number): void {
    const start = this.reserve(2);
    this.buffer.writeInt16BE(value, start);
  }

  uint16(value: number): void {
    const start = this.reserve(2);
    this.buffer.writeUInt16BE(value, start);
  }

  int32(value: number): void {
    const start = this.reserve(4);
    this.buffer.writeInt32BE(value, start);
  }

  uint32(value: number): void {
    const start = this.reserve(4);
    this.buffer.writeUInt32BE(value, start);
  }

  int64(value: number): void {
    const start = this.reserve(8);
    writeInt64(this.buffer, value, start);
  }

  float64(value: number): void {
    const start = this.reserve(8);
    this.buffer.writeDoubleBE(value, start);
  }

  unsignedVarint(value: number): void {
    let position = this.reserve(MAX_VARINT_BYTES);
    let left = value;
    while (left > 0x7f) {
      this.buffer[position++] = (left & 0x7f) | 0x80;
      left >>>= 7;
    }
    this.buffer[position++] = left;
    this.position = position;
  }

  uuid(value: string): void {
    const start = this.reserve(UUID_BYTES);
    if (value === ZERO_UUID) this.buffer.fill(0, start, start + UUID_BYTES);
    else if (this.buffer.write(value, start, UUID_BYTES, 'base64url') !== UUID_BYTES) {
      throw new TypeError(`not a uuid: ${value}`);
    }
  }

  string(value: string): void {
    const start = this.reserve(2 + value.length * MAX_UTF8_BYTES_PER_CHAR);
    const length = this.text(value, start + 2);
    this.buffer.writeInt16BE(length, start);
  }

  nullableString(value: string | null): void {
    if (value === null) this.int16(-1);
    else this.string(value);
  }

  compactString(value: string): void {
    this.unsignedVarint(Buffer.byteLength(value) + 1);
    this.text(value, this.reserve(value.length * MAX_UTF8_BYTES_PER_CHAR));
  }

  compactNullableString(value: string | null): void {
    if (value === null) this.unsignedVarint(0);
    else this.compactString(value);
  }

  bytes(value: Buffer): void {
    this.int32(value.length);
    this.raw(value);
  }

  nullableBytes(value: Buffer | null): void {
    if (value === null) this.int32(-1);
    else this.bytes(value);
  }

  compactBytes(value: Buffer): void {
    this.unsignedVarint(value.length + 1);
    this.raw(value);
  }

  compactNullableBytes(value: Buffer | null): void {
    if (value === null) this.unsignedVarint(0);
    else this.compactBytes(value);
  }

  records(value: Records): void {
    this.int32(sizeOf(value));
    this.reference(value);
  }

  nullableRecords(value: Records | null): void {
    if (value === null) this.int32(-1);
    else this.records(value);
  }

  compactRecords(value: Records): void {
    this.unsignedVarint(sizeOf(value) + 1);
    this.reference(value);
  }

  compactNullableRecords(value: Records | null): void {
    if (value === null) this.unsignedVarint(0);
    else this.compactRecords(value);
  }

  count(value: number): void {
    this.int32(value);
  }

  compactCount(value: number): void {
    this.unsignedVarint(value + 1);
  }

  /** Begins a tagged field; what it returns is for `endTagged`. Such a field holds no records. */
  beginTagged(tag: number): number {
    this.unsignedVarint(tag);
    return this.position - this.start;
  }

  /** Puts the size of the tagged field before its content. */
  endTagged(begin: number): void {
    const size = this.position - this.start - begin;
    // To make room may move what is written: where it lies is known only then.
    this.reserve(MAX_VARINT_BYTES);
    const from = this.start + begin;
    this.position = from + size;
    this.unsignedVarint(size);
    const sizeBytes = this.position - from - size;
    this.buffer.copyWithin(from + sizeBytes, from, from + size);
    this.position = from;
    this.unsignedVarint(size);
    this.position = from + sizeBytes + size;
  }

  /** Writes `value` as UTF-8 at `start`, where room is reserved; ends there and returns the length in bytes. */
  private text(value: string, start: number): number {
    const length = this.shortAscii(value, start) || this.buffer.write(value, start);
    if (length > MAX_STRING_BYTES) throw new RangeError(`a string of ${String(length)} bytes`);
    this.position = start + length;
    return length;
  }

  /** The length of `value` once written at `start`, or 0 if it is not short or not ASCII. */
  private shortAscii(value: string, start: number): number {
    const length = value.length;
    if (length > SHORT_STRING) return 0;
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return 0;
      this.buffer[start + index] = code;
    }
    return length;
  }

  private raw(value: Buffer): void {
    const start = this.reserve(value.length);
    value.copy(this.buffer, start);
  }

  private reference(value: Records): void {
    this.closeChunk();
    if (Buffer.isBuffer(value)) this.chunks.push(value);
    else this.chunks.push(...value);
  }

  private closeChunk(): void {
    if (this.position > this.start)
      this.chunks.push(this.buffer.subarray(this.start, this.position));
    this.start = this.position;
  }

  private reserve(count: number): number {
    if (this.position + count > this.buffer.length) this.grow(count);
    const start = this.position;
    this.position = start + count;
    return start;
  }

  private grow(count: number): void {
    const used = this.position - this.start;
    const larger = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, 2 * used + count));
    this.buffer.copy(larger, 0, this.start, this.position);
    this.buffer = larger;
    this.start = 0;
    this.position = used;
  }
}

function sizeOf(records: Records): number {
  if (Buffer.isBuffer(records)) return records.length;
  let size = 0;
  for (const part of records) size += part.length;
  return size;
}

/** Zigzag variable-length integers, which records are made of. */
import { MalformedError } from '../reader';

const LOW_BITS = 28;
const LOW_LIMIT = 2 ** LOW_BITS;
const MAX_VARINT_BYTES = 5;
const MAX_VARLONG_BYTES = 10;

/** Reads along a buffer. Throws MalformedError past the end and on too long an integer. */
export class VarintCursor {
  constructor(
    readonly buffer: Buffer,
    public position: number,
  ) {}

  /** An int32. */
  varint(): number {
    let value = 0;
    for (let count = 0; count < MAX_VARINT_BYTES; count++) {
      const byte = this.byte();
      value |= (byte & 0x7f) << (7 * count);
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw new MalformedError('a varint has more than five bytes');
  }

  /** An int64; exact within ±2^52. */
  varlong(): number {
    let low = 0;
    let high = 0;
    for (let count = 0; count < MAX_VARLONG_BYTES; count++) {
      const byte = this.byte();
      const bits = byte & 0x7f;
      if (count < 4) low += bits * 2 ** (7 * count);
      else high += bits * 2 ** (7 * (count - 4));
      if (byte < 0x80) return unzigzag(low + high * LOW_LIMIT);
    }
    throw new MalformedError('a varlong has more than ten bytes');
  }

  byte(): number {
    const byte = this.buffer[this.position++];
    if (byte === undefined) throw new MalformedError('the records end too early');
    return byte;
  }
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

/** Bytes that `value`, an integer within ±2^52, takes. */
export function varintSize(value: number): number {
  let size = 1;
  for (let left = zigzag(value); left >= 0x80; left = Math.floor(left / 0x80)) size++;
  return size;
}

/** Writes an integer within ±2^52 and returns the position after it; int32 and int64 are written alike. */
export function writeVarint(buffer: Buffer, value: number, position: number): number {
  let at = position;
  let left = zigzag(value);
  for (; left >= 0x80; left = Math.floor(left / 0x80)) buffer[at++] = (left % 0x80) | 0x80;
  buffer[at++] = left;
  return at;
}

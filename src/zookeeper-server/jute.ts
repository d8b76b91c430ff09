/**
 * Jute, ZooKeeper's wire encoding (org.apache.jute.BinaryInputArchive): big-endian integers, and
 * strings, buffers and vectors behind an int32 length of which −1 means null. Every length is checked
 * against the bytes that are left before anything is allocated.
 */

/** Bytes that are no valid jute; the connection they came from is closed. */
export class JuteError extends Error {
  override readonly name = 'JuteError';
}

const TWO_TO_32 = 2 ** 32;

export class JuteReader {
  #at: number;

  constructor(
    private readonly bytes: Buffer,
    start = 0,
  ) {
    this.#at = start;
  }

  get bytesLeft(): number {
    return this.bytes.length - this.#at;
  }

  int(): number {
    return this.bytes.readInt32BE(this.#take(4));
  }

  bool(): boolean {
    return this.bytes[this.#take(1)] !== 0;
  }

  /** An int64 as a number, inexact beyond 2^53: for zxids, times and versions. */
  long(): number {
    const at = this.#take(8);
    return this.bytes.readInt32BE(at) * TWO_TO_32 + this.bytes.readUInt32BE(at + 4);
  }

  /** An int64 with all its bits: for session ids. */
  opaqueLong(): bigint {
    return this.bytes.readBigInt64BE(this.#take(8));
  }

  string(): string | null {
    const length = this.#length();
    if (length === undefined) return null;
    const at = this.#take(length);
    return this.bytes.toString('utf8', at, at + length);
  }

  /** A copy: the bytes read from may lie in a reused slab. */
  buffer(): Buffer | null {
    const length = this.#length();
    if (length === undefined) return null;
    const at = this.#take(length);
    return Buffer.from(this.bytes.subarray(at, at + length));
  }

  /** A null vector reads as an empty one, as ZooKeeper's server treats it. */
  vector<T>(readItem: (reader: JuteReader) => T): T[] {
    const count = this.#length() ?? 0;
    // Whatever the server reads in vectors takes four bytes an item or more.
    if (count * 4 > this.bytesLeft) throw new JuteError(`vector of ${String(count)} is cut short`);
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(readItem(this));
    return items;
  }

  #length(): number | undefined {
    const length = this.int();
    if (length < -1) throw new JuteError(`length ${String(length)} is negative`);
    return length === -1 ? undefined : length;
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.bytes.length - at) {
      throw new JuteError(`${String(count)} bytes wanted, ${String(this.bytesLeft)} left`);
    }
    this.#at = at + count;
    return at;
  }
}

const FIRST_CAPACITY = 256;

export class JuteWriter {
  #bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
  #size = 0;

  int(value: number): this {
    const at = this.#grow(4);
    this.#bytes.writeInt32BE(value, at);
    return this;
  }

  bool(value: boolean): this {
    const at = this.#grow(1);
    this.#bytes[at] = value ? 1 : 0;
    return this;
  }

  long(value: number): this {
    const at = this.#grow(8);
    this.#bytes.writeInt32BE(Math.floor(value / TWO_TO_32), at);
    this.#bytes.writeInt32BE(value | 0, at + 4);
    return this;
  }

  opaqueLong(value: bigint): this {
    const at = this.#grow(8);
    this.#bytes.writeBigInt64BE(value, at);
    return this;
  }

  string(value: string | null): this {
    if (value === null) return this.int(-1);
    const length = Buffer.byteLength(value);
    this.int(length);
    const at = this.#grow(length);
    this.#bytes.write(value, at, 'utf8');
    return this;
  }

  buffer(value: Buffer | null): this {
    if (value === null) return this.int(-1);
    this.int(value.length);
    return this.raw(value);
  }

  /** Bytes as they are, without a length. */
  raw(value: Buffer): this {
    const at = this.#grow(value.length);
    value.copy(this.#bytes, at);
    return this;
  }

  vector<T>(items: readonly T[], writeItem: (writer: JuteWriter, item: T) => void): this {
    this.int(items.length);
    for (const item of items) writeItem(this, item);
    return this;
  }

  /** What was written so far; the writer must not be used afterwards. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  #grow(count: number): number {
    const at = this.#size;
    const needed = at + count;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    this.#size = needed;
    return at;
  }
}

/** One frame: the int32 size, then what `write` writes. */
export function juteFrame(write: (writer: JuteWriter) => void): Buffer {
  const writer = new JuteWriter().int(0);
  write(writer);
  const frame = writer.finish();
  frame.writeInt32BE(frame.length - 4, 0);
  return frame;
}

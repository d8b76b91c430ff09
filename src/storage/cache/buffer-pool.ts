/**
 * All memory for log tails and file reads of a broker: recycled buffers of four sizes under one bound. When the
 * bound is reached, the tail data that was written longest ago makes room. Fresh memory costs more than
 * copying into recycled memory, so buffers come back instead of going to the garbage collector.
 *
 * What readers hold is lent and counts apart: a client that does not read its answer keeps it as long as it
 * likes, and the others must not be left without memory for that. Who reads must look at `lentBytes`.
 */

export const BUFFER_SIZES = [16 * 1024, 64 * 1024, 256 * 1024, 1024 * 1024] as const;
export const LARGEST_BUFFER = BUFFER_SIZES[3];

/** Of the bound, for what may be wanted next. */
const READ_AHEAD_SHARE = 1 / 4;

/** Something that occupies a buffer and can do without. */
export interface Evictable {
  /** Gives up the buffer. It comes back to the pool at once, or when its last reader is done. */
  evict(): void;
}

export class BufferPool {
  readonly #free = new Map<number, Buffer[]>(BUFFER_SIZES.map((size) => [size, []]));
  /** Least recently written first. */
  readonly #evictable = new Set<Evictable>();
  /** Those with something read ahead, the one used least recently first. */
  readonly #readAheads = new Set<Evictable>();
  #allocatedBytes = 0;
  #lentBytes = 0;

  constructor(readonly limitBytes: number) {}

  /** All memory held for tails, or waiting for use. */
  get allocatedBytes(): number {
    return this.#allocatedBytes;
  }

  /** Memory that only readers hold. */
  get lentBytes(): number {
    return this.#lentBytes;
  }

  /**
   * A buffer of at least `minBytes`; larger than every pooled size if need be. The bound may be exceeded only
   * while all memory waits to be written.
   */
  take(minBytes: number): Buffer {
    const size = BUFFER_SIZES.find((each) => each >= minBytes) ?? minBytes;
    const free = this.#free.get(size);
    const recycled = free?.pop();
    if (recycled) return recycled;
    this.#makeRoom(size);
    const evicted = free?.pop();
    if (evicted) return evicted;
    this.#allocatedBytes += size;
    return Buffer.allocUnsafeSlow(size);
  }

  /** Takes back a buffer that nobody reads any more. */
  give(buffer: Buffer): void {
    const free = this.#free.get(buffer.length);
    if (free && this.#allocatedBytes <= this.limitBytes) free.push(buffer);
    else this.#allocatedBytes -= buffer.length;
  }

  /** `holder` reads ahead now; together they take at most a share of the bound. */
  noteReadAhead(holder: Evictable): void {
    this.#readAheads.add(holder);
    const most = Math.floor((this.limitBytes * READ_AHEAD_SHARE) / LARGEST_BUFFER);
    for (const oldest of this.#readAheads) {
      if (this.#readAheads.size <= most) return;
      oldest.evict();
    }
  }

  noteNoReadAhead(holder: Evictable): void {
    this.#readAheads.delete(holder);
  }

  /** From now on only readers hold the buffer. */
  lend(buffer: Buffer): void {
    this.#allocatedBytes -= buffer.length;
    this.#lentBytes += buffer.length;
  }

  /** The last reader of a lent buffer is done. */
  takeBack(buffer: Buffer): void {
    this.#lentBytes -= buffer.length;
    this.#allocatedBytes += buffer.length;
    this.give(buffer);
  }

  /** `holder` can be evicted from now on, as the most recently written one. */
  noteEvictable(holder: Evictable): void {
    this.#evictable.delete(holder);
    this.#evictable.add(holder);
  }

  noteNotEvictable(holder: Evictable): void {
    this.#evictable.delete(holder);
  }

  #makeRoom(bytes: number): void {
    const isFull = (): boolean => this.#allocatedBytes + bytes > this.limitBytes;
    for (const holder of this.#readAheads) {
      if (!isFull() || this.#free.get(bytes)?.length) break;
      holder.evict();
    }
    for (const holder of this.#evictable) {
      if (isFull()) this.#dropFree(bytes);
      if (!isFull() || this.#free.get(bytes)?.length) return;
      holder.evict();
    }
    if (isFull()) this.#dropFree(bytes);
  }

  /** Gives free buffers of other sizes to the garbage collector, as many as `bytes` need. */
  #dropFree(bytes: number): void {
    for (const [size, free] of this.#free) {
      while (size !== bytes && free.length > 0 && this.#allocatedBytes + bytes > this.limitBytes) {
        free.pop();
        this.#allocatedBytes -= size;
      }
    }
  }
}

/**
 * What a consumer that reads a log from file to file will want next, read while the present answer is on its
 * way to it. One stretch for each log; the pool bounds those of all logs, and takes them back unused when it
 * needs their memory.
 */

import type { BufferPool, Evictable } from './buffer-pool';

/** A stretch of the file in a pooled buffer. */
export interface Stretch {
  readonly buffer: Buffer;
  readonly count: number;
  /** The checksums of all batches that end by here were found to fit. */
  readonly intactBytes: number;
}

/** Which part of which file. */
export interface StretchPlace<File> {
  readonly file: File;
  readonly position: number;
  /** What was asked for; less may have been there. */
  readonly wanted: number;
}

interface Ahead<File> {
  readonly place: StretchPlace<File>;
  /** `undefined` when it could not be read, or nobody wanted it any more. */
  readonly stretch: Promise<Stretch | undefined>;
}

export class ReadAhead<File> implements Evictable {
  #ahead: Ahead<File> | undefined;
  /** What `#ahead` has brought, until it is taken or dropped. */
  #arrived: Stretch | undefined;

  constructor(
    private readonly pool: BufferPool,
    private readonly read: (place: StretchPlace<File>) => Promise<Stretch>,
  ) {}

  /** Begins to read at `place`; what was read ahead before and not wanted is dropped. */
  start(place: StretchPlace<File>): void {
    this.evict();
    const ahead: Ahead<File> = {
      place,
      stretch: this.read(place).then(
        (stretch) => this.#onArrived(ahead, stretch),
        // Whoever wants the stretch reads it again, and hears of the failure.
        () => undefined,
      ),
    };
    this.#ahead = ahead;
    this.pool.noteReadAhead(this);
  }

  /** The stretch at `place` if it is, or will soon be, here; it is the caller's then. */
  async take({ file, position, wanted }: StretchPlace<File>): Promise<Stretch | undefined> {
    const ahead = this.#ahead;
    const isIt =
      ahead?.place.file === file &&
      ahead.place.position === position &&
      ahead.place.wanted >= wanted;
    if (!isIt) return undefined;
    const stretch = await ahead.stretch;
    if (this.#ahead !== ahead || this.#arrived !== stretch) return undefined;
    this.#forget();
    return stretch;
  }

  evict(): void {
    if (this.#arrived) this.pool.give(this.#arrived.buffer);
    this.#forget();
  }

  #forget(): void {
    this.#ahead = undefined;
    this.#arrived = undefined;
    this.pool.noteNoReadAhead(this);
  }

  #onArrived(ahead: Ahead<File>, stretch: Stretch): Stretch | undefined {
    if (this.#ahead !== ahead) {
      this.pool.give(stretch.buffer);
      return undefined;
    }
    this.#arrived = stretch;
    return stretch;
  }
}

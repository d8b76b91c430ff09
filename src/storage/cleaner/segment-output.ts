/** Writes what the cleaner keeps to a new segment: in large pieces, in the thread pool, one while the next is filled. */

import { HEADER_BYTES, headerAt } from '../segment/batch-header';
import { present } from '../../base/assert';
import type { Segment } from '../segment/segment';
import type { IoThrottle } from './io-throttle';

export interface OutputOptions {
  readonly sliceBytes: number;
  readonly throttle: IoThrottle;
  readonly indexIntervalBytes: number;
}

export class SegmentOutput {
  #filling: Buffer;
  #other: Buffer;
  #used = 0;
  /** Where in the file the buffer begins. */
  #position = 0;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly segment: Segment,
    private readonly options: OutputOptions,
  ) {
    this.#filling = Buffer.allocUnsafeSlow(options.sliceBytes);
    this.#other = Buffer.allocUnsafeSlow(options.sliceBytes);
  }

  /** Copies the batch at `at` of `source`; what is returned, if anything, settles when another may come. */
  add(source: Buffer, at: number, size: number): Promise<void> | undefined {
    const header = present(headerAt(source, at, HEADER_BYTES), 'the header of a kept batch');
    this.segment.append(header, this.options.indexIntervalBytes);
    if (this.#used + size <= this.#filling.length) {
      source.copy(this.#filling, this.#used, at, at + size);
      this.#used += size;
      return undefined;
    }
    return this.#addAfterWrite(source, at, size);
  }

  /** Writes what is left; everything is in the file when it settles. */
  async end(): Promise<void> {
    await this.#flush();
    await this.#writing;
  }

  async #addAfterWrite(source: Buffer, at: number, size: number): Promise<void> {
    await this.#flush();
    if (size > this.#filling.length) {
      await this.#write(source.subarray(at, at + size));
      return;
    }
    source.copy(this.#filling, 0, at, at + size);
    this.#used = size;
  }

  /** Begins to write the full buffer once the other one is free. */
  async #flush(): Promise<void> {
    await this.#writing;
    const bytes = this.#filling.subarray(0, this.#used);
    [this.#filling, this.#other] = [this.#other, this.#filling];
    this.#used = 0;
    this.#writing = this.#write(bytes);
    this.#writing.catch(() => undefined); // The next flush, or the end, hears of it.
    await this.options.throttle.spend(bytes.length);
  }

  #write(bytes: Buffer): Promise<void> {
    const position = this.#position;
    this.#position += bytes.length;
    return this.segment.log.hold((file) => file.write(bytes, position));
  }
}

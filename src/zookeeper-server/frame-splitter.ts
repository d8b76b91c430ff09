/** Cuts a byte stream into frames: an int32 size, then that many bytes. */
import { JuteError } from './jute';

const SIZE_BYTES = 4;

export class FrameSplitter {
  readonly #size = Buffer.alloc(SIZE_BYTES);
  #sizeFilled = 0;
  #frame: Buffer | undefined;
  #frameFilled = 0;

  constructor(private readonly maxFrameBytes: number) {}

  /**
   * Hands every frame that `chunk` completes to `onFrame`, until that returns `false`. A frame that lies whole
   * in the chunk is a view of it. Throws `JuteError` on a size that no frame may have.
   */
  push(chunk: Buffer, onFrame: (frame: Buffer) => boolean): void {
    for (let at = 0; at < chunk.length;) {
      at += this.#fillSize(chunk, at);
      if (this.#sizeFilled < SIZE_BYTES) return;
      const size = this.#checkedSize();
      const part = chunk.subarray(at, at + size - this.#frameFilled);
      at += part.length;
      const frame = part.length === size ? part : this.#collect(size, part);
      if (!frame) return;
      this.#reset();
      if (!onFrame(frame)) return;
    }
  }

  #fillSize(chunk: Buffer, at: number): number {
    const count = Math.min(SIZE_BYTES - this.#sizeFilled, chunk.length - at);
    chunk.copy(this.#size, this.#sizeFilled, at, at + count);
    this.#sizeFilled += count;
    return count;
  }

  #checkedSize(): number {
    const size = this.#size.readInt32BE(0);
    if (size < 0 || size > this.maxFrameBytes) {
      throw new JuteError(
        `a frame of ${String(size)} bytes; up to ${String(this.maxFrameBytes)} are allowed`,
      );
    }
    return size;
  }

  /** Adds a part to the frame, and gives the frame once it is complete. */
  #collect(size: number, part: Buffer): Buffer | undefined {
    this.#frame ??= Buffer.allocUnsafe(size);
    part.copy(this.#frame, this.#frameFilled);
    this.#frameFilled += part.length;
    return this.#frameFilled === size ? this.#frame : undefined;
  }

  #reset(): void {
    this.#sizeFilled = 0;
    this.#frame = undefined;
    this.#frameFilled = 0;
  }
}

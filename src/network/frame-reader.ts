/**
 * Cuts a byte stream into the protocol's frames: INT32 size, then that many bytes. A frame that lies whole
 * inside one chunk is only sliced; one that spans chunks is gathered in a buffer that grows with what has
 * really arrived, so a large announced size alone costs nothing.
 */

const SIZE_BYTES = 4;
/** What a gathered frame starts with, whatever size was announced. */
const FIRST_GATHER_BYTES = 64 * 1024;

/** The announced size is negative or above the limit: the stream cannot be trusted any further. */
export class FrameSizeError extends Error {
  override readonly name = 'FrameSizeError';
  constructor(
    readonly size: number,
    limit: number,
  ) {
    super(`frame of ${String(size)} bytes is outside 0..${String(limit)}`);
  }
}

export class FrameReader {
  #sizeBytes = Buffer.allocUnsafe(SIZE_BYTES);
  #sizeFilled = 0;
  #frame: Buffer | undefined;
  #frameSize = 0;
  #frameFilled = 0;

  /**
   * `onFrame` gets each frame without its size. The frame may lie in the chunk that was fed, so it is
   * only valid until `onFrame` returns.
   */
  constructor(
    private readonly maxFrameBytes: number,
    private readonly onFrame: (frame: Buffer) => void,
    /** Called before a frame is gathered, of which so far only a part is here. */
    private readonly onPartialFrame: (size: number) => void = () => undefined,
  ) {}

  /** Takes the next chunk of the stream. Throws `FrameSizeError`; the reader must not be fed after that. */
  feed(chunk: Buffer): void {
    let position = 0;
    while (position < chunk.length) {
      if (this.#frame) {
        position = this.#gather(chunk, position);
        continue;
      }
      const available = chunk.length - position;
      if (this.#sizeFilled === 0 && available >= SIZE_BYTES) {
        const size = this.#checked(chunk.readInt32BE(position));
        position += SIZE_BYTES;
        if (chunk.length - position >= size) {
          this.onFrame(chunk.subarray(position, position + size));
          position += size;
        } else this.#startGather(size);
      } else position = this.#gatherSize(chunk, position);
    }
  }

  #checked(size: number): number {
    if (size < 0 || size > this.maxFrameBytes) throw new FrameSizeError(size, this.maxFrameBytes);
    return size;
  }

  #startGather(size: number): void {
    this.onPartialFrame(size);
    this.#frameSize = size;
    this.#frameFilled = 0;
    this.#frame = Buffer.allocUnsafeSlow(Math.min(size, FIRST_GATHER_BYTES));
  }

  #gatherSize(chunk: Buffer, position: number): number {
    const count = Math.min(SIZE_BYTES - this.#sizeFilled, chunk.length - position);
    chunk.copy(this.#sizeBytes, this.#sizeFilled, position, position + count);
    this.#sizeFilled += count;
    if (this.#sizeFilled === SIZE_BYTES) {
      this.#sizeFilled = 0;
      const size = this.#checked(this.#sizeBytes.readInt32BE(0));
      if (size === 0) this.onFrame(Buffer.alloc(0));
      else this.#startGather(size);
    }
    return position + count;
  }

  #gather(chunk: Buffer, position: number): number {
    const count = Math.min(this.#frameSize - this.#frameFilled, chunk.length - position);
    const frame = this.#roomFor(this.#frameFilled + count);
    chunk.copy(frame, this.#frameFilled, position, position + count);
    this.#frameFilled += count;
    if (this.#frameFilled === this.#frameSize) {
      this.#frame = undefined;
      this.onFrame(frame.subarray(0, this.#frameSize));
    }
    return position + count;
  }

  #roomFor(neededBytes: number): Buffer {
    const frame = this.#frame as Buffer;
    if (frame.length >= neededBytes) return frame;
    const grown = Buffer.allocUnsafeSlow(
      Math.min(this.#frameSize, Math.max(neededBytes, frame.length * 4)),
    );
    frame.copy(grown, 0, 0, this.#frameFilled);
    this.#frame = grown;
    return grown;
  }
}

/** Cuts a byte stream into frames of a four-byte length and a body. */

const LENGTH_BYTES = 4;
/** Larger than any answer of a sane server; more is not ZooKeeper's protocol. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

export class FrameAssembler {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #wanted = LENGTH_BYTES;

  /** Forgets an unfinished frame. */
  reset(): void {
    this.#chunks = [];
    this.#bytes = 0;
    this.#wanted = LENGTH_BYTES;
  }

  /** Hands every frame that is now complete, its length included, to `onFrame`. Throws on an impossible length. */
  push(chunk: Buffer, onFrame: (frame: Buffer) => void): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#wanted) return;
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    let position = 0;
    this.#wanted = LENGTH_BYTES;
    while (bytes.length - position >= LENGTH_BYTES) {
      const size = bytes.readInt32BE(position);
      if (size < 0 || size > MAX_FRAME_BYTES) throw new Error(`frame of ${String(size)} bytes`);
      const end = position + LENGTH_BYTES + size;
      if (end > bytes.length) {
        this.#wanted = LENGTH_BYTES + size;
        break;
      }
      onFrame(bytes.subarray(position, end));
      position = end;
    }
    this.#chunks = position === bytes.length ? [] : [bytes.subarray(position)];
    this.#bytes = bytes.length - position;
  }
}

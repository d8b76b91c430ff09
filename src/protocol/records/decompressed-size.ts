import { ProtocolError } from '../errors';

/** Adds up how much may come out of compressed blocks, and refuses what is beyond the limit. */
export class DecompressedSize {
  private total = 0;

  constructor(private readonly limit: number) {}

  /** Throws MESSAGE_TOO_LARGE. */
  add(bytes: number): void {
    this.total += bytes;
    if (this.total > this.limit) {
      throw new ProtocolError(
        'MESSAGE_TOO_LARGE',
        `more than ${String(this.limit)} bytes decompressed`,
      );
    }
  }
}

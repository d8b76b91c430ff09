import type { Socket } from '../../src/platform/ports';

/** A socket without a network: what is written is kept, and sent when the test says so. */
export class FakeSocket implements Socket {
  readonly remoteAddress = '10.0.0.9';
  readonly remotePort = 5555;
  readonly localPort = 9092;
  onData: (chunk: Buffer) => void = () => undefined;
  onClose: (error: Error | undefined) => void = () => undefined;
  readonly written: string[] = [];
  isPaused = false;
  isDestroyed = false;
  unsentBytes = 0;
  #onSent: (() => void)[] = [];

  write(buffers: readonly Buffer[], onSent?: () => void): void {
    this.written.push(Buffer.concat(buffers).toString());
    if (onSent) this.#onSent.push(onSent);
  }

  /** The operating system took everything written so far. */
  drain(): void {
    this.unsentBytes = 0;
    for (const sent of this.#onSent.splice(0)) sent();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  end(): void {
    this.destroy();
  }

  destroy(): void {
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    this.onClose(undefined);
  }
}

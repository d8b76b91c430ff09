/** Holds all cleaners together to `log.cleaner.io.max.bytes.per.second`, reads and writes (Kafka's `Throttler`). */

import type { Clock } from '../../platform/ports';

/** Shorter waits are put off until they add up to this. */
const LEAST_WAIT_MS = 20;
/** After this the rate is asked for again. */
const LONGEST_WAIT_MS = 1000;

export class IoThrottle {
  /** Bytes beyond what the rate has allowed so far. */
  #debtBytes = 0;
  #sinceMs: number;
  #isReleased = false;
  readonly #waiting = new Set<() => void>();

  constructor(
    private readonly clock: Clock,
    private readonly bytesPerSecond: () => number,
  ) {
    this.#sinceMs = clock.monotonicMs();
  }

  /** Notes that `bytes` are read or written. What is returned, if anything, settles when more may be. */
  spend(bytes: number): Promise<void> | undefined {
    const before = this.#payOff();
    this.#debtBytes += bytes;
    const isLate = before + this.#msFor(bytes) >= LEAST_WAIT_MS;
    return isLate && !this.#isReleased ? this.#wait() : undefined;
  }

  /** Lets everybody go on at once, because the broker stops. */
  release(): void {
    this.#isReleased = true;
    for (const end of this.#waiting) end();
  }

  async #wait(): Promise<void> {
    for (let ms = this.#payOff(); ms > 0 && !this.#isReleased; ms = this.#payOff()) {
      await this.#sleep(Math.min(ms, LONGEST_WAIT_MS));
    }
  }

  /** Time that has passed pays for bytes; returns how much more must pass. */
  #payOff(): number {
    const nowMs = this.clock.monotonicMs();
    const paidBytes = ((nowMs - this.#sinceMs) * this.bytesPerSecond()) / 1000;
    this.#debtBytes = Math.max(this.#debtBytes - paidBytes, 0);
    this.#sinceMs = nowMs;
    return this.#msFor(this.#debtBytes);
  }

  #msFor(bytes: number): number {
    return (bytes * 1000) / this.bytesPerSecond();
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#waiting.delete(end);
        resolve();
      };
      const cancel = this.clock.callAfter(ms, end);
      this.#waiting.add(end);
    });
  }
}

/**
 * Gives up a long poll that stands in the way of new partitions. A leader answers the requests of a
 * connection one after another, so the partitions of a new leader epoch would wait for the whole poll, and
 * acks=all with them; closing the connection is the only way to be heard at once.
 */

import type { Cancel, Clock } from '../platform/ports';

/** A poll that is answered within this time is left alone. */
const PATIENCE_MS = 10;
/** Between two interruptions: each costs a connection and a full fetch. */
const PERIOD_MS = 100;

export class LongPoll {
  #isOut = false;
  #isInterrupted = false;
  #lastInterruptMs = Number.NEGATIVE_INFINITY;
  #cancel: Cancel | undefined;

  constructor(
    private readonly clock: Clock,
    /** Makes the poll fail. */
    private readonly giveUp: () => void,
  ) {}

  /** Whether the last poll failed because it was given up. Only the first question after it says so. */
  takeInterruption(): boolean {
    const isInterrupted = this.#isInterrupted;
    this.#isInterrupted = false;
    return isInterrupted;
  }

  begin(): void {
    this.#isOut = true;
    this.#isInterrupted = false;
  }

  end(): void {
    this.#isOut = false;
    this.#cancel?.();
  }

  /** The poll that is out, if any, does not know of something that should not wait. */
  interruptSoon(): void {
    if (!this.#isOut) return;
    const earliestMs = this.#lastInterruptMs + PERIOD_MS - this.clock.monotonicMs();
    this.#cancel?.();
    this.#cancel = this.clock.callAfter(Math.max(PATIENCE_MS, earliestMs), () => {
      this.#lastInterruptMs = this.clock.monotonicMs();
      this.#isInterrupted = true;
      this.giveUp();
    });
  }
}

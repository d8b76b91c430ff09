/**
 * Timers by name, made for deadlines that are mostly moved and seldom met: putting one off (every
 * heartbeat does) changes a number, and the real timer, when it fires too early, is set again.
 */

import type { Cancel, Clock } from '../../platform/ports';

interface Timer {
  deadlineMs: number;
  /** When the real timer fires; never after the deadline. */
  firesAtMs: number;
  cancel: Cancel;
}

export class KeyedTimers<Key extends string> {
  readonly #clock: Clock;
  readonly #onDue: (key: Key) => void;
  readonly #timers = new Map<Key, Timer>();

  constructor(clock: Clock, onDue: (key: Key) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Calls `onDue(key)` once, `delayMs` from now, unless started anew or cancelled before. */
  start(key: Key, delayMs: number): void {
    const deadlineMs = this.#clock.monotonicMs() + Math.max(delayMs, 0);
    const timer = this.#timers.get(key);
    if (timer && timer.firesAtMs <= deadlineMs) {
      timer.deadlineMs = deadlineMs;
      return;
    }
    timer?.cancel();
    this.#schedule(key, deadlineMs);
  }

  cancel(key: Key): void {
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
  }

  cancelAll(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #schedule(key: Key, deadlineMs: number): void {
    const delayMs = deadlineMs - this.#clock.monotonicMs();
    const cancel = this.#clock.callAfter(delayMs, () => this.#fire(key));
    this.#timers.set(key, { deadlineMs, firesAtMs: deadlineMs, cancel });
  }

  #fire(key: Key): void {
    const timer = this.#timers.get(key);
    if (!timer) return;
    this.#timers.delete(key);
    if (timer.deadlineMs > this.#clock.monotonicMs()) this.#schedule(key, timer.deadlineMs);
    else this.#onDue(key);
  }
}

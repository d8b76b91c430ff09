import type { Cancel, Clock } from '../../src/platform/ports';

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly task: () => void;
}

/** A clock that only moves when told to; timers due at the same time run in the order they were set. */
export class ManualClock implements Clock {
  #nowMs: number;
  #order = 0;
  #timers: Timer[] = [];
  #endOfTick: (() => void)[] = [];

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  callAfter(delayMs: number, task: () => void): Cancel {
    const timer = { dueMs: this.#nowMs + delayMs, order: this.#order++, task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  callAtEndOfTick(task: () => void): void {
    this.#endOfTick.push(task);
  }

  /** Timers that have not run yet. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** Runs what was left for the end of the tick, including what that adds. */
  endTick(): void {
    for (let task = this.#endOfTick.shift(); task; task = this.#endOfTick.shift()) task();
  }

  /** Moves time forward by `ms`, running every timer that falls due, in order. */
  advance(ms: number): void {
    const targetMs = this.#nowMs + ms;
    this.endTick();
    for (;;) {
      const next = this.#timers
        .filter((timer) => timer.dueMs <= targetMs)
        .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.task();
      this.endTick();
    }
    this.#nowMs = targetMs;
  }
}

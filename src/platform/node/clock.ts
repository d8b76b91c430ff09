import { performance } from 'node:perf_hooks';

import type { Cancel, Clock } from '../ports';

/** The longest delay a Node timer takes; longer ones are set again when it runs out. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock and Node's timers. */
export class NodeClock implements Clock {
  #endOfTick: (() => void)[] = [];

  nowMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  callAfter(delayMs: number, task: () => void): Cancel {
    let timer: NodeJS.Timeout;
    const arm = (remainingMs: number): void => {
      timer = setTimeout(
        remainingMs > MAX_TIMER_MS ? () => arm(remainingMs - MAX_TIMER_MS) : task,
        Math.min(remainingMs, MAX_TIMER_MS),
      );
      timer.unref();
    };
    arm(Math.max(0, delayMs));
    return () => clearTimeout(timer);
  }

  callAtEndOfTick(task: () => void): void {
    if (this.#endOfTick.length === 0) setImmediate(() => this.#runEndOfTick());
    this.#endOfTick.push(task);
  }

  #runEndOfTick(): void {
    const tasks = this.#endOfTick;
    this.#endOfTick = [];
    for (const task of tasks) task();
  }
}

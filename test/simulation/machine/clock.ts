import type { Cancel, Clock } from '../../../src/platform/ports';
import type { Machine } from './machine';

/** The wall clock at the beginning of every simulation: 2024-01-01. */
export const EPOCH_MS = 1_704_067_200_000;

/** A machine's clock: its wall clock may be wrong and jump, and all of its time may run too fast or too slowly. */
export class MachineClock implements Clock {
  #offsetMs = 0;
  /** Seconds of this clock in a second of the world. */
  #rate = 1;
  /** The world's time and this clock's at the last change of the rate. */
  #sinceMs = 0;
  #monotonicMs = 0;

  constructor(private readonly machine: Machine) {}

  nowMs(): number {
    return Math.floor(EPOCH_MS + this.monotonicMs() + this.#offsetMs);
  }

  monotonicMs(): number {
    return this.#monotonicMs + (this.machine.world.nowMs - this.#sinceMs) * this.#rate;
  }

  callAfter(delayMs: number, task: () => void): Cancel {
    return this.machine.after(Math.max(0, delayMs) / this.#rate, task);
  }

  callAtEndOfTick(task: () => void): void {
    this.machine.after(0, task);
  }

  /** The wall clock moves by `ms`, as when somebody sets it. */
  jump(ms: number): void {
    this.#offsetMs += ms;
  }

  /** From now on this clock runs at `rate` seconds a second. Timers already set keep the moment they were set for. */
  drift(rate: number): void {
    this.#monotonicMs = this.monotonicMs();
    this.#sinceMs = this.machine.world.nowMs;
    this.#rate = rate;
  }
}

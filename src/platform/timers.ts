/**
 * Any number of timers over one timer of a clock: a timing wheel with a tick of a millisecond. Adding and
 * cancelling touch the clock's own timer only when the new one is due before all others.
 */
import { Timer, TimingWheel } from '../base/timing-wheel';
import type { Cancel, Clock } from './ports';

export class Timers {
  readonly #wheel = new TimingWheel();
  readonly #originMs: number;
  /** When the clock calls; never later than the wheel has to move. */
  #armedTick: number | undefined;
  #disarm: Cancel = () => undefined;
  #isFiring = false;

  constructor(private readonly clock: Pick<Clock, 'monotonicMs' | 'callAfter'>) {
    this.#originMs = clock.monotonicMs();
  }

  /** Timers that wait now. */
  get size(): number {
    return this.#wheel.size;
  }

  /** Fires `timer` once, `delayMs` from now, at the earliest with the next millisecond; one that waits already is moved. */
  add(timer: Timer, delayMs: number): void {
    const elapsedMs = this.#elapsedMs();
    const nowTick = Math.floor(elapsedMs);
    if (this.#armedTick === undefined || nowTick < this.#armedTick) this.#wheel.skipTo(nowTick);
    const tick = this.#wheel.add(timer, Math.ceil(elapsedMs + delayMs));
    if (this.#armedTick === undefined || tick < this.#armedTick) this.#arm(tick);
  }

  cancel(timer: Timer): void {
    this.#wheel.cancel(timer);
  }

  #elapsedMs(): number {
    return this.clock.monotonicMs() - this.#originMs;
  }

  #arm(tick: number): void {
    this.#disarm();
    this.#armedTick = tick;
    if (this.#isFiring) return;
    const delayMs = Math.max(0, Math.ceil(tick - this.#elapsedMs()));
    this.#disarm = this.clock.callAfter(delayMs, () => this.#fire());
  }

  /** While timers fire, what they add is noted only; the clock is set once, after the last of them. */
  #fire(): void {
    this.#isFiring = true;
    try {
      this.#wheel.advanceTo(Math.floor(this.#elapsedMs()));
    } finally {
      this.#isFiring = false;
      this.#armedTick = undefined;
      const next = this.#wheel.nextTick();
      if (next !== undefined) this.#arm(next);
    }
  }
}

/** A clock whose timers share one timer of the clock below, for whoever sets one with each request. */
export class WheelClock implements Clock {
  readonly timers: Timers;

  constructor(private readonly below: Clock) {
    this.timers = new Timers(below);
  }

  nowMs(): number {
    return this.below.nowMs();
  }

  monotonicMs(): number {
    return this.below.monotonicMs();
  }

  callAfter(delayMs: number, task: () => void): Cancel {
    const timer = new Timer(task);
    this.timers.add(timer, delayMs);
    return () => this.timers.cancel(timer);
  }

  callAtEndOfTick(task: () => void): void {
    this.below.callAtEndOfTick(task);
  }
}

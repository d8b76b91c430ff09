/**
 * A hierarchical timing wheel: timers are added, cancelled and fired at a cost that does not grow with their
 * number (Varghese and Lauck 1987; `org.apache.kafka.server.util.timer.TimingWheel`). Time is counted in
 * ticks and moves only when told to. Each level has a ring of slots; a slot of a level is as long as the whole
 * ring below. What comes due within a slot of an upper level moves down when that slot begins.
 */
import { Link, LinkedList } from './linked-list';

const SLOTS = 64;
/** 64⁶ ticks: with a tick of a millisecond, two years. What is due later goes around the last ring again. */
const LEVELS = 6;

/** One timer; it may be added again once it has fired or was cancelled. */
export class Timer {
  /** The tick at which it is due, while it is in a wheel. */
  dueTick = 0;
  /** Where it waits. A timer that waits no more is in no list. */
  readonly link = new Link<Timer>(this);

  constructor(readonly fire: () => void) {}

  get isWaiting(): boolean {
    return this.link.isLinked;
  }
}

class Level {
  readonly slots = Array.from({ length: SLOTS }, () => new LinkedList<Timer>());

  constructor(readonly slotTicks: number) {}

  slotAt(tick: number): LinkedList<Timer> {
    return this.slots[Math.floor(tick / this.slotTicks) % SLOTS] as LinkedList<Timer>;
  }

  /** When the first slot begins, after `tick`, in which something waits. */
  nextTick(tick: number): number | undefined {
    const current = Math.floor(tick / this.slotTicks);
    for (let slot = current + 1; slot <= current + SLOTS; slot++) {
      if (!this.slots[slot % SLOTS]?.isEmpty) return slot * this.slotTicks;
    }
    return undefined;
  }
}

export class TimingWheel {
  readonly #levels = Array.from({ length: LEVELS }, (_, level) => new Level(SLOTS ** level));
  #size = 0;
  #tick = 0;

  /** Timers that wait now. */
  get size(): number {
    return this.#size;
  }

  get tick(): number {
    return this.#tick;
  }

  /** Adds a timer that is due at `dueTick`, at the earliest with the next tick. Returns when `advanceTo` must be called for it. */
  add(timer: Timer, dueTick: number): number {
    this.cancel(timer);
    timer.dueTick = Math.max(dueTick, this.#tick + 1);
    this.#size++;
    return this.#place(timer);
  }

  /** Does nothing if it does not wait. */
  cancel(timer: Timer): void {
    if (!timer.isWaiting) return;
    timer.link.unlink();
    this.#size--;
  }

  /** The next tick at which something must be done; `undefined` while nothing waits. */
  nextTick(): number | undefined {
    if (this.#size === 0) return undefined;
    let next: number | undefined;
    for (const level of this.#levels) {
      const tick = level.nextTick(this.#tick);
      if (tick !== undefined && (next === undefined || tick < next)) next = tick;
    }
    return next;
  }

  /** Moves time over ticks at which nothing is to be done: `tick` must lie before `nextTick()`. */
  skipTo(tick: number): void {
    if (tick > this.#tick) this.#tick = tick;
  }

  /** Moves time to `tick` and fires what is due by then, in the order of the ticks. */
  advanceTo(tick: number): void {
    for (let next = this.nextTick(); next !== undefined && next <= tick; next = this.nextTick()) {
      this.#tick = next;
      this.#moveDown();
      this.#fireDue();
    }
    this.skipTo(tick);
  }

  #place(timer: Timer): number {
    const ticksLeft = timer.dueTick - this.#tick;
    let level = this.#levels.find(({ slotTicks }) => ticksLeft < slotTicks * SLOTS);
    let tick = timer.dueTick;
    if (!level) {
      level = this.#levels[LEVELS - 1] as Level;
      tick = this.#tick + level.slotTicks * (SLOTS - 1);
    }
    level.slotAt(tick).push(timer.link);
    return Math.floor(tick / level.slotTicks) * level.slotTicks;
  }

  /** Upper slots that begin now give what they hold to the levels below. */
  #moveDown(): void {
    for (let index = LEVELS - 1; index > 0; index--) {
      const level = this.#levels[index] as Level;
      if (this.#tick % level.slotTicks !== 0) continue;
      for (const timer of level.slotAt(this.#tick).values()) {
        timer.link.unlink();
        this.#place(timer);
      }
    }
  }

  #fireDue(): void {
    const due = (this.#levels[0] as Level).slotAt(this.#tick);
    for (let timer = due.shift(); timer; timer = due.shift()) {
      this.#size--;
      timer.fire();
    }
  }
}

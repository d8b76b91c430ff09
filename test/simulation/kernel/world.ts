/**
 * Simulated time. One queue holds all that will happen; nothing else moves. The same seed gives the same run: every
 * choice comes from the seeded generators, and the microtasks of one event have all run before the next one begins.
 */
import type { Cancel } from '../../../src/platform/ports';
import { EventQueue } from './event-queue';
import { SeededRandom } from './seeded-random';
import { Trace } from './trace';

/** What `world.run` throws when an invariant does not hold, or the product has failed. */
export class Violation extends Error {
  override readonly name = 'Violation';
  constructor(
    /** A word for what is broken, the same for every run that breaks it so. */
    readonly invariant: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${invariant}: ${message}`, options);
  }
}

export class World {
  readonly random: SeededRandom;
  readonly #queue = new EventQueue();
  readonly #checks: (() => void)[] = [];
  #nowMs = 0;
  #events = 0;
  #failure: Violation | undefined;

  constructor(
    seed: string,
    readonly trace = new Trace(),
  ) {
    this.random = new SeededRandom(seed);
  }

  /** Simulated milliseconds since the beginning. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Events that have happened. */
  get events(): number {
    return this.#events;
  }

  /** Runs `task` once, `delayMs` of simulated time from now. */
  after(delayMs: number, task: () => void): Cancel {
    return this.at(this.#nowMs + Math.max(0, delayMs), task);
  }

  /** Runs `task` once, at that moment exactly: a delay until then could be rounded to one before or after. */
  at(dueMs: number, task: () => void): Cancel {
    const event = this.#queue.add(Math.max(this.#nowMs, dueMs), task);
    return () => {
      event.task = undefined;
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  note(where: string, what: string, details?: Readonly<Record<string, unknown>>): void {
    this.trace.note(this.#nowMs, where, what, details);
  }

  /** `check` runs after every event; it tells `fail` what it finds. */
  addCheck(check: () => void): void {
    this.#checks.push(check);
  }

  /** Ends the run. The first failure is the one that counts. */
  fail(violation: Violation): void {
    if (this.#failure) return;
    this.#failure = violation;
    this.note('checker', violation.message);
  }

  /** Lets time pass until `deadlineMs`, or until nothing is left to happen. Rejects with the `Violation` that ended it. */
  async runUntil(deadlineMs: number, isDone: () => boolean = () => false): Promise<void> {
    // What happens may not run inside of a microtask: those it causes would have to wait for that one's end.
    await new Promise(setImmediate);
    while (await outsideOfMicrotasks(() => this.#runSome(deadlineMs, isDone)));
    if (this.#failure) throw this.#failure;
  }

  /** A few events; false when the run has ended. */
  #runSome(deadlineMs: number, isDone: () => boolean): boolean {
    try {
      return this.#runEach(deadlineMs, isDone);
    } catch (error) {
      this.fail(crashOf(error));
      return false;
    }
  }

  #runEach(deadlineMs: number, isDone: () => boolean): boolean {
    for (let count = 0; count < EVENTS_AT_ONCE; count++) {
      if (this.#failure || isDone()) return false;
      const event = this.#queue.take(deadlineMs);
      if (!event?.task) {
        this.#nowMs = Math.max(this.#nowMs, deadlineMs);
        return false;
      }
      this.#nowMs = Math.max(this.#nowMs, event.dueMs);
      this.#events += 1;
      event.task();
      runMicrotasks();
      for (const check of this.#checks) check();
    }
    return true;
  }
}

/** After so many the process hears of the outside, as of the signal to end. */
const EVENTS_AT_ONCE = 500;

function outsideOfMicrotasks(run: () => boolean): Promise<boolean> {
  return new Promise((resolve) => setImmediate(() => resolve(run())));
}

/**
 * What Node runs after each callback of its own: all microtasks, until there are none. A turn of the event loop for each
 * event would do the same, and take longer than most events.
 */
const runMicrotasks = (process as unknown as { readonly _tickCallback: () => void })._tickCallback;

/** What the product throws out of a callback would have ended its process. */
export function crashOf(error: unknown): Violation {
  if (error instanceof Violation) return error;
  const { message } = error as Error;
  return new Violation('crash', message, { cause: error });
}

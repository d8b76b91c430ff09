/** Work that is done again and again; the next run is timed when the last one has ended. */

import type { Cancel, Clock } from '../platform/ports';

export interface JobTimes {
  readonly firstDelayMs: number;
  /** Asked before every run, as the setting may have changed. */
  readonly periodMs: () => number;
}

export class PeriodicJob {
  #cancel: Cancel;
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();

  /** `run` deals with its own failures: what it throws stops the broker. */
  constructor(
    private readonly clock: Clock,
    private readonly times: JobTimes,
    private readonly run: () => void | Promise<void>,
  ) {
    this.#cancel = clock.callAfter(times.firstDelayMs, this.#onTimer);
  }

  /** Settles when the run under way, if any, has ended. There is none after it. */
  stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    return this.#running;
  }

  readonly #onTimer = (): void => {
    this.#running = Promise.resolve(this.run()).then(() => {
      if (this.#isStopped) return;
      this.#cancel = this.clock.callAfter(this.times.periodMs(), this.#onTimer);
    });
  };
}

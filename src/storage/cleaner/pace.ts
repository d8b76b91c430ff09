/** Keeps long work from holding up the event loop: after a while everything else has its turn. */

import type { Clock } from '../../platform/ports';

/** How long the work goes on without a rest. */
const TURN_MS = 2;

export class Pace {
  #sinceMs: number;

  constructor(private readonly clock: Clock) {
    this.#sinceMs = clock.monotonicMs();
  }

  /** Whether it is time to rest. */
  get isDue(): boolean {
    return this.clock.monotonicMs() - this.#sinceMs >= TURN_MS;
  }

  /** Settles when everything that waited has had its turn. */
  async rest(): Promise<void> {
    await new Promise<void>((resolve) => this.clock.callAtEndOfTick(resolve));
    this.#sinceMs = this.clock.monotonicMs();
  }
}

/**
 * Spreads new connections over time (`max.connection.creation.rate`): each takes its place on a schedule that
 * may run ahead of the clock by at most one second, and is served when its time has come.
 */

/** A whole second's connections may come at once after a pause. */
const BURST_MS = 1000;

export class AcceptRate {
  /** When the next connection is due if connections come one after the other at the rate. */
  #nextMs = Number.NEGATIVE_INFINITY;

  /** How long a connection that comes at `nowMs` has to wait, in milliseconds. */
  delayMs(nowMs: number, perSecond: number): number {
    const intervalMs = 1000 / perSecond;
    this.#nextMs = Math.max(this.#nextMs, nowMs - BURST_MS) + intervalMs;
    return Math.max(0, this.#nextMs - nowMs);
  }
}

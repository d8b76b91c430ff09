/** How far the loading of a log directory has come: for the log and for the metrics. */

import type { Clock, Log as EventLog } from '../platform/ports';
import { PeriodicJob } from './periodic-job';

const REPORT_INTERVAL_MS = 5000;

export class LoadingProgress {
  #total = 0;
  #remaining = 0;
  /** Of the log that each worker recovers now. */
  readonly #segments: number[] = [];

  get remainingLogs(): number {
    return this.#remaining;
  }

  /** Segments still to be checked in the log that each worker recovers, by worker. */
  get remainingSegments(): readonly number[] {
    return this.#segments;
  }

  begin(logs: number, workers: number): void {
    this.#total = logs;
    this.#remaining = logs;
    this.#segments.length = 0;
    for (let worker = 0; worker < workers; worker++) this.#segments.push(0);
  }

  noteLoaded(): void {
    this.#remaining--;
  }

  noteSegments(worker: number, remaining: number): void {
    this.#segments[worker] = remaining;
  }

  /** Tells the log now and then how far it is, until `stop`. */
  report(to: { clock: Clock; log: EventLog }, directory: string): { stop(): void } {
    const { clock, log } = to;
    const startedMs = clock.monotonicMs();
    const times = { firstDelayMs: REPORT_INTERVAL_MS, periodMs: () => REPORT_INTERVAL_MS };
    const job = new PeriodicJob(clock, times, () => {
      const loaded = this.#total - this.#remaining;
      const msPerLog = (clock.monotonicMs() - startedMs) / loaded;
      log.info('loading logs', {
        directory,
        loaded,
        of: this.#total,
        ...(loaded > 0 ? { secondsLeft: Math.ceil((msPerLog * this.#remaining) / 1000) } : {}),
      });
    });
    return { stop: () => void job.stop() };
  }
}

/** What a client has done since it last said so; handed on a few times a second, never for each record. */
import type { Cancel, Clock } from '../../platform/ports';

export interface Progress {
  records: number;
  bytes: number;
  latencyTotalMs: number;
  latencyMaxMs: number;
}

const INTERVAL_MS = 200;

export function noProgress(): Progress {
  return { records: 0, bytes: 0, latencyTotalMs: 0, latencyMaxMs: 0 };
}

export function addProgress(sum: Progress, more: Progress): void {
  sum.records += more.records;
  sum.bytes += more.bytes;
  sum.latencyTotalMs += more.latencyTotalMs;
  sum.latencyMaxMs = Math.max(sum.latencyMaxMs, more.latencyMaxMs);
}

export class ProgressReporter {
  #current = noProgress();
  #cancel: Cancel = () => undefined;

  constructor(
    private readonly clock: Clock,
    private readonly onProgress: (progress: Progress) => void,
  ) {
    this.#arm();
  }

  /** `records` of together `bytes` that took `latencyMs` each. */
  add(records: number, bytes: number, latencyMs = 0): void {
    const current = this.#current;
    current.records += records;
    current.bytes += bytes;
    current.latencyTotalMs += latencyMs * records;
    if (latencyMs > current.latencyMaxMs) current.latencyMaxMs = latencyMs;
  }

  /** Hands on what is left. */
  stop(): void {
    this.#cancel();
    this.#flush();
  }

  #arm(): void {
    this.#cancel = this.clock.callAfter(INTERVAL_MS, () => {
      this.#flush();
      this.#arm();
    });
  }

  #flush(): void {
    const { records } = this.#current;
    if (records === 0) return;
    const progress = this.#current;
    this.#current = noProgress();
    this.onProgress(progress);
  }
}

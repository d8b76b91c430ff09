/** Gathers what clients do and tells of it every few seconds, as Kafka's perf tools do. */
import { addProgress, noProgress } from '../../perf/measure/progress';
import type { Progress } from '../../perf/measure/progress';

const INTERVAL_MS = 5_000;

export class Windows {
  #current = noProgress();
  #startMs = performance.now();
  readonly #timer = setInterval(() => this.#close(), INTERVAL_MS);

  constructor(private readonly onWindow: (window: Progress, elapsedMs: number) => void) {}

  add(progress: Progress): void {
    addProgress(this.#current, progress);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #close(): void {
    const nowMs = performance.now();
    if (this.#current.records > 0) this.onWindow(this.#current, nowMs - this.#startMs);
    this.#current = noProgress();
    this.#startMs = nowMs;
  }
}

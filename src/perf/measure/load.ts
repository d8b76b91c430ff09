/** A client that measures, from its start to its end. */
import { deferred } from '../../base/deferred';
import type { Platform } from '../../platform/ports';
import type { Progress } from './progress';

export interface RunningLoad<R> {
  /** Resolves once all is prepared; the load then waits for `go`. */
  readonly ready: Promise<void>;
  /** Lets it begin, so that several begin together. */
  go(): void;
  /** Ends early; `result` then tells of what was done. */
  stop(): void;
  readonly result: Promise<R>;
}

export type StartLoad<J, R> = (
  platform: Platform,
  job: J,
  onProgress: (progress: Progress) => void,
) => RunningLoad<R>;

/** Where a load waits for the others. */
export class StartLine {
  readonly #ready = deferred();
  readonly #go = deferred();

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  go(): void {
    this.#go.resolve();
  }

  /** Says that the load is ready, and resolves when it is to go. */
  reach(): Promise<void> {
    this.#ready.resolve();
    return this.#go.promise;
  }
}

/** What the runner and its worker processes say to each other. */
import type { Plan, RunResult } from '../plan';
import type { Failure, Overrides } from './simulation';

export interface Job {
  readonly seed: number;
  readonly overrides: Overrides;
  /** Where all lines of the trace go; `-`: the terminal. */
  readonly trace: string | undefined;
}

export type WorkerMessage =
  | { readonly kind: 'planned'; readonly plan: Plan }
  | { readonly kind: 'finished'; readonly result: RunResult; readonly cpuMs: number }
  /** Something escaped from the run; the worker ends, since nobody knows what is left in it. */
  | { readonly kind: 'failed'; readonly failure: Failure };

/** What the runner needs of the simulation; `planning.ts` and `run.ts` are it, and tests of the runner have their own. */
import type { Plan, RunResult } from '../plan';
import type { Overrides, planOf } from '../planning';
import type { runPlan, RunOptions } from '../run';

export type { Overrides, RunOptions };

export interface Simulation {
  readonly planOf: typeof planOf;
  readonly runPlan: typeof runPlan;
}

/** Why a run counts as failed. */
export interface Failure {
  /** A word for what is broken, the same for every run that breaks it so. */
  readonly invariant: string;
  readonly message: string;
  /** The end of the trace, oldest first; empty when the process died with it. */
  readonly lastLines: readonly string[];
}

/** How the run of a seed ended. */
export interface Outcome {
  readonly seed: number;
  readonly overrides: Overrides;
  /** `undefined` if not even the plan could be made. */
  readonly plan: Plan | undefined;
  /** `undefined` if the run did not come to its end. */
  readonly result: RunResult | undefined;
  readonly failure: Failure | undefined;
  /** Processor time of the run; 0 if unknown. */
  readonly cpuMs: number;
}

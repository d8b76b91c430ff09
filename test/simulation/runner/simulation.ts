/** What the runner needs of the simulation; `planning.ts` and `run.ts` are it, and tests of the runner have their own. */
import type { Plan, RunResult } from '../plan';

/** How a seed's plan is cut down; a member that is missing leaves what the seed gives. */
export interface Overrides {
  /** Ids of the faults that stay. */
  readonly faults?: readonly number[];
  /** Ids of the workloads that stay. */
  readonly workloads?: readonly number[];
  readonly brokers?: number;
  readonly durationMs?: number;
}

export interface RunOptions {
  /** Gets every line of the trace as it comes. */
  readonly sink?: (line: string) => void;
}

export interface Simulation {
  planOf(seed: number, overrides: Overrides): Plan;
  runPlan(plan: Plan, options: RunOptions): Promise<RunResult>;
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

/**
 * All that a run is made of, as data: it follows from the seed, and can be cut down by hand or by the shrinker. What
 * happens inside of the run (latencies, payloads, choices of clients) is drawn from generators of the same seed.
 */

/** A fault, from `atMs` after the beginning of the clients on, for `durationMs` (0: it is a moment). `random` names the generator of what it leaves open. */
export interface FaultPlan {
  /** Its place in the plan that the seed gives; kept when the plan is cut down. */
  readonly id: number;
  readonly kind: string;
  readonly atMs: number;
  readonly durationMs: number;
  /** The broker it befalls, as a place in the list of brokers; another broker if `other` is given. */
  readonly broker: number;
  readonly other: number;
}

export type WorkloadKind = 'producer' | 'consumer' | 'group' | 'admin';

export interface WorkloadPlan {
  readonly id: number;
  readonly kind: WorkloadKind;
  readonly options: Readonly<Record<string, string | number | boolean>>;
}

export interface Plan {
  readonly seed: number;
  readonly brokers: number;
  /** How long the workloads run; faults end at three quarters of it. */
  readonly durationMs: number;
  /** Broker settings beside those that every run has. */
  readonly settings: Readonly<Record<string, string>>;
  readonly workloads: readonly WorkloadPlan[];
  readonly faults: readonly FaultPlan[];
}

export interface RunResult {
  readonly plan: Plan;
  /** `undefined`: all invariants held. */
  readonly violation: { readonly invariant: string; readonly message: string } | undefined;
  readonly digest: string;
  /** The last lines of the trace, oldest first. */
  readonly lastLines: readonly string[];
  readonly simulatedMs: number;
  readonly realMs: number;
  readonly events: number;
  readonly counts: Readonly<Record<string, number>>;
}

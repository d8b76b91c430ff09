/**
 * Makes a failing plan smaller: fewer faults, fewer workloads, fewer brokers, less time. A smaller plan counts if it
 * breaks the same invariant; how it comes to that may be another way than the first one's.
 */
import type { Plan } from '../plan';
import type { Overrides } from './simulation';

/** A run that fails, and by which overrides of its seed. */
export interface FailingRun {
  readonly overrides: Overrides;
  readonly plan: Plan;
  /** Simulated time of the failure. */
  readonly failedAtMs: number;
}

export interface ShrinkOptions {
  /**
   * Runs some of the candidates, and gives the first in their order that still fails, `undefined` if none does. Asked
   * for nothing more once `isTimeUp`.
   */
  readonly firstFailing: (candidates: readonly Overrides[]) => Promise<FailingRun | undefined>;
  readonly isTimeUp: () => boolean;
}

/** A cluster that replicates with a minimal ISR of two and survives one fault has three. */
const FEWEST_BROKERS = 3;
/** Shares of the duration that are tried for it. */
const SHORTER = [0.25, 0.5, 0.75, 0.9];
const SHORTEST_MS = 100;

export async function shrink(start: FailingRun, options: ShrinkOptions): Promise<FailingRun> {
  let best = start;
  for (let before: FailingRun | undefined; before !== best && !options.isTimeUp();) {
    before = best;
    best = await endAtFailure(best, options);
    best = await fewer('faults', best, options);
    best = await fewer('workloads', best, options);
    best = await fewerBrokers(best, options);
    best = await shorter(best, options);
  }
  return best;
}

/** Most plans need not go on for long after what fails. */
async function endAtFailure(run: FailingRun, options: ShrinkOptions): Promise<FailingRun> {
  const durationMs = Math.ceil(run.failedAtMs);
  if (durationMs >= run.plan.durationMs || durationMs < SHORTEST_MS) return run;
  return (await options.firstFailing([{ ...run.overrides, durationMs }])) ?? run;
}

/** Delta debugging: without any, then without ever smaller parts, until each single one is needed. */
async function fewer(
  what: 'faults' | 'workloads',
  start: FailingRun,
  { firstFailing, isTimeUp }: ShrinkOptions,
): Promise<FailingRun> {
  let run = start;
  const without = (left: readonly number[]): Overrides => ({ ...run.overrides, [what]: left });
  let part = idsOf(run.plan[what]).length;
  while (part > 0 && !isTimeUp()) {
    const ids = idsOf(run.plan[what]);
    const candidates: Overrides[] = [];
    for (let at = 0; at < ids.length; at += part)
      candidates.push(without([...ids.slice(0, at), ...ids.slice(at + part)]));
    const smaller = await firstFailing(candidates);
    if (smaller && smaller.plan[what].length < ids.length) {
      run = smaller;
      part = Math.min(part, run.plan[what].length);
    } else part = part === 1 ? 0 : Math.ceil(part / 2);
  }
  return run;
}

async function fewerBrokers(run: FailingRun, options: ShrinkOptions): Promise<FailingRun> {
  const counts = Array.from(
    { length: Math.max(0, run.plan.brokers - FEWEST_BROKERS) },
    (_, index) => FEWEST_BROKERS + index,
  );
  if (counts.length === 0 || options.isTimeUp()) return run;
  const candidates = counts.map((brokers) => ({ ...run.overrides, brokers }));
  return (await options.firstFailing(candidates)) ?? run;
}

async function shorter(start: FailingRun, options: ShrinkOptions): Promise<FailingRun> {
  let run = start;
  while (!options.isTimeUp()) {
    const { durationMs } = run.plan;
    const shares = SHORTER.map((share) => Math.floor(durationMs * share));
    const candidates = shares
      .filter((each) => each >= SHORTEST_MS)
      .map((each) => ({ ...run.overrides, durationMs: each }));
    const smaller = candidates.length > 0 && (await options.firstFailing(candidates));
    if (!smaller || smaller.plan.durationMs >= durationMs) return run;
    run = smaller;
  }
  return run;
}

function idsOf(items: readonly { readonly id: number }[]): number[] {
  return items.map(({ id }) => id);
}

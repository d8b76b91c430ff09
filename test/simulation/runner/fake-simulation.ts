/** A simulation whose runs end as their seed says, for the tests of the runner. */
import type { Plan, RunResult } from '../plan';
import type { Overrides, RunOptions } from './simulation';

export const HANGS = 100;
export const DIES = 101;
export const LEAVES_A_REJECTION = 102;
export const DIFFERS = 103;
/** Fails if faults 3 and 5 of its ten are there. */
export const FAILS = 104;
export const THROWS_LATER = 105;

let runs = 0;

export function planOf(
  seed: number,
  { faults, brokers = 5, durationMs = 10_000 }: Overrides,
): Plan {
  const all = Array.from({ length: 10 }, (_, id) => ({
    id,
    kind: 'crash',
    atMs: 100 * id,
    durationMs: 0,
    broker: 0,
    other: 0,
  }));
  return {
    seed,
    brokers,
    durationMs,
    settings: {},
    workloads: [],
    faults: all.filter(({ id }) => faults?.includes(id) ?? true),
  };
}

export async function runPlan(plan: Plan, { sink }: RunOptions): Promise<RunResult> {
  runs += 1;
  sink?.(`the first line of seed ${String(plan.seed)}`);
  if (plan.seed === DIFFERS) sink?.(`run ${String(process.pid)} ${String(runs)}`);
  await misbehave(plan.seed);
  const needed = [3, 5].every((id) => plan.faults.some((fault) => fault.id === id));
  const isBroken = plan.seed === FAILS && needed;
  return {
    plan,
    violation: isBroken ? { invariant: 'answer', message: 'the answer is 41' } : undefined,
    digest: plan.seed === DIFFERS ? `${String(process.pid)}-${String(runs)}` : String(plan.seed),
    lastLines: ['the line before', 'the last line'],
    simulatedMs: plan.durationMs,
    realMs: 5,
    events: 10,
    counts: { records: 2 },
  };
}

async function misbehave(seed: number): Promise<void> {
  switch (seed) {
    case HANGS:
      for (;;) runs += 1;
    case DIES:
      process.stderr.write('out of luck');
      process.kill(process.pid, 'SIGKILL');
      break;
    case LEAVES_A_REJECTION:
      void Promise.reject(new Error('nobody takes it'));
      break;
    case THROWS_LATER:
      setImmediate(() => {
        throw new Error('nobody catches it');
      });
      break;
    default:
      return;
  }
  await new Promise(() => undefined);
}

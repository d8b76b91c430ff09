import type { Plan } from '../plan';
import { shrink, type FailingRun } from './shrink';
import type { Overrides } from './simulation';

/** A plan of 7 brokers, 20 faults, 5 workloads and a minute, cut down. */
function planOf({ faults, workloads, brokers = 7, durationMs = 60_000 }: Overrides): Plan {
  const ids = (count: number, kept: readonly number[] | undefined): number[] =>
    Array.from({ length: count }, (_, id) => id).filter((id) => kept?.includes(id) ?? true);
  return {
    seed: 1,
    brokers,
    durationMs,
    settings: {},
    workloads: ids(5, workloads).map((id) => ({ id, kind: 'producer', options: {} })),
    faults: ids(20, faults).map((id) => ({
      id,
      kind: 'crash',
      atMs: id * 1000,
      durationMs: 0,
      broker: 0,
      other: 0,
    })),
  };
}

async function shrunk(
  fails: (plan: Plan) => boolean,
  options: { failedAtMs: number; tries?: number },
) {
  let tries = 0;
  const isTimeUp = (): boolean => tries >= (options.tries ?? Number.POSITIVE_INFINITY);
  const firstFailing = (candidates: readonly Overrides[]): Promise<FailingRun | undefined> => {
    for (const overrides of candidates) {
      tries += 1;
      const plan = planOf(overrides);
      const failedAtMs = Math.min(options.failedAtMs, plan.durationMs);
      if (fails(plan)) return Promise.resolve({ overrides, plan, failedAtMs });
    }
    return Promise.resolve(undefined);
  };
  const start = { overrides: {}, plan: planOf({}), failedAtMs: options.failedAtMs };
  const { plan } = await shrink(start, { firstFailing, isTimeUp });
  return {
    faults: plan.faults.map(({ id }) => id),
    workloads: plan.workloads.map(({ id }) => id),
    brokers: plan.brokers,
    durationMs: plan.durationMs,
    tries,
  };
}

function has(items: readonly { id: number }[], ...ids: number[]): boolean {
  return ids.every((id) => items.some((item) => item.id === id));
}

describe('shrinking', () => {
  test('leaves only the faults and workloads that it takes, whichever they are', async () => {
    const fails = ({ faults, workloads }: Plan): boolean =>
      has(faults, 2, 11, 17) && has(workloads, 3);
    const result = await shrunk(fails, { failedAtMs: 30_000 });
    expect(result).toMatchObject({ faults: [2, 11, 17], workloads: [3], brokers: 3 });
  });

  test('drops all faults at once when it takes none', async () => {
    const result = await shrunk(() => true, { failedAtMs: 60_000 });
    expect(result).toMatchObject({ faults: [], workloads: [], brokers: 3 });
    expect(result.durationMs).toBeLessThan(1000);
    expect(result.tries).toBeLessThan(30);
  });

  test('ends the run where it fails, and earlier if it can', async () => {
    const fails = ({ durationMs }: Plan): boolean => durationMs >= 21_000;
    const { durationMs } = await shrunk(fails, { failedAtMs: 40_000 });
    expect(durationMs).toBeGreaterThanOrEqual(21_000);
    expect(durationMs).toBeLessThan(25_000);
  });

  test('keeps as many brokers as it takes', async () => {
    const fails = ({ brokers }: Plan): boolean => brokers >= 5;
    expect(await shrunk(fails, { failedAtMs: 1000 })).toMatchObject({ brokers: 5 });
  });

  test('keeps the plan when nothing smaller fails', async () => {
    const whole = planOf({});
    const fails = (plan: Plan): boolean => JSON.stringify(plan) === JSON.stringify(whole);
    expect(await shrunk(fails, { failedAtMs: 60_000 })).toMatchObject({
      brokers: 7,
      durationMs: 60_000,
      workloads: [0, 1, 2, 3, 4],
    });
  });

  test('stops when its time is up, with the smallest plan found so far', async () => {
    const fails = ({ faults }: Plan): boolean => has(faults, 0, 19);
    const { faults, tries } = await shrunk(fails, { failedAtMs: 60_000, tries: 8 });
    expect(
      has(
        faults.map((id) => ({ id })),
        0,
        19,
      ),
    ).toBe(true);
    expect(tries).toBeLessThan(20);
  });
});

import { FAULT_KINDS } from './faults';
import { SPARE_BROKER } from './faults/broker-faults';
import { planOf } from './planning';
import { runPlan } from './run';

const LIMIT_MS = 60_000;

test('a seed gives the same plan each time, other seeds other ones', () => {
  expect(planOf(7)).toEqual(planOf(7));
  expect(planOf(8)).not.toEqual({ ...planOf(7), seed: 8 });
});

test('what is left of a plan that is cut down is as it was', () => {
  const whole = planOf(1);
  const kept = whole.faults.slice(1, 3);
  const workload = whole.workloads[0];
  const cut = planOf(1, { faults: kept.map(({ id }) => id), workloads: [workload?.id ?? -1] });
  expect(cut).toEqual({ ...whole, faults: kept, workloads: [workload] });
});

test('every kind of fault is in some plan', () => {
  const planned = new Set<string>();
  for (let seed = 1; seed <= 400; seed++)
    for (const { kind } of planOf(seed).faults) planned.add(kind);
  expect(FAULT_KINDS.map(({ name }) => name).filter((name) => !planned.has(name))).toEqual([]);
});

test.each([1, 2, 3])(
  'seed %i runs to its end, and the same way a second time',
  async (seed) => {
    const runs = [await runPlan(planOf(seed)), await runPlan(planOf(seed))];
    for (const { violation } of runs) expect(violation).toBeUndefined();
    const [one, other] = runs;
    expect(other?.digest).toBe(one?.digest);
    expect(other?.lastLines).toEqual(one?.lastLines);
    expect(one?.counts['acked']).toBeGreaterThan(0);
    expect(one?.counts['consumed']).toBeGreaterThan(0);
  },
  LIMIT_MS,
);

// What they have found: docs/internals/simulation.md.
test.each([13, 34, 116, 153, 1636, 2538, 4506, 10849])(
  'seed %i, which once found a fault, finds none',
  async (seed) => {
    expect((await runPlan(planOf(seed))).violation).toBeUndefined();
  },
  LIMIT_MS,
);

test('a broker that joins later, leaves and joins again takes part', async () => {
  const seed = Array.from({ length: 200 }, (_, index) => index + 1).find((each) =>
    planOf(each).faults.some(({ kind }) => kind === SPARE_BROKER),
  );
  const plan = planOf(seed ?? 0);
  const lines: string[] = [];
  const spare = `broker${String(plan.brokers + 1)}`;
  const result = await runPlan(plan, {
    sink: (line) => void (line.includes(spare) && lines.push(line)),
  });
  expect(result.violation).toBeUndefined();
  const happened = lines.join('\n');
  expect(happened).toMatch(/process starts[^]*info started[^]*info stopped[^]*info started/);
});

test('a violation ends a run, and is told', async () => {
  const plan = planOf(1);
  const result = await runPlan({ ...plan, settings: { 'num.io.threads': 'many' } });
  expect(result.violation).toMatchObject({ invariant: 'crash' });
  expect(result.lastLines.join('\n')).toContain('checker    crash: ');
});

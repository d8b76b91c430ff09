import { readFileSync, rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIES, DIFFERS, FAILS, HANGS, LEAVES_A_REJECTION, THROWS_LATER } from './fake-simulation';
import { checkMutants, findingsTable, isFound } from './mutants';
import { differenceOf, runSeeds, type SeedsOptions } from './seeds';
import { Session } from './session';
import type { WorkerPool } from './worker-pool';

const root = join(__dirname, '..', '..', '..');
const fake = 'test/simulation/runner/fake-simulation.ts';

describe('running seeds in processes', () => {
  const lines: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'odradek-runner-'));
  const session = new Session({
    root,
    simulation: [fake],
    workers: 2,
    limitMs: 3000,
    print: (text) => lines.push(text),
  });
  let pool: WorkerPool;

  beforeAll(async () => {
    pool = await session.pool('sound', []);
  });
  beforeEach(() => {
    lines.length = 0;
  });
  afterAll(() => {
    session.close();
    rmSync(folder, { recursive: true });
  });

  function run(seeds: readonly number[], options: Partial<SeedsOptions['arguments']> = {}) {
    return runSeeds({
      arguments: {
        seeds,
        overrides: {},
        trace: undefined,
        isTwice: false,
        shrinks: true,
        mutant: undefined,
        ...options,
      },
      pool,
      print: (text) => lines.push(text),
      now: () => performance.now(),
    });
  }

  test('adds up what the runs counted', async () => {
    const { total, table } = await run([1, 2, 3]);
    expect(total).toMatchObject({ seeds: 3, failed: 0, simulatedMs: 30_000, events: 30 });
    expect(total.counts).toEqual(new Map([['records', 6]]));
    expect(table).toContain('records');
    expect(lines).toEqual([]);
  });

  test.each`
    seed                  | invariant               | message
    ${HANGS}              | ${'hang'}               | ${'3 s of real time'}
    ${DIES}               | ${'processDied'}        | ${'SIGKILL'}
    ${LEAVES_A_REJECTION} | ${'unhandledRejection'} | ${'nobody takes it'}
    ${THROWS_LATER}       | ${'uncaughtException'}  | ${'nobody catches it'}
  `(
    'a run that ends as $invariant fails its seed and no other',
    async ({ seed, invariant, message }: { seed: number; invariant: string; message: string }) => {
      const { total } = await run([1, seed, 2, 3], { shrinks: false });
      expect(total.failures).toEqual(new Map([[invariant, [seed]]]));
      expect(total.seeds).toBe(4);
      expect(lines.join('\n')).toContain(message);
      expect(lines.join('\n')).toContain(`npm run test:sim -- --seed ${String(seed)}`);
    },
  );

  test('stacks tell the places in the sources', async () => {
    await run([LEAVES_A_REJECTION], { shrinks: false });
    expect(lines.join('\n')).toMatch(/fake-simulation\.ts:\d+/);
  });

  test('a failing plan is told with its trace, and shrunk to what it takes', async () => {
    const { total } = await run([FAILS]);
    expect(total.failures).toEqual(new Map([['answer', [FAILS]]]));
    const text = lines.join('\n');
    expect(text).toContain('the last line');
    expect(text).toContain('the answer is 41');
    expect(text).toMatch(/--seed 104 --faults 3,5 --brokers 3 --until \d+/);
  });

  test('two runs of one seed must leave the same trace', async () => {
    const { total } = await run([1, DIFFERS], { isTwice: true });
    expect(total.failures).toEqual(new Map([['determinism', [DIFFERS]]]));
    expect(total.runs).toBe(4);
    expect(lines.join('\n')).toMatch(/  the first line of seed 103\n- run .*\n- \n\+ run /);
  });

  test.each`
    one           | other         | expected           | because
    ${['a', 'b']} | ${['a', 'b']} | ${undefined}       | ${'they are the same'}
    ${['a', 'b']} | ${['a', 'c']} | ${'  a\n- b\n+ c'} | ${'a line differs'}
    ${['a']}      | ${['a', 'c']} | ${'  a\n+ c'}      | ${'the second is longer'}
    ${['a', 'b']} | ${['a']}      | ${'  a\n- b'}      | ${'the first is longer'}
  `(
    'traces $one and $other: $because',
    ({
      one,
      other,
      expected,
    }: {
      one: string[];
      other: string[];
      expected: string | undefined;
    }) => {
      expect(differenceOf(one, other)).toBe(expected);
    },
  );

  test('the whole trace goes to a file', async () => {
    const trace = join(folder, 'trace.txt');
    await run([7], { trace });
    expect(readFileSync(trace, 'utf8')).toBe('the first line of seed 7\n');
  });

  test('a planted bug is found by a seed that passes without it, or is not found', async () => {
    const planted = (find: string, replace: string, seedsNeeded: number) => ({
      name: `bug-${String(seedsNeeded)}`,
      breaks: 'the test',
      patches: [{ file: fake, find, replace }],
      foundBy: ['answer'],
      seedsNeeded,
    });
    const findings = await checkMutants(
      [
        planted('plan.seed === FAILS && needed', 'plan.seed > 2 && needed', 5),
        planted('plan.seed === FAILS && needed', 'plan.seed > 90 && needed', 4),
      ],
      session,
      { now: () => performance.now(), seeds: undefined },
    );
    expect(findings.map(isFound)).toEqual([true, false]);
    expect(findings[0]).toMatchObject({ seed: 3, invariant: 'answer', isFalse: false });
    expect(findingsTable(findings)).toContain('NOT FOUND');
  });

  test('a planted bug whose text is gone is an error', async () => {
    const patch = { file: fake, find: 'no such text', replace: '' };
    await expect(session.pool('rotten', [patch])).rejects.toThrow('does not have the text');
  });

  test('a planted bug in a file that is not in the bundle is an error', async () => {
    const patch = { file: 'src/cli/main.ts', find: 'x', replace: '' };
    await expect(session.pool('elsewhere', [patch])).rejects.toThrow('nothing imports');
  });
});

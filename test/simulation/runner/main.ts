/** `npm run test:sim`; see arguments.ts for what it takes. Ends with 1 if a seed failed or a planted bug was not found. */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { MUTANTS } from '../mutants';
import type { Mutant } from '../mutants/mutant';
import { ArgumentError, parseArguments, USAGE, type Arguments } from './arguments';
import { checkMutants, findingsTable, isFound } from './mutants';
import { runSeeds } from './seeds';
import { Session } from './session';
import { jestNumbers } from './summary';

/** A run takes a second or two; this is for a machine that has much else to do. */
const LIMIT_MS = 120_000;
const SIMULATION = ['test/simulation/planning', 'test/simulation/run'];

/** `root`: of the repository. Gives the exit code. */
export async function main(root: string, words: readonly string[]): Promise<number> {
  try {
    const options = parseArguments(words);
    if (options.wantsHelp) {
      process.stdout.write(USAGE);
      return 0;
    }
    return await withSession(root, options);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return 2;
  }
}

async function withSession(root: string, options: Arguments): Promise<number> {
  const session = new Session({
    root,
    simulation: SIMULATION,
    workers: options.workers ?? availableParallelism(),
    limitMs: LIMIT_MS,
    print: (text) => process.stdout.write(`${text}\n`),
  });
  const interrupted = (): void => {
    session.close();
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    return options.mutants ? await runMutants(options, session) : await runAll(options, session);
  } finally {
    session.close();
  }
}

async function runAll(options: Arguments, session: Session): Promise<number> {
  const mutant = options.mutant === undefined ? undefined : mutantOf(options.mutant);
  const pool = await session.pool(mutant?.name ?? 'sound', mutant?.patches ?? []);
  const { print } = session;
  const now = (): number => performance.now();
  const { total, table } = await runSeeds({ arguments: options, pool, print, now });
  const failures = [...total.failures].flatMap(([invariant, seeds]) =>
    seeds.map((seed) => `seed ${String(seed)}: ${invariant}`),
  );
  conclude(options, session, { table, passed: total.seeds - total.failed, failures });
  return failures.length === 0 ? 0 : 1;
}

async function runMutants(options: Arguments, session: Session): Promise<number> {
  const names = options.mutants ?? [];
  const mutants =
    names.length === 0
      ? MUTANTS.filter(({ seedsNeeded }) => seedsNeeded !== undefined)
      : names.map(mutantOf);
  const now = (): number => performance.now();
  const search = { now, seeds: options.seedsForMutants };
  const findings = await checkMutants(mutants, session, search);
  const table = findingsTable(findings);
  const missed = findings.filter((finding) => !isFound(finding));
  const failures = missed.map(({ mutant }) => `planted bug ${mutant.name}`);
  conclude(options, session, { table, passed: findings.length - missed.length, failures });
  return failures.length === 0 ? 0 : 1;
}

function conclude(
  { summary, json }: Arguments,
  { print }: Session,
  result: { table: string; passed: number; failures: readonly string[] },
): void {
  const { table, passed, failures } = result;
  print(`\n${table}\n\n${String(passed)} passed, ${String(failures.length)} failed`);
  if (summary !== undefined) writeFileSync(summary, `${table}\n`);
  if (json !== undefined) writeFileSync(json, JSON.stringify(jestNumbers(passed, failures)));
}

function mutantOf(name: string): Mutant {
  const found = MUTANTS.find((mutant) => mutant.name === name);
  if (found) return found;
  const names = MUTANTS.map((mutant) => mutant.name).join(', ');
  throw new ArgumentError(`no planted bug is called ${name}; there are: ${names}`);
}

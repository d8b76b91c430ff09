/** Plants one bug after the other, and asks whether the simulation finds it. */
import type { Mutant } from '../mutants/mutant';
import type { Session } from './session';
import type { Outcome } from './simulation';
import { markdownTable } from './summary';
import type { WorkerPool } from './worker-pool';

export interface Finding {
  readonly mutant: Mutant;
  /** Within so many seeds it was looked for. */
  readonly seeds: number;
  /** The smallest seed that failed; `undefined` if none did. */
  readonly seed: number | undefined;
  readonly invariant: string | undefined;
  /** The sound product fails with that seed too, so that nothing is proven. */
  readonly isFalse: boolean;
  readonly seconds: number;
}

export interface SearchOptions {
  /** Milliseconds from anywhere. */
  readonly now: () => number;
  /** Within how many seeds each is looked for; `undefined`: within its own number. */
  readonly seeds: number | undefined;
}

/** For a bug that no seed is known to find. */
const SEEDS_FOR_UNKNOWN = 50;

export async function checkMutants(
  mutants: readonly Mutant[],
  session: Session,
  { now, seeds: everySeeds }: SearchOptions,
): Promise<readonly Finding[]> {
  const sound = await session.pool('sound', []);
  const findings: Finding[] = [];
  for (const mutant of mutants) {
    const beganMs = now();
    const pool = await session.pool(mutant.name, mutant.patches);
    const seeds = everySeeds ?? mutant.seedsNeeded ?? SEEDS_FOR_UNKNOWN;
    const found = await firstFailure(seeds, pool);
    pool.close();
    const isFalse = found !== undefined && (await runOf(found.seed, sound)).failure !== undefined;
    const finding: Finding = {
      mutant,
      seeds,
      seed: found?.seed,
      invariant: found?.failure?.invariant,
      isFalse,
      seconds: (now() - beganMs) / 1000,
    };
    findings.push(finding);
    session.print(`${mutant.name}: ${wordsFor(finding)}`);
    if (found?.failure) session.print(`  ${found.failure.message.split('\n', 1).join('')}`);
  }
  return findings;
}

export function isFound({ seed, isFalse }: Finding): boolean {
  return seed !== undefined && !isFalse;
}

export function findingsTable(findings: readonly Finding[]): string {
  return markdownTable(
    ['bug', 'found by', 'at seed', 'of', 'seconds'],
    findings.map((finding) => [
      finding.mutant.name,
      `${finding.invariant ?? '–'}${isExpected(finding) ? '' : ' (another than expected)'}`,
      isFound(finding) ? String(finding.seed) : 'NOT FOUND',
      String(finding.seeds),
      finding.seconds.toFixed(1),
    ]),
  );
}

function isExpected({ mutant, invariant }: Finding): boolean {
  return invariant === undefined || mutant.foundBy.includes(invariant);
}

function wordsFor({ seed, invariant, isFalse, seeds }: Finding): string {
  if (seed === undefined) return `NOT FOUND within ${String(seeds)} seeds`;
  const found = `seed ${String(seed)} by ${String(invariant)}`;
  return isFalse ? `NOT FOUND: ${found}, which fails without it too` : `found at ${found}`;
}

/** Of the seeds 1 to `seeds`, the first to fail; those after it are not begun. */
async function firstFailure(seeds: number, pool: WorkerPool): Promise<Outcome | undefined> {
  const failed: Outcome[] = [];
  let next = 1;
  const work = async (): Promise<void> => {
    while (next <= seeds && failed.length === 0) {
      const outcome = await runOf(next++, pool);
      if (outcome.failure) failed.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: pool.size }, work));
  return failed.sort((a, b) => a.seed - b.seed)[0];
}

function runOf(seed: number, pool: WorkerPool): Promise<Outcome> {
  return pool.run({ seed, overrides: {}, trace: undefined });
}

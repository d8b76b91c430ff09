/** Runs seeds, says which failed, and makes what failed smaller. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shrink, type FailingRun } from './shrink';
import { replayCommand, type Arguments } from './arguments';
import type { Failure, Outcome, Overrides } from './simulation';
import { Tally, tableOf, type Total } from './summary';
import type { WorkerPool } from './worker-pool';

export interface SeedsReport {
  readonly total: Total;
  readonly table: string;
}

export interface SeedsOptions {
  readonly arguments: Pick<
    Arguments,
    'seeds' | 'overrides' | 'trace' | 'isTwice' | 'shrinks' | 'mutant'
  >;
  readonly pool: WorkerPool;
  readonly print: (text: string) => void;
  /** Milliseconds from anywhere. */
  readonly now: () => number;
}

const DETERMINISM = 'determinism';
const PROGRESS_MS = 5000;
const SHRINK_MS = 60_000;
/** What is shown of two traces that part. */
const COMMON_LINES = 10;
const DIFFERING_LINES = 3;
/** Of more failures than these only the first of each invariant is told in full. */
const TOLD_IN_FULL = 3;

export async function runSeeds(options: SeedsOptions): Promise<SeedsReport> {
  const { seeds, isTwice } = options.arguments;
  const beganMs = options.now();
  const progress = new Progress(options, seeds.length);
  const tally = new Tally();
  const failed: Outcome[] = [];
  const runSeed = async (seed: number): Promise<void> => {
    const runs = await Promise.all(
      Array.from({ length: isTwice ? 2 : 1 }, () => runOnce(options, seed)),
    );
    const judged = compared(runs);
    tally.addSeed(judged);
    const [outcome] = judged;
    if (outcome?.failure) {
      failed.push(outcome);
      options.print(`seed ${String(seed)} FAILED: ${outcome.failure.invariant}`);
    }
    progress.seedDone(failed.length);
  };
  await Promise.all(seeds.map(runSeed));
  await tellFailures(
    failed.sort((a, b) => a.seed - b.seed),
    options,
  );
  const { total } = tally;
  return { total, table: tableOf(total, options.now() - beganMs) };
}

function runOnce({ arguments: { overrides, trace }, pool }: SeedsOptions, seed: number) {
  return pool.run({ seed, overrides, trace });
}

/** Runs the seed twice more, and shows where the traces part. */
async function tellDifference({ seed, overrides }: Outcome, options: SeedsOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-traces-'));
  try {
    const traces: string[][] = [];
    for (const name of ['one', 'other']) {
      const trace = join(folder, name);
      await options.pool.run({ seed, overrides, trace });
      traces.push(readFileSync(trace, 'utf8').split('\n'));
    }
    const [one = [], other = []] = traces;
    options.print(differenceOf(one, other) ?? 'two more runs did not differ in what is traced');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The first lines that differ, after some that do not; `undefined` if none do. */
export function differenceOf(one: readonly string[], other: readonly string[]): string | undefined {
  const at = one.findIndex((line, index) => line !== other[index]);
  const first = at < 0 ? one.length : at;
  if (at < 0 && one.length >= other.length) return undefined;
  const lines = (mark: string, trace: readonly string[]): string[] =>
    trace.slice(first, first + DIFFERING_LINES).map((line) => `${mark} ${line}`);
  return [
    ...one.slice(Math.max(0, first - COMMON_LINES), first).map((line) => `  ${line}`),
    ...lines('-', one),
    ...lines('+', other),
  ].join('\n');
}

/** The runs of one seed; the first is failed if they were not the same. */
export function compared(runs: readonly Outcome[]): readonly Outcome[] {
  const [first, ...others] = runs;
  if (!first?.result) return runs;
  const { digest } = first.result;
  const different = others.find(({ result }) => result?.digest !== digest);
  if (!different) return runs;
  const other = different.result?.digest ?? String(different.failure?.invariant);
  const message = `two runs of the seed left different traces: ${digest} and ${other}`;
  const failure: Failure = { invariant: DETERMINISM, message, lastLines: [] };
  return [{ ...first, failure }, ...others];
}

async function tellFailures(failed: readonly Outcome[], options: SeedsOptions): Promise<void> {
  const seen = new Set<string>();
  for (const [index, outcome] of failed.entries()) {
    const { failure } = outcome;
    if (!failure) continue;
    const isFirst = !seen.has(failure.invariant);
    seen.add(failure.invariant);
    if (isFirst || index < TOLD_IN_FULL) options.print(failureText(outcome, failure, options));
    if (isFirst && failure.invariant === DETERMINISM) await tellDifference(outcome, options);
    if (isFirst && options.arguments.shrinks) await tellShrunk(outcome, failure, options);
  }
}

function failureText({ seed, overrides }: Outcome, failure: Failure, options: SeedsOptions) {
  const { invariant, message, lastLines } = failure;
  return [
    '',
    `seed ${String(seed)}: ${invariant}`,
    ...lastLines.map((line) => `  ${line}`),
    `  ${message}`,
    `again: ${replayCommand(seed, overrides, options.arguments.mutant)}`,
  ].join('\n');
}

async function tellShrunk(
  outcome: Outcome,
  { invariant }: Failure,
  options: SeedsOptions,
): Promise<void> {
  const { seed, plan, result, overrides } = outcome;
  // A run that hangs takes too long to be tried again and again; one that differs needs two.
  if (!plan || invariant === 'hang' || invariant === DETERMINISM) return;
  const failedAtMs = result?.simulatedMs ?? plan.durationMs;
  const endsAtMs = options.now() + SHRINK_MS;
  const isTimeUp = (): boolean => options.now() > endsAtMs;
  const smallest = await shrink(
    { overrides, plan, failedAtMs },
    {
      firstFailing: (candidates) =>
        firstFailing({ seed, invariant, candidates, isTimeUp }, options.pool),
      isTimeUp,
    },
  );
  const { plan: small } = smallest;
  options.print(
    smallest.plan === plan
      ? 'no smaller plan fails in the same way'
      : `smaller (${sizeOf(plan)} → ${sizeOf(small)}):\n` +
          `  ${replayCommand(seed, smallest.overrides, options.arguments.mutant)}`,
  );
}

interface Search {
  readonly seed: number;
  readonly invariant: string;
  readonly candidates: readonly Overrides[];
  readonly isTimeUp: () => boolean;
}

/** As many at a time as there are processes, so that which one is found does not depend on their speed. */
async function firstFailing(
  { seed, invariant, candidates, isTimeUp }: Search,
  pool: WorkerPool,
): Promise<FailingRun | undefined> {
  for (let at = 0; at < candidates.length && !isTimeUp(); at += pool.size) {
    const outcomes = await Promise.all(
      candidates
        .slice(at, at + pool.size)
        .map((overrides) => pool.run({ seed, overrides, trace: undefined })),
    );
    for (const { overrides, plan, result, failure } of outcomes) {
      if (plan && failure?.invariant === invariant)
        return { overrides, plan, failedAtMs: result?.simulatedMs ?? plan.durationMs };
    }
  }
  return undefined;
}

function sizeOf({ faults, workloads, brokers, durationMs }: FailingRun['plan']): string {
  return [
    `${String(faults.length)} faults`,
    `${String(workloads.length)} workloads`,
    `${String(brokers)} brokers`,
    `${(durationMs / 1000).toFixed(1)} s`,
  ].join(', ');
}

class Progress {
  #done = 0;
  #lastMs: number;

  constructor(
    private readonly options: SeedsOptions,
    private readonly seeds: number,
  ) {
    this.#lastMs = options.now();
  }

  seedDone(failures: number): void {
    this.#done += 1;
    const nowMs = this.options.now();
    if (nowMs - this.#lastMs < PROGRESS_MS) return;
    this.#lastMs = nowMs;
    this.options.print(
      `${String(this.#done)} of ${String(this.seeds)} seeds, ${String(failures)} failed`,
    );
  }
}

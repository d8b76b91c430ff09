/** The command line of `npm run test:sim`, and the command that runs one seed again. */
import { parseArgs } from 'node:util';
import type { Overrides } from './simulation';

export const USAGE = `npm run test:sim -- [options]

  --seeds N           how many seeds (default 20), from --from N on (default 1)
  --seed N            this seed alone
  --faults 3,7        only these faults of the seed's plan; --no-faults: none
  --workloads 0,2     only these workloads; --no-workloads: none
  --brokers N         so many brokers
  --until MS          simulated milliseconds for which the workloads run
  --trace[=FILE]      every line of the trace of one seed, to FILE or the terminal
  --twice             every seed twice; both runs must leave the same trace
  --workers N         processes (default: one for each core)
  --no-shrink         leave a failing plan as it is
  --summary FILE      the closing table as Markdown
  --json FILE         the numbers of passed and failed seeds, as jest writes them
  --mutant NAME       with that bug planted
  --mutants           for every planted bug that is known to be found: is it? --only A,B: for these; --seeds N: within so
                      many, instead of its own number
`;

export interface Arguments {
  readonly seeds: readonly number[];
  readonly overrides: Overrides;
  /** `-`: the terminal. */
  readonly trace: string | undefined;
  readonly isTwice: boolean;
  readonly workers: number | undefined;
  readonly shrinks: boolean;
  readonly summary: string | undefined;
  readonly json: string | undefined;
  readonly mutant: string | undefined;
  /** Names of the bugs to plant one after the other, all of them if empty; `undefined`: not asked for. */
  readonly mutants: readonly string[] | undefined;
  /** Within how many seeds each of them is to be found, if not within its own number. */
  readonly seedsForMutants: number | undefined;
  readonly wantsHelp: boolean;
}

/** The user's mistake, to be told without a stack. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

const DEFAULT_SEEDS = 20;

const OPTIONS = {
  seeds: { type: 'string' },
  from: { type: 'string' },
  seed: { type: 'string' },
  faults: { type: 'string' },
  'no-faults': { type: 'boolean' },
  workloads: { type: 'string' },
  'no-workloads': { type: 'boolean' },
  brokers: { type: 'string' },
  until: { type: 'string' },
  trace: { type: 'string' },
  twice: { type: 'boolean' },
  workers: { type: 'string' },
  'no-shrink': { type: 'boolean' },
  summary: { type: 'string' },
  json: { type: 'string' },
  mutant: { type: 'string' },
  mutants: { type: 'boolean' },
  only: { type: 'string' },
  help: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parse>;

/** Throws an `ArgumentError`. */
export function parseArguments(words: readonly string[]): Arguments {
  const values = parse(words);
  const seeds = seedsOf(values);
  if (values.trace !== undefined && seeds.length !== 1)
    throw new ArgumentError('--trace is for one seed: give it with --seed');
  if (values.only !== undefined && !values.mutants)
    throw new ArgumentError('--only belongs to --mutants');
  return {
    seeds,
    overrides: overridesOf(values),
    trace: values.trace,
    isTwice: values.twice ?? false,
    workers: optionalNumber('workers', values.workers, 1),
    shrinks: !(values['no-shrink'] ?? false),
    summary: values.summary,
    json: values.json,
    mutant: values.mutant,
    mutants: values.mutants ? (values.only?.split(',') ?? []) : undefined,
    seedsForMutants: optionalNumber('seeds', values.seeds, 1),
    wantsHelp: values.help ?? false,
  };
}

/** The one command that runs the seed so again. */
export function replayCommand(seed: number, overrides: Overrides, mutant?: string): string {
  const { faults, workloads, brokers, durationMs } = overrides;
  return [
    `npm run test:sim -- --seed ${String(seed)}`,
    ...listOption('faults', faults),
    ...listOption('workloads', workloads),
    ...(brokers === undefined ? [] : [`--brokers ${String(brokers)}`]),
    ...(durationMs === undefined ? [] : [`--until ${String(durationMs)}`]),
    ...(mutant === undefined ? [] : [`--mutant ${mutant}`]),
  ].join(' ');
}

function parse(words: readonly string[]) {
  // An option whose value may be left out is not known to parseArgs.
  const args = words.map((word) => (word === '--trace' ? '--trace=-' : word));
  try {
    return parseArgs({ args, options: OPTIONS }).values;
  } catch (error) {
    throw new ArgumentError((error as Error).message, { cause: error });
  }
}

function seedsOf({ seed, seeds, from }: Values): number[] {
  if (seed !== undefined) {
    if (seeds !== undefined || from !== undefined)
      throw new ArgumentError('--seed is one seed: --seeds and --from do not go with it');
    return [wholeNumber('seed', seed, 0)];
  }
  const first = optionalNumber('from', from, 0) ?? 1;
  const count = optionalNumber('seeds', seeds, 1) ?? DEFAULT_SEEDS;
  return Array.from({ length: count }, (_, index) => first + index);
}

function overridesOf(values: Values): Overrides {
  const faults = values['no-faults'] ? [] : numberList('faults', values.faults);
  const workloads = values['no-workloads'] ? [] : numberList('workloads', values.workloads);
  const brokers = optionalNumber('brokers', values.brokers, 1);
  const durationMs = optionalNumber('until', values.until, 1);
  return {
    ...(faults && { faults }),
    ...(workloads && { workloads }),
    ...(brokers !== undefined && { brokers }),
    ...(durationMs !== undefined && { durationMs }),
  };
}

function numberList(name: string, text: string | undefined): number[] | undefined {
  return text?.split(',').map((each) => wholeNumber(name, each, 0));
}

function optionalNumber(name: string, text: string | undefined, least: number) {
  return text === undefined ? undefined : wholeNumber(name, text, least);
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
    throw new ArgumentError(`--${name} takes whole numbers from ${String(least)} on, not ${text}`);
  return value;
}

function listOption(name: string, ids: readonly number[] | undefined): string[] {
  if (!ids) return [];
  return ids.length === 0 ? [`--no-${name}`] : [`--${name} ${ids.join(',')}`];
}

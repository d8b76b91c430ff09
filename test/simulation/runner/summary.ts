/** What all runs together came to. */
import type { Outcome } from './simulation';

export interface Total {
  readonly seeds: number;
  readonly failed: number;
  readonly runs: number;
  readonly simulatedMs: number;
  readonly realMs: number;
  readonly cpuMs: number;
  readonly events: number;
  /** Sums of what runs counted, by name. */
  readonly counts: ReadonlyMap<string, number>;
  /** Seeds by the invariant that they broke. */
  readonly failures: ReadonlyMap<string, readonly number[]>;
}

/** How many seeds of an invariant are named. */
const NAMED_SEEDS = 10;

/** Adds up runs, and keeps nothing of them: there may be many thousands. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #failures = new Map<string, number[]>();
  #sums = { seeds: 0, failed: 0, runs: 0, simulatedMs: 0, realMs: 0, cpuMs: 0, events: 0 };

  /** `runs`: of one seed; it failed if the first one did. */
  addSeed(runs: readonly Outcome[]): void {
    this.#sums.seeds += 1;
    for (const run of runs) this.#addRun(run);
    const [first] = runs;
    if (!first?.failure) return;
    this.#sums.failed += 1;
    const { invariant } = first.failure;
    this.#failures.set(invariant, [...(this.#failures.get(invariant) ?? []), first.seed]);
  }

  get total(): Total {
    return { ...this.#sums, counts: this.#counts, failures: this.#failures };
  }

  #addRun({ result, cpuMs }: Outcome): void {
    const sums = this.#sums;
    sums.runs += 1;
    sums.cpuMs += cpuMs;
    if (!result) return;
    sums.simulatedMs += result.simulatedMs;
    sums.realMs += result.realMs;
    sums.events += result.events;
    for (const [name, count] of Object.entries(result.counts))
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }
}

/** The closing table, in Markdown, which reads well in a terminal too. */
export function tableOf(total: Total, wallMs: number): string {
  const rows: [string, string][] = [
    ['seeds', whole(total.seeds)],
    ['seeds that failed', whole(total.failed)],
    ['runs', whole(total.runs)],
    ['real time', `${(wallMs / 1000).toFixed(1)} s`],
    ['simulated time', `${whole(total.simulatedMs / 1000)} s`],
    ['simulated per second of a run', ratio(total.simulatedMs, total.realMs)],
    ['simulated per second of processor time', ratio(total.simulatedMs, total.cpuMs)],
    ['events', whole(total.events)],
    ...[...total.counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]): [string, string] => [name, whole(count)]),
    ...[...total.failures].map(([invariant, seeds]): [string, string] => [
      `fails: ${invariant}`,
      `${whole(seeds.length)} (${namedSeeds(seeds)})`,
    ]),
  ];
  return markdownTable(['', ''], rows);
}

/** Columns as wide as what is in them; all but the first aligned to the right. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = head.map((name, column) =>
    Math.max(3, name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const cell = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** In the form of `jest --json`, for whoever adds up results. */
export function jestNumbers(passed: number, failures: readonly string[]): object {
  return {
    numPassedTests: passed,
    numFailedTests: failures.length,
    numRuntimeErrorTestSuites: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: failures.map((name) => ({ status: 'failed', name })),
  };
}

function namedSeeds(seeds: readonly number[]): string {
  const named = seeds.slice(0, NAMED_SEEDS).join(', ');
  return seeds.length > NAMED_SEEDS ? `${named}, …` : named;
}

function ratio(simulatedMs: number, realMs: number): string {
  return realMs > 0 ? `${whole(simulatedMs / realMs)} s` : '–';
}

function whole(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** The rows of a matrix as CSV: dimensions, sizes, and the columns of Kafka's perf tools. No value needs quotes. */
import type { ProduceFigures } from '../measure/produce-figures';
import { PerfError } from '../perf-error';
import { DIMENSIONS, isSamePoint } from './plan';
import type { Point } from './plan';

/** What all rows of one run share. */
export interface Sizes {
  readonly recordBytes: number;
  readonly batchBytes: number;
  /** Of each row, warm-up included. */
  readonly records: number;
}

type Figures = Omit<ProduceFigures, 'records' | 'elapsedMs'>;

export interface MatrixRow {
  readonly point: Point;
  readonly sizes: Sizes;
  readonly figures: Figures;
}

const SIZE_COLUMNS: readonly (readonly [keyof Sizes, string])[] = [
  ['recordBytes', 'record.size'],
  ['batchBytes', 'batch.size'],
  ['records', 'records'],
];

const FIGURE_COLUMNS: readonly (readonly [keyof Figures, string])[] = [
  ['recordsPerSecond', 'records/sec'],
  ['mbPerSecond', 'MB/sec'],
  ['averageMs', 'avg latency ms'],
  ['maxMs', 'max latency ms'],
  ['p50Ms', '50th ms'],
  ['p95Ms', '95th ms'],
  ['p99Ms', '99th ms'],
  ['p999Ms', '99.9th ms'],
];

export const FIGURE_TITLES: readonly string[] = FIGURE_COLUMNS.map(([, title]) => title);

const COLUMNS = [...DIMENSIONS, ...SIZE_COLUMNS.map(([, title]) => title), ...FIGURE_TITLES];

/** With its line end, as `rowLine`. */
export const HEADER_LINE = `${COLUMNS.join(',')}\n`;

export function figureCells({ figures }: MatrixRow): string[] {
  return FIGURE_COLUMNS.map(([name]) => figures[name].toFixed(3));
}

export function rowLine(row: MatrixRow): string {
  const cells = [
    ...DIMENSIONS.map((dimension) => row.point[dimension]),
    ...SIZE_COLUMNS.map(([name]) => String(row.sizes[name])),
    ...figureCells(row),
  ];
  return `${cells.join(',')}\n`;
}

/**
 * The rows of a CSV file. A last line without its end was being written when the run ended: it is no row. Throws a
 * `PerfError` on what no matrix has written.
 */
export function parseCsv(text: string): MatrixRow[] {
  const [header, ...lines] = text.split('\n').slice(0, -1);
  if (header === undefined) return [];
  if (`${header}\n` !== HEADER_LINE) throw new PerfError('it has other columns than a matrix');
  return lines.map((line, index) => {
    const row = rowOf(line.split(','));
    if (!row) throw new PerfError(`its line ${String(index + 2)} is no row of a matrix`);
    return row;
  });
}

function rowOf(cells: readonly string[]): MatrixRow | undefined {
  const dimensionCells = cells.slice(0, DIMENSIONS.length);
  const numbers = cells.slice(DIMENSIONS.length).map((cell) => (cell === '' ? NaN : Number(cell)));
  if (cells.length !== COLUMNS.length || !numbers.every(Number.isFinite)) return undefined;
  const named = <K extends string>(columns: readonly (readonly [K, string])[], from: number) =>
    Object.fromEntries(columns.map(([name], at) => [name, numbers[from + at]])) as Record<
      K,
      number
    >;
  return {
    point: Object.fromEntries(DIMENSIONS.map((each, at) => [each, dimensionCells[at]])) as Point,
    sizes: named(SIZE_COLUMNS, 0),
    figures: named(FIGURE_COLUMNS, SIZE_COLUMNS.length),
  };
}

/** Rows of a file may come from runs with other sizes: those that can be compared. */
export function rowsOfSizes(rows: readonly MatrixRow[], sizes: Sizes): MatrixRow[] {
  return rows.filter((row) => SIZE_COLUMNS.every(([name]) => row.sizes[name] === sizes[name]));
}

/** The points that no row has measured with these sizes. */
export function leftToMeasure(
  plan: readonly Point[],
  rows: readonly MatrixRow[],
  sizes: Sizes,
): Point[] {
  const done = rowsOfSizes(rows, sizes);
  return plan.filter((point) => !done.some((row) => isSamePoint(row.point, point)));
}

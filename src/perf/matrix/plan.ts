/** Which measurements a matrix is made of. */
import { PerfError } from '../perf-error';

/** What is varied, in the order of rows and plots. Values are written as in Kafka's settings. */
export const DIMENSIONS = [
  'threads',
  'acks',
  'linger.ms',
  'replicas',
  'compression',
  'partitions',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** One value for each dimension: what one measurement is made with. */
export type Point = Readonly<Record<Dimension, string>>;
/** The values of each dimension; the first is the baseline. */
export type Values = Readonly<Record<Dimension, readonly string[]>>;

export function baselineOf(values: Values): Point {
  return pointOf((dimension) => values[dimension][0] ?? '');
}

export function isSamePoint(one: Point, other: Point): boolean {
  return DIMENSIONS.every((dimension) => one[dimension] === other[dimension]);
}

/** The baseline, then each dimension varied while the others keep their baseline. Throws a `PerfError` on a value given twice. */
export function planVaried(values: Values): Point[] {
  refuseRepeated(values);
  const baseline = baselineOf(values);
  const varied = DIMENSIONS.flatMap((dimension) =>
    values[dimension].slice(1).map((value) => ({ ...baseline, [dimension]: value })),
  );
  return [baseline, ...varied];
}

/** Every combination, the last dimension changing fastest. Throws a `PerfError` on a value given twice. */
export function planFull(values: Values): Point[] {
  refuseRepeated(values);
  let points: Point[] = [baselineOf(values)];
  for (const dimension of DIMENSIONS)
    points = points.flatMap((point) =>
      values[dimension].map((value) => ({ ...point, [dimension]: value })),
    );
  return points;
}

/** The points of one plot: `dimension` varies, the others have their baseline. In the order of its values. */
export function alongDimension<T extends { readonly point: Point }>(
  rows: readonly T[],
  baseline: Point,
  dimension: Dimension,
): T[] {
  return rows.filter(({ point }) =>
    isSamePoint({ ...point, [dimension]: baseline[dimension] }, baseline),
  );
}

function refuseRepeated(values: Values): void {
  for (const dimension of DIMENSIONS) {
    const given = values[dimension];
    const repeated = given.find((value, at) => given.indexOf(value) !== at);
    if (repeated !== undefined)
      throw new PerfError(`${dimension} has the value ${repeated} more than once`);
  }
}

function pointOf(valueOf: (dimension: Dimension) => string): Point {
  return Object.fromEntries(DIMENSIONS.map((each) => [each, valueOf(each)])) as Record<
    Dimension,
    string
  >;
}

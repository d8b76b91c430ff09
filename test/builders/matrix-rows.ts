/** Rows of a matrix with values for everything. */
import type { MatrixRow } from '../../src/perf/matrix/csv';
import { baselineOf } from '../../src/perf/matrix/plan';
import type { Values } from '../../src/perf/matrix/plan';

export const VALUES: Values = {
  threads: ['1', '2'],
  acks: ['1', '0', 'all'],
  'linger.ms': ['0', '50'],
  replicas: ['1'],
  compression: ['none'],
  partitions: ['1'],
};

export const SIZES = { recordBytes: 1_024, batchBytes: 10_240, records: 5_000 };

export const FIGURES = {
  recordsPerSecond: 1_234.5,
  mbPerSecond: 1.206,
  averageMs: 2.5,
  maxMs: 9,
  p50Ms: 2,
  p95Ms: 4,
  p99Ms: 7,
  p999Ms: 8.125,
};

export function aRow(row: Partial<MatrixRow> = {}): MatrixRow {
  return { point: baselineOf(VALUES), sizes: SIZES, figures: FIGURES, ...row };
}

import { consumeFigures } from '../../../src/perf/measure/consume-figures';
import { LatencyHistogram } from '../../../src/perf/measure/histogram';
import { produceFigures } from '../../../src/perf/measure/produce-figures';

function aPart(startMs: number, endMs: number, latencies: readonly number[]) {
  const latency = new LatencyHistogram();
  for (const ms of latencies) latency.record(ms);
  return { startMs, endMs, bytes: latencies.length * 2 ** 19, latency: latency.data };
}

test('clients side by side: from the first start to the last end', () => {
  const figures = produceFigures([aPart(1_000, 3_000, [1, 2, 3]), aPart(1_500, 5_000, [10])]);
  expect(figures).toMatchObject({
    records: 4,
    elapsedMs: 4_000,
    recordsPerSecond: 1,
    mbPerSecond: 0.5,
    averageMs: 4,
    maxMs: 10,
  });
});

test('a client that sent nothing does not stretch the time', () => {
  const figures = produceFigures([aPart(1_000, 3_000, [1, 2]), aPart(0, 0, [])]);
  expect(figures).toMatchObject({ records: 2, elapsedMs: 2_000, recordsPerSecond: 1 });
});

test('nothing sent is 0 everywhere', () => {
  const figures = produceFigures([aPart(0, 0, [])]);
  expect(new Set(Object.values(figures))).toEqual(new Set([0]));
});

test('consuming is told with and without the time before the first fetch', () => {
  const client = { records: 500, bytes: 2 ** 20, hasTimedOut: false };
  const figures = consumeFigures([
    { ...client, startMs: 1_000, fetchStartMs: 1_500, endMs: 2_500 },
    { ...client, startMs: 1_000, fetchStartMs: 2_000, endMs: 3_500 },
  ]);
  expect(figures).toEqual({
    startMs: 1_000,
    endMs: 3_500,
    records: 1_000,
    mb: 2,
    recordsPerSecond: 400,
    mbPerSecond: 0.8,
    setupMs: 500,
    fetchMs: 2_000,
    fetchRecordsPerSecond: 500,
    fetchMbPerSecond: 1,
  });
});

import * as fc from 'fast-check';

import { LatencyHistogram } from '../../../src/perf/measure/histogram';

/** As Kafka's tool picks it from all values. */
function exactPercentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] ?? 0;
}

test('percentiles are off by at most one part in 256, average and maximum by nothing', () => {
  const latencies = fc.array(fc.double({ min: 0, max: 4_000_000, noNaN: true }), {
    minLength: 1,
    maxLength: 300,
  });
  fc.assert(
    fc.property(latencies, fc.constantFrom(0, 0.5, 0.95, 0.99, 0.999, 1), (values, share) => {
      const histogram = new LatencyHistogram();
      for (const value of values) histogram.record(value);
      const exact = exactPercentile(values, share);
      // Values are counted in whole microseconds.
      const allowed = exact / 256 + 0.001;
      expect(Math.abs(histogram.percentileMs(share) - exact)).toBeLessThanOrEqual(allowed);
      expect(histogram.maxMs).toBe(Math.max(...values));
      const sum = values.reduce((total, value) => total + value, 0);
      expect(histogram.averageMs).toBeCloseTo(sum / values.length, 5);
    }),
  );
});

test('histograms of several clients add up to that of all their values', () => {
  const [first, second, both] = [1, 2, 3].map(() => new LatencyHistogram()) as [
    LatencyHistogram,
    LatencyHistogram,
    LatencyHistogram,
  ];
  for (let value = 0; value < 1_000; value++) {
    (value % 3 === 0 ? first : second).record(value / 7, 2);
    both.record(value / 7, 2);
  }
  first.add(second.data);
  expect(first.data.counts).toEqual(both.data.counts);
  expect(first.count).toBe(2_000);
  expect(first.percentileMs(0.5)).toBe(both.percentileMs(0.5));
  expect(first.maxMs).toBe(both.maxMs);
  expect(first.averageMs).toBeCloseTo(both.averageMs);
});

test('nothing recorded is 0 everywhere', () => {
  const histogram = new LatencyHistogram();
  expect([
    histogram.count,
    histogram.averageMs,
    histogram.maxMs,
    histogram.percentileMs(0.5),
  ]).toEqual([0, 0, 0, 0]);
});

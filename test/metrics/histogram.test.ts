import { Histogram, QUANTILES } from '../../src/metrics/histogram';

const MINUTE_MS = 60_000;

function quantilesOf(values: Iterable<number>): Record<string, number> {
  const histogram = new Histogram(1000);
  for (const value of values) histogram.note(value);
  const { quantiles } = histogram.read(0);
  return Object.fromEntries(QUANTILES.map((quantile, i) => [quantile, quantiles[i] ?? NaN]));
}

test('without values every quantile is 0', () => {
  expect(new Histogram(1000).read(0)).toEqual({ count: 0, sum: 0, quantiles: [0, 0, 0, 0, 0, 0] });
});

test.each`
  value      | because
  ${0}       | ${'nothing was waited for'}
  ${0.003}   | ${'small ones have a bucket each'}
  ${0.5}     | ${'half a millisecond'}
  ${12}      | ${'a usual answer'}
  ${30_000}  | ${'a fetch that waits long'}
  ${200_000} | ${'a request that was forgotten'}
`('$value ms alone is every quantile, off by 6 % at most ($because)', ({ value }) => {
  for (const shown of Object.values(quantilesOf([Number(value)]))) {
    expect(Math.abs(shown - Number(value))).toBeLessThanOrEqual(0.063 * Number(value));
  }
});

test('quantiles are those of the values that were noted', () => {
  const shown = quantilesOf(Array.from({ length: 1000 }, (_, i) => i + 1));
  for (const [quantile, value] of Object.entries(shown)) {
    const exact = Number(quantile) * 1000;
    expect(Math.abs(value - exact)).toBeLessThanOrEqual(0.063 * exact);
  }
});

test('what cannot be is noted as the nearest that can', () => {
  expect(quantilesOf([-1])['0.50']).toBe(0);
  expect(quantilesOf([Infinity])['0.50']).toBeGreaterThan(2_000_000);
});

test('count and sum are of all values, quantiles of the last ones', () => {
  const histogram = new Histogram(1000);
  histogram.note(100);
  expect(histogram.read(0).quantiles[0]).toBeGreaterThan(90);
  histogram.note(1);
  histogram.note(1);
  // The first window ends, and counts on through the second one.
  expect(histogram.read(MINUTE_MS).quantiles[5]).toBeGreaterThan(90);
  histogram.note(1);
  expect(histogram.read(MINUTE_MS + 1).quantiles[5]).toBeGreaterThan(90);
  const last = histogram.read(2 * MINUTE_MS);
  expect(last.quantiles.every((value) => value > 0.9 && value < 1.1)).toBe(true);
  expect(last).toMatchObject({ count: 4, sum: 103 });
  expect(histogram.read(3 * MINUTE_MS)).toEqual({
    count: 4,
    sum: 103,
    quantiles: [0, 0, 0, 0, 0, 0],
  });
});

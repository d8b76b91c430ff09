import { RecentRatio } from '../../src/metrics/recent-ratio';

test('the ratio is of what has grown in the last one to two minutes', () => {
  const idle = new RecentRatio(0, 0, 0);
  expect(idle.read(0, 0, 10)).toBeUndefined();
  expect(idle.read(5, 10, 30_000)).toBe(0.5);
  expect(idle.read(30, 60, 60_000)).toBe(0.5);
  // From here on nothing is idle; the first minute still counts until the second is over.
  expect(idle.read(30, 120, 119_000)).toBe(0.25);
  expect(idle.read(30, 120, 120_000)).toBe(0);
});

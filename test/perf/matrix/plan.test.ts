import { DIMENSIONS, alongDimension, planFull, planVaried } from '../../../src/perf/matrix/plan';
import type { Point, Values } from '../../../src/perf/matrix/plan';

const VALUES: Values = {
  threads: ['1', '2'],
  acks: ['1', '0', 'all'],
  'linger.ms': ['0'],
  replicas: ['1'],
  compression: ['none', 'lz4'],
  partitions: ['1'],
};

function text(point: Point): string {
  return DIMENSIONS.map((dimension) => point[dimension]).join(' ');
}

test('varies one dimension after another from the baseline', () => {
  expect(planVaried(VALUES).map(text)).toEqual([
    '1 1 0 1 none 1',
    '2 1 0 1 none 1',
    '1 0 0 1 none 1',
    '1 all 0 1 none 1',
    '1 1 0 1 lz4 1',
  ]);
});

test('the full plan has every combination once', () => {
  const points = planFull(VALUES).map(text);
  expect(points).toHaveLength(2 * 3 * 2);
  expect(new Set(points).size).toBe(points.length);
  expect(points.slice(0, 2)).toEqual(['1 1 0 1 none 1', '1 1 0 1 lz4 1']);
});

test('a plot takes the rows in which only its dimension differs from the baseline', () => {
  const rows = planFull(VALUES).map((point) => ({ point }));
  const [baseline] = planVaried(VALUES);
  const along = alongDimension(rows, baseline as Point, 'acks').map(({ point }) => text(point));
  expect(along).toEqual(['1 1 0 1 none 1', '1 0 0 1 none 1', '1 all 0 1 none 1']);
});

test.each([planVaried, planFull])('a value given twice is refused', (plan) => {
  expect(() => plan({ ...VALUES, acks: ['1', 'all', '1'] })).toThrow(
    'acks has the value 1 more than once',
  );
});

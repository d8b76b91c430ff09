import { matrixPage } from '../../../src/perf/matrix/page';
import { baselineOf, planVaried } from '../../../src/perf/matrix/plan';
import { SIZES, VALUES, aRow } from '../../builders/matrix-rows';

const LIBRARY = { script: 'const uPlot = "</script>";', style: '.uplot {}' };

function pageOf(values = VALUES, notes: string[] = []): string {
  const rows = planVaried(values).map((point) => aRow({ point }));
  return matrixPage({ rows, baseline: baselineOf(values), sizes: SIZES, notes }, LIBRARY);
}

test('two plots for each dimension that was varied, and all rows', () => {
  const page = pageOf();
  expect([...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title)).toEqual([
    'threads',
    'acks',
    'linger.ms',
    'All rows',
  ]);
  expect(page.match(/id="(throughput|latency)-\d"/g)).toHaveLength(6);
  expect(page.match(/<tr/g)).toHaveLength(1 + planVaried(VALUES).length);
  expect(page.match(/<tr class="baseline">/g)).toHaveLength(1);
  const data = /id="data">(.*?)<\/script>/.exec(page)?.[1] ?? '';
  const { dimensions } = JSON.parse(data) as {
    dimensions: { name: string; unit: string; rows: { value: string; mbPerSecond: number }[] }[];
  };
  expect(
    dimensions.map(({ name, unit, rows }) => [name, unit, rows.map(({ value }) => value)]),
  ).toEqual([
    ['threads', '', ['1', '2']],
    ['acks', '', ['1', '0', 'all']],
    ['linger', 'ms', ['0', '50']],
  ]);
  expect(dimensions[0]?.rows[0]?.mbPerSecond).toBe(1.206);
});

test('rows of runs with other sizes are left out', () => {
  const rows = planVaried(VALUES).map((point) => aRow({ point }));
  const others = rows.map((row) => ({ ...row, sizes: { ...SIZES, records: 9 } }));
  const content = { baseline: baselineOf(VALUES), sizes: SIZES, notes: [] };
  const page = matrixPage({ ...content, rows }, LIBRARY);
  expect(matrixPage({ ...content, rows: [...others, ...rows] }, LIBRARY)).toBe(page);
});

test('needs nothing from elsewhere', () => {
  expect(pageOf()).not.toMatch(/\b(src|href)=|https?:|@import|url\(/);
});

test('no text ends the script that holds it, nor becomes markup', () => {
  const page = pageOf(VALUES, ['<b>a & b</b>']);
  expect(page.match(/<\/script>/g)).toHaveLength(3);
  expect(page).toContain('&lt;b>a &amp; b&lt;/b>');
});

import { HEADER_LINE, leftToMeasure, parseCsv, rowLine } from '../../../src/perf/matrix/csv';
import { planVaried } from '../../../src/perf/matrix/plan';
import type { Point } from '../../../src/perf/matrix/plan';
import { FIGURES, SIZES, VALUES, aRow } from '../../builders/matrix-rows';

const PLAN = planVaried(VALUES);
const ROWS = PLAN.map((point) => aRow({ point }));
const TEXT = HEADER_LINE + ROWS.map(rowLine).join('');

test('has the dimensions, the sizes, and the columns of the perf tools', () => {
  expect(HEADER_LINE).toBe(
    'threads,acks,linger.ms,replicas,compression,partitions,record.size,batch.size,records,' +
      'records/sec,MB/sec,avg latency ms,max latency ms,50th ms,95th ms,99th ms,99.9th ms\n',
  );
  expect(rowLine(aRow())).toBe(
    '1,1,0,1,none,1,1024,10240,5000,1234.500,1.206,2.500,9.000,2.000,4.000,7.000,8.125\n',
  );
});

test('reads what it wrote', () => {
  expect(parseCsv(TEXT)).toEqual(ROWS);
});

test.each`
  text                        | count              | because
  ${''}                       | ${0}               | ${'nothing was written yet'}
  ${HEADER_LINE.slice(0, 20)} | ${0}               | ${'not even the header was'}
  ${HEADER_LINE}              | ${0}               | ${'no row was made'}
  ${TEXT.slice(0, -1)}        | ${PLAN.length - 1} | ${'the last row has no end'}
  ${TEXT.slice(0, -30)}       | ${PLAN.length - 1} | ${'the last row was cut short'}
`('keeps $count row(s) where $because', ({ text, count }) => {
  expect(parseCsv(text)).toEqual(ROWS.slice(0, count));
});

test.each`
  text                                | problem
  ${'a,b,c\n1,2,3\n'}                 | ${'it has other columns than a matrix'}
  ${`${HEADER_LINE}1,2,3\n`}          | ${'its line 2 is no row of a matrix'}
  ${TEXT.replace('1234.500', 'fast')} | ${'its line 2 is no row of a matrix'}
  ${TEXT.replace('1234.500', '')}     | ${'its line 2 is no row of a matrix'}
`('refuses what no matrix has written: $problem', ({ text, problem }) => {
  expect(() => parseCsv(text)).toThrow(problem);
});

test.each`
  rows                                                                    | left                                | because
  ${[]}                                                                   | ${PLAN}                             | ${'nothing is there'}
  ${ROWS.slice(0, 2)}                                                     | ${PLAN.slice(2)}                    | ${'two rows are'}
  ${[ROWS[3]]}                                                            | ${PLAN.filter((_, at) => at !== 3)} | ${'rows count wherever they stand'}
  ${ROWS}                                                                 | ${[]}                               | ${'all are'}
  ${ROWS.map((row) => ({ ...row, sizes: { ...SIZES, records: 6_000 } }))} | ${PLAN}                             | ${'they have other sizes'}
`('resumes where $because', ({ rows, left }: { rows: never[]; left: Point[] }) => {
  expect(leftToMeasure(PLAN, rows, SIZES)).toEqual(left);
});

test('figures keep three decimals', () => {
  const row = aRow({ figures: { ...FIGURES, averageMs: 1 / 3 } });
  expect(parseCsv(HEADER_LINE + rowLine(row))[0]?.figures.averageMs).toBe(0.333);
});

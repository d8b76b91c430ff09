import { durationText, etaMs, progressLine } from '../../../src/perf/matrix/progress-line';

test.each`
  doneRows | fraction | elapsedMs  | eta          | because
  ${0}     | ${0}     | ${500}     | ${undefined} | ${'nothing tells the speed yet'}
  ${0}     | ${0.5}   | ${1_000}   | ${19_000}    | ${'half a row of ten took a second'}
  ${5}     | ${0}     | ${30_000}  | ${30_000}    | ${'half is done'}
  ${9}     | ${0.5}   | ${95_000}  | ${5_000}     | ${'half a row is left'}
  ${10}    | ${0}     | ${100_000} | ${0}         | ${'all is done'}
  ${10}    | ${0.2}   | ${100_000} | ${0}         | ${'records may come above their number'}
`('ETA of 10 rows: $eta ms, as $because', ({ doneRows, fraction, elapsedMs, eta }) => {
  const estimate = etaMs({ doneRows, totalRows: 10, fraction, elapsedMs });
  expect(estimate === undefined ? estimate : Math.round(estimate)).toBe(eta);
});

test.each`
  ms           | text
  ${0}         | ${'0:00'}
  ${1}         | ${'0:01'}
  ${59_001}    | ${'1:00'}
  ${754_000}   | ${'12:34'}
  ${3_723_000} | ${'1:02:03'}
`('$ms ms read $text', ({ ms, text }) => {
  expect(durationText(ms)).toBe(text);
});

test('a line has bar, row, ETA, rate and what is measured, and fits the terminal', () => {
  const progress = {
    ...{ doneRows: 2, totalRows: 8, fraction: 0, elapsedMs: 20_000 },
    ...{ recordsPerSecond: 51_234.6, label: 'threads=1 acks=all' },
  };
  const line = '[######------------------] row 3/8  ETA 1:00  51235 records/s  threads=1 acks=all';
  expect(progressLine(progress, 200)).toBe(line);
  expect(progressLine(progress, 40)).toBe(line.slice(0, 40));
});

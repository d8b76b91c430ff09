import { formatTable, printItem, printRows, printValue } from '../../src/cli/output';
import type { OutputFormat } from '../../src/cli/output';

test('columns are as wide as their widest cell, numbers stand to the right', () => {
  const rows = [
    { topic: 'a', partitions: 1, isr: '1,2' },
    { topic: 'orders', partitions: 12, isr: '3' },
  ];
  expect(formatTable(rows)).toBe(
    ['topic   partitions  isr', 'a                1  1,2', 'orders          12  3'].join('\n'),
  );
});

test('what is not there is a dash, and does not move numbers to the left', () => {
  const rows = [
    { broker: 1, lag: null },
    { broker: 12, lag: 7 },
  ];
  expect(formatTable(rows)).toBe(['broker  lag', '     1    -', '    12    7'].join('\n'));
});

/** What `work` prints. */
function printed(work: () => void): string {
  const write = jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  try {
    work();
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

const ROWS = [{ topic: 'on', isr: '1,2', leader: null }];

test.each<{ output: OutputFormat; rows: string; none: string }>([
  { output: 'table', rows: 'topic  isr  leader\non     1,2       -\n', none: 'no topics\n' },
  {
    output: 'json',
    rows: '[\n  {\n    "topic": "on",\n    "isr": "1,2",\n    "leader": null\n  }\n]\n',
    none: '[]\n',
  },
  { output: 'yaml', rows: '- topic: on\n  isr: 1,2\n  leader: null\n', none: '[]\n' },
])('rows as $output', ({ output, rows, none }) => {
  expect(printed(() => printRows(ROWS, { output, empty: 'no topics' }))).toBe(rows);
  expect(printed(() => printRows([], { output, empty: 'no topics' }))).toBe(none);
});

test('text that YAML would read as something else is quoted, and long lines stay whole', () => {
  const value = { yes: 'true', number: '1', long: 'word '.repeat(40).trim() };
  const text = printed(() => printValue(value, { output: 'yaml' }, () => ''));
  expect(text).toBe(`yes: "true"\nnumber: "1"\nlong: ${'word '.repeat(40).trim()}\n`);
});

test.each<{ output: OutputFormat; expected: string }>([
  { output: 'table', expected: 'a\nb\n' },
  { output: 'json', expected: '{"name":"a"}\n{"name":"b"}\n' },
  { output: 'yaml', expected: '---\nname: a\n---\nname: b\n' },
])('a stream as $output can be read while it goes on', ({ output, expected }) => {
  const text = printed(() => {
    for (const name of ['a', 'b']) printItem({ name }, { output }, () => name);
  });
  expect(text).toBe(expected);
});

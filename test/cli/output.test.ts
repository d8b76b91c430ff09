import { formatTable } from '../../src/cli/output';

test('columns are as wide as their widest cell, numbers stand to the right', () => {
  const rows = [
    { topic: 'a', partitions: 1, isr: '1,2' },
    { topic: 'orders', partitions: 12, isr: '3' },
  ];
  expect(formatTable(rows)).toBe(
    ['topic   partitions  isr', 'a                1  1,2', 'orders          12  3'].join('\n'),
  );
});

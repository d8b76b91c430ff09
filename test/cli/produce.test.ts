import { byPartition } from '../../src/cli/commands/produce';

/** Takes turns, as for records without a key. */
function takingTurns(count: number): () => number {
  let next = 0;
  return () => next++ % count;
}

test.each([
  {
    name: 'by turns where nothing says where to',
    messages: [{ value: 'a' }, { value: 'b' }, { value: 'c' }],
    parts: { 0: ['a', 'c'], 1: ['b'] },
  },
  {
    name: 'to the partition that was asked for',
    messages: [
      { value: 'a', partition: 1 },
      { value: 'b', partition: 1 },
    ],
    parts: { 1: ['a', 'b'] },
  },
  { name: 'nothing', messages: [], parts: {} },
])('each send is for one partition: $name', ({ messages, parts }) => {
  const found = byPartition(messages, takingTurns(2));
  const values = [...found].map(([partition, part]) => {
    expect(part.every((message) => message.partition === partition)).toBe(true);
    return [partition, part.map(({ value }) => value)];
  });
  expect(Object.fromEntries(values)).toEqual(parts);
});

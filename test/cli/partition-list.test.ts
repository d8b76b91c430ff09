import { parseTopicSelection, selectedPartitions } from '../../src/cli/partition-list';

test.each`
  text         | topic    | partitions
  ${'t'}       | ${'t'}   | ${undefined}
  ${'a.b:0'}   | ${'a.b'} | ${[0]}
  ${'t:0,2,0'} | ${'t'}   | ${[0, 2]}
  ${'t:1-3,9'} | ${'t'}   | ${[1, 2, 3, 9]}
`('$text names $topic $partitions', ({ text, topic, partitions }) => {
  expect(parseTopicSelection(text)).toEqual({ topic, partitions });
});

test.each(['', ':0', 't:', 't:a', 't:3-1', 't:-1', 't:0-99999999'])('"%s" is refused', (text) => {
  expect(() => parseTopicSelection(text)).toThrow(/names no topic|does not name partitions/);
});

const EXISTING = new Map([
  ['t', [0, 1, 2]],
  ['a', [0]],
]);

test.each`
  texts                  | partitions
  ${['t']}               | ${['t-0', 't-1', 't-2']}
  ${['t:2', 'a', 't:1']} | ${['a-0', 't-1', 't-2']}
  ${['t:1', 't']}        | ${['t-0', 't-1', 't-2']}
`('$texts select $partitions', ({ texts, partitions }) => {
  const found = selectedPartitions(texts.map(parseTopicSelection), EXISTING);
  expect(found.map((each) => `${each.topic}-${String(each.partition)}`)).toEqual(partitions);
});

test.each`
  text       | complaint
  ${'nope'}  | ${'there is no topic nope'}
  ${'t:0-3'} | ${'topic t has no partition 3'}
`('$text: $complaint', ({ text, complaint }) => {
  expect(() => selectedPartitions([parseTopicSelection(text)], EXISTING)).toThrow(complaint);
});

import { parseMove, parseMoveFile } from '../../../src/cli/topic/moves';

test('a move names a partition and its brokers', () => {
  expect(parseMove('a.b:3=2,1')).toEqual({ topic: 'a.b', partition: 3, replicas: [2, 1] });
});

test.each(['t', 't:0', 't:0=', 't=1', 't:x=1', 't:0=1,', ':0=1'])('"%s" is no move', (text) => {
  expect(() => parseMove(text)).toThrow(/is no move/);
});

test('the file of kafka-reassign-partitions', () => {
  const text =
    '{"version":1,"partitions":[{"topic":"t","partition":0,"replicas":[1,2],"log_dirs":["any","any"]}]}';
  expect(parseMoveFile(text, 'f')).toEqual([{ topic: 't', partition: 0, replicas: [1, 2] }]);
});

test.each`
  text                                                               | complaint
  ${'nope'}                                                          | ${'f is not JSON'}
  ${'[]'}                                                            | ${'f lists no partitions'}
  ${'{"partitions":[]}'}                                             | ${'f lists no partitions'}
  ${'{"partitions":[{"topic":"t","partition":0}]}'}                  | ${'f: entry 1 of "partitions" needs topic, partition and replicas'}
  ${'{"partitions":[{"topic":"t","partition":0,"replicas":["1"]}]}'} | ${'f: entry 1 of "partitions" needs'}
  ${'{"partitions":[{"topic":"t","partition":-1,"replicas":[1]}]}'}  | ${'f: entry 1 of "partitions" needs'}
`('$text is refused: $complaint', ({ text, complaint }) => {
  expect(() => parseMoveFile(text, 'f')).toThrow(complaint);
});

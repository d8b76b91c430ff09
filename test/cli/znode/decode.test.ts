import { decodeZnode, prettyText, problemOf, shortText } from '../../../src/cli/znode/decode';

const data = (text: string): Buffer => Buffer.from(text);

test.each`
  path                   | text                                                          | value                                                                      | notes                                                                   | because
  ${'/controller'}       | ${'{"version":2,"brokerid":1,"timestamp":"1795330662856"}'}   | ${{ version: 2, brokerid: 1, timestamp: '2026-11-22T06:57:42.856Z' }}      | ${[]}                                                                   | ${'times are dates'}
  ${'/x'}                | ${'{"a":[{"expiryTimestamp":1795417992856}],"timestamp":-1}'} | ${{ a: [{ expiryTimestamp: '2026-11-23T07:13:12.856Z' }], timestamp: -1 }} | ${[]}                                                                   | ${'at any depth, and only what can be one'}
  ${'/controller_epoch'} | ${'7'}                                                        | ${7}                                                                       | ${[]}                                                                   | ${'a number'}
  ${'/x'}                | ${'12345678901234567890'}                                     | ${'12345678901234567890'}                                                  | ${[]}                                                                   | ${'no digit is lost'}
  ${'/controller'}       | ${'not json'}                                                 | ${'not json'}                                                              | ${['not what Kafka keeps here: not JSON']}                              | ${'damaged'}
  ${'/brokers/ids/1'}    | ${'{"version":5}'}                                            | ${{ version: 5 }}                                                          | ${['not what Kafka keeps here: "endpoints" must be a list of strings']} | ${'damaged in a field'}
  ${'/controller'}       | ${''}                                                         | ${''}                                                                      | ${[]}                                                                   | ${'empty'}
  ${'/unknown'}          | ${'{"a":1}'}                                                  | ${{ a: 1 }}                                                                | ${[]}                                                                   | ${'nobody knows what belongs there'}
`('$path $text: $because', ({ path, text, value, notes }) => {
  expect(decodeZnode(path, data(text))).toEqual({ value, notes });
});

test('bytes that are no text are shown in hexadecimal', () => {
  expect(decodeZnode('/controller', Buffer.from([0xff, 0x00]))).toEqual({
    value: 'ff00',
    notes: ['not text: shown in hexadecimal'],
  });
});

test('no data is no mistake', () => {
  expect(decodeZnode('/controller', null)).toEqual({ value: null, notes: [] });
  expect(problemOf('/latest_producer_id_block', Buffer.alloc(0))).toBeUndefined();
});

test('nothing that somebody wrote steers the terminal', () => {
  expect(prettyText('a\u001b[2Jb\nc')).toBe('a\\x1b[2Jb\nc');
  expect(shortText('a\u001b[2Jb\nc')).toBe('a\\x1b[2Jb⏎c');
  expect(prettyText({ a: 1 })).toBe('{\n  "a": 1\n}');
  expect(prettyText(null)).toBe('(no data)');
});

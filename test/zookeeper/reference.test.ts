import { ZNODE_ENTRIES, entriesBelow, matchZnode } from '../../src/zookeeper/reference';
import * as znodes from '../../src/zookeeper/znodes';

const patterns = ZNODE_ENTRIES.map(({ pattern }) => pattern);

test('no path stands twice', () => {
  expect(patterns.filter((pattern, index) => patterns.indexOf(pattern) !== index)).toEqual([]);
});

test('whatever the code reads or writes is in the table', () => {
  const known = Object.values(znodes).flatMap((each) =>
    typeof each === 'object' && 'pattern' in each ? [each.pattern] : [],
  );
  expect(known.length).toBeGreaterThan(20);
  expect(known.filter((pattern) => !patterns.includes(pattern))).toEqual([]);
  expect(znodes.PERSISTENT_ROOTS.filter((path) => !matchZnode(path))).toEqual([]);
});

test('every parent of a path is in the table', () => {
  const parents = patterns.map((pattern) => pattern.slice(0, pattern.lastIndexOf('/')));
  expect(parents.filter((parent) => parent !== '' && !matchZnode(parent))).toEqual([]);
});

test.each(ZNODE_ENTRIES)('$pattern: the example is what it says', ({ pattern, example, check }) => {
  const path = pattern.replaceAll(/\[[^\]]+\]/g, '1');
  const data = example === null ? null : Buffer.from(example);
  const verify = (): unknown => (data && check ? check(data, path) : undefined);
  expect(verify).not.toThrow();
});

test.each(ZNODE_ENTRIES)('$pattern: something is said of everything', (entry) => {
  const { purpose, writtenBy, changesWhen, may, mustNot } = entry;
  for (const text of [purpose, writtenBy, changesWhen, may, mustNot]) expect(text).toMatch(/\.$/);
});

test.each`
  path                                         | pattern                                                   | variables
  ${'/controller'}                             | ${'/controller'}                                          | ${{}}
  ${'/brokers/ids/3'}                          | ${'/brokers/ids/[id]'}                                    | ${{ id: '3' }}
  ${'/brokers/topics/a/partitions/0/state'}    | ${'/brokers/topics/[topic]/partitions/[partition]/state'} | ${{ topic: 'a', partition: '0' }}
  ${'/config/changes'}                         | ${'/config/changes'}                                      | ${{}}
  ${'/config/changes/config_change_000000001'} | ${'/config/changes/config_change_[number]'}               | ${{ number: '000000001' }}
  ${'/config/topics/changes'}                  | ${'/config/[type]/[name]'}                                | ${{ type: 'topics', name: 'changes' }}
  ${'/config/users/alice/clients/c%201'}       | ${'/config/users/[user]/clients/[client]'}                | ${{ user: 'alice', client: 'c%201' }}
  ${'/brokers/topics/[topic]'}                 | ${'/brokers/topics/[topic]'}                              | ${{ topic: '[topic]' }}
`('$path is a $pattern', ({ path, pattern, variables }) => {
  const match = matchZnode(path);
  expect(match?.entry.pattern).toBe(pattern);
  expect(match?.variables).toEqual(variables);
});

test.each(['/', '/foo', '/brokers/ids/1/x', '/config/users/a/b/c', '/isr_change_notification/x'])(
  'nothing of Kafka is at %s',
  (path) => {
    expect(matchZnode(path)).toBeUndefined();
  },
);

test('what lies below is known', () => {
  const match = matchZnode('/brokers/topics/orders');
  expect(match && entriesBelow(match).map(({ pattern }) => pattern)).toEqual([
    '/brokers/topics/[topic]/partitions',
  ]);
});

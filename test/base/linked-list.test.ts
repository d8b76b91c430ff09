import { Link, LinkedList } from '../../src/base/linked-list';

function aList(...values: string[]): { list: LinkedList<string>; links: Link<string>[] } {
  const list = new LinkedList<string>();
  const links = values.map((value) => new Link(value));
  for (const link of links) list.push(link);
  return { list, links };
}

test('values come in the order in which they were pushed', () => {
  const { list } = aList('a', 'b', 'c');
  expect(list.values()).toEqual(['a', 'b', 'c']);
  expect([list.shift(), list.shift(), list.shift(), list.shift()]).toEqual([
    'a',
    'b',
    'c',
    undefined,
  ]);
  expect(list.isEmpty).toBe(true);
});

test.each`
  index | left          | where
  ${0}  | ${['b', 'c']} | ${'first'}
  ${1}  | ${['a', 'c']} | ${'in the middle'}
  ${2}  | ${['a', 'b']} | ${'last'}
`('the link that is $where can be taken out, twice', ({ index, left }) => {
  const { list, links } = aList('a', 'b', 'c');
  const link = links[index as number];
  link?.unlink();
  link?.unlink();
  expect(list.values()).toEqual(left);
  expect(link?.isLinked).toBe(false);
});

test('a link that was taken out refers to nothing, and can be pushed again', () => {
  const { list, links } = aList('a', 'b');
  const [a] = links;
  if (!a) throw new Error('no link');
  a.unlink();
  expect([a.next, a.previous]).toEqual([a, a]);
  list.push(a);
  expect(list.values()).toEqual(['b', 'a']);
});

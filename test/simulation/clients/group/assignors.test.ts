import fc from 'fast-check';
import { nameOf } from '../consumer/position';
import type { TopicPartition } from '../../history';
import { cooperativeSticky, range } from './assignors';
import type { Assignment, Candidate } from './assignors';

function partitionsOf(topic: string, count: number): TopicPartition[] {
  return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
}

function aMember(memberId: string, owned: readonly string[] = [], generation = 1): Candidate {
  const list = owned.map((name) => {
    const [topic = '', partition = ''] = name.split('-');
    return { topic, partition: Number(partition) };
  });
  return { memberId, sortKey: memberId, owned: list, generation };
}

function names(assignment: Assignment): Record<string, string[]> {
  return Object.fromEntries([...assignment].map(([id, assigned]) => [id, assigned.map(nameOf)]));
}

test('range: each topic in runs, the first members have one more', () => {
  const members = [aMember('m2'), aMember('m1')];
  expect(names(range(members, [...partitionsOf('a', 3), ...partitionsOf('b', 1)]))).toEqual({
    m1: ['a-0', 'a-1', 'b-0'],
    m2: ['a-2'],
  });
});

test.each`
  members                                                          | count | assigned                               | because
  ${[aMember('m1'), aMember('m2')]}                                | ${3}  | ${{ m1: ['a-0', 'a-2'], m2: ['a-1'] }} | ${'nobody has anything yet'}
  ${[aMember('m1', ['a-0', 'a-2']), aMember('m2', ['a-1'])]}       | ${3}  | ${{ m1: ['a-0', 'a-2'], m2: ['a-1'] }} | ${'it is fair as it is'}
  ${[aMember('m1', ['a-0', 'a-1', 'a-2']), aMember('m2')]}         | ${3}  | ${{ m1: ['a-0', 'a-1'], m2: [] }}      | ${'m1 must let go of a-2 before m2 may have it'}
  ${[aMember('m1', ['a-0', 'a-1']), aMember('m2')]}                | ${3}  | ${{ m1: ['a-0', 'a-1'], m2: ['a-2'] }} | ${'m1 has let go'}
  ${[aMember('m1', ['a-0'], 4), aMember('m2', ['a-0', 'a-1'], 5)]} | ${2}  | ${{ m1: [], m2: [] }}                  | ${'both have a-0 and must let go, and a-1 is still with m2'}
  ${[aMember('m1', ['a-9'])]}                                      | ${1}  | ${{ m1: ['a-0'] }}                     | ${'a partition is gone'}
`('cooperative: $assigned, since $because', ({ members, count, assigned }) => {
  expect(names(cooperativeSticky(members, partitionsOf('a', count)))).toEqual(assigned);
});

const memberships = fc
  .record({ members: fc.integer({ min: 1, max: 5 }), partitions: fc.integer({ min: 0, max: 12 }) })
  .chain(({ members, partitions }) =>
    fc.record({
      members: fc.constant(members),
      partitions: fc.constant(partitions),
      // Who owns each partition; the last of them stands for nobody.
      owners: fc.array(fc.nat(members), { minLength: partitions, maxLength: partitions }),
    }),
  );

test('cooperative: nobody gets what another has, and two rounds make it whole, even and lasting', () => {
  fc.assert(
    fc.property(memberships, ({ members, partitions, owners }) => {
      const all = partitionsOf('a', partitions);
      let owned = Array.from({ length: members }, (_, index) =>
        [...owners.entries()]
          .filter(([, owner]) => owner === index)
          .map(([partition]) => `a-${String(partition)}`),
      );
      const round = (): string[][] => {
        const candidates = owned.map((list, index) => aMember(`m${String(index)}`, list));
        const assigned = names(cooperativeSticky(candidates, all));
        return owned.map((_, index) => assigned[`m${String(index)}`] ?? []);
      };
      const first = round();
      first.forEach((list, index) => {
        const others = owned.filter((_, other) => other !== index).flat();
        expect(list.filter((name) => others.includes(name))).toEqual([]);
      });
      owned = first;
      owned = round();
      expect(new Set(owned.flat()).size).toBe(partitions);
      const sizes = owned.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      const sets = (lists: string[][]): Set<string>[] => lists.map((list) => new Set(list));
      expect(sets(round())).toEqual(sets(owned));
    }),
  );
});

/** Lag as kafka-consumer-groups reckons it. */
import { lagOf, totalLag } from '../../../src/cli/group/lag';

const committed = (topic: string, partition: number, offset: number) => ({
  topic,
  partition,
  offset,
  leaderEpoch: 0,
  metadata: '',
});
const member = (memberId: string, ...partitions: number[]) => ({
  memberId,
  instanceId: null,
  clientId: 'client',
  host: '/127.0.0.1',
  assignment: partitions.map((partition) => ({ topic: 't', partition })),
});

test('partitions with an offset and those only read are both there, in order', () => {
  const ends = new Map([
    ['t-0', { offset: 10 }],
    ['t-1', { offset: 4 }],
    ['t-2', { error: 'LEADER_NOT_AVAILABLE' as const }],
    ['a-7', { offset: 1 }],
  ]);
  const offsets = [
    committed('t', 2, 5),
    committed('t', 0, 7),
    committed('a', 7, 3),
    committed('gone', 0, 1),
  ];
  const found = lagOf(offsets, [member('m', 1, 0)], ends);
  expect(
    found.map((each) => [
      `${each.topic}-${String(each.partition)}`,
      each.committed,
      each.end,
      each.lag,
      each.member?.memberId,
    ]),
  ).toEqual([
    ['a-7', 3, 1, 0, undefined],
    ['gone-0', 1, undefined, undefined, undefined],
    ['t-0', 7, 10, 3, 'm'],
    ['t-1', undefined, 4, undefined, 'm'],
    ['t-2', 5, undefined, undefined, undefined],
  ]);
  expect(totalLag(found)).toEqual({ lag: 3, isWhole: false });
});

test('a total is whole if every lag is known', () => {
  const ends = new Map([['t-0', { offset: 10 }]]);
  expect(totalLag(lagOf([committed('t', 0, 4)], [], ends))).toEqual({ lag: 6, isWhole: true });
  expect(totalLag([])).toEqual({ lag: 0, isWhole: true });
});

import { placementOrder, placeReplicas } from '../../../src/controller/state/placement';
import type { PlacementRequest } from '../../../src/controller/state/placement';

const brokers = (...ids: number[]) => ids.map((id) => ({ id, rack: null }));
const racked = (racks: Record<number, string | null>) =>
  Object.entries(racks).map(([id, rack]) => ({ id: Number(id), rack }));

function place(request: PlacementRequest): readonly (readonly number[])[] {
  const placement = placeReplicas(request);
  if ('error' in placement) throw new Error(placement.message);
  return [...placement.assignment.values()];
}

test('replica j of partition i lies on broker (i + j) mod n', () => {
  expect(place({ brokers: brokers(0, 1, 2), partitionCount: 4, replicationFactor: 2 })).toEqual([
    [0, 1],
    [1, 2],
    [2, 0],
    [0, 1],
  ]);
});

test('brokers are sorted first: neither the order of the list nor gaps in the ids matter', () => {
  expect(place({ brokers: brokers(30, 4, 17), partitionCount: 3, replicationFactor: 3 })).toEqual([
    [4, 17, 30],
    [17, 30, 4],
    [30, 4, 17],
  ]);
});

test('for every count of brokers the formula holds, replicas differ, and leaders are spread evenly', () => {
  for (let n = 1; n <= 7; n += 1) {
    const ids = Array.from({ length: n }, (_, index) => index);
    for (let replicationFactor = 1; replicationFactor <= n; replicationFactor += 1) {
      const assignment = place({
        brokers: brokers(...ids),
        partitionCount: 3 * n,
        replicationFactor,
      });
      assignment.forEach((replicas, i) =>
        expect(replicas).toEqual(replicas.map((_, j) => (i + j) % n)),
      );
      assignment.forEach((replicas) => expect(new Set(replicas).size).toBe(replicationFactor));
      for (const id of ids) expect(assignment.filter(([leader]) => leader === id)).toHaveLength(3);
    }
  }
});

test('new partitions of a topic continue where the old ones end', () => {
  const all = place({ brokers: brokers(0, 1, 2, 3, 4), partitionCount: 8, replicationFactor: 3 });
  const added = placeReplicas({
    brokers: brokers(0, 1, 2, 3, 4),
    partitionCount: 5,
    replicationFactor: 3,
    startPartition: 3,
  });
  expect(added).toEqual({ assignment: new Map([3, 4, 5, 6, 7].map((i) => [i, all[i]])) });
});

test.each`
  racks                                                       | order                 | because
  ${{ 0: null, 2: null, 1: null }}                            | ${[0, 1, 2]}          | ${'without racks the list is only sorted'}
  ${{ 0: 'a', 1: 'b', 2: 'a', 3: 'b' }}                       | ${[0, 1, 2, 3]}       | ${'racks take turns'}
  ${{ 0: 'a', 1: 'a', 2: 'b', 3: 'b' }}                       | ${[0, 2, 1, 3]}       | ${'neighbours lie in different racks'}
  ${{ 0: 'r1', 1: 'r3', 2: 'r3', 3: 'r2', 4: 'r2', 5: 'r1' }} | ${[0, 3, 1, 5, 4, 2]} | ${'racks go by name, ids ascend within each'}
  ${{ 0: 'a', 1: 'a', 2: 'a', 3: 'b' }}                       | ${[0, 3, 1, 2]}       | ${'a rack that is used up is passed over'}
  ${{ 0: 'a', 1: null, 2: 'a', 3: null }}                     | ${[1, 0, 3, 2]}       | ${'brokers without a rack count as a rack of their own'}
`('racks $racks are dealt as $order because $because', ({ racks, order }) => {
  expect(placementOrder(racked(racks))).toEqual(order);
});

test('with racks the same formula runs over the interleaved list: replicas lie in different racks', () => {
  const racks = { 0: 'a', 1: 'a', 2: 'b', 3: 'b', 4: 'c', 5: 'c' } as const;
  const assignment = place({ brokers: racked(racks), partitionCount: 6, replicationFactor: 3 });
  expect(assignment[0]).toEqual([0, 2, 4]);
  for (const replicas of assignment) {
    expect(new Set(replicas.map((id) => racks[id as keyof typeof racks])).size).toBe(3);
  }
});

test.each`
  count | partitionCount | replicationFactor | error                           | message
  ${3}  | ${0}           | ${1}              | ${'INVALID_PARTITIONS'}         | ${'Number of partitions must be larger than 0.'}
  ${3}  | ${-5}          | ${1}              | ${'INVALID_PARTITIONS'}         | ${'Number of partitions must be larger than 0.'}
  ${3}  | ${1}           | ${0}              | ${'INVALID_REPLICATION_FACTOR'} | ${'Replication factor must be larger than 0.'}
  ${3}  | ${1}           | ${4}              | ${'INVALID_REPLICATION_FACTOR'} | ${'Replication factor: 4 larger than available brokers: 3.'}
  ${0}  | ${1}           | ${1}              | ${'INVALID_REPLICATION_FACTOR'} | ${'Replication factor: 1 larger than available brokers: 0.'}
`(
  '$partitionCount × $replicationFactor on $count brokers: $error',
  ({ count, error, message, ...request }) => {
    const ids = Array.from({ length: count }, (_, index) => index);
    expect(placeReplicas({ brokers: brokers(...ids), ...request })).toEqual({ error, message });
  },
);

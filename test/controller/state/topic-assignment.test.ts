import {
  decideAddedPartitions,
  decideTopicAssignment,
} from '../../../src/controller/state/topic-assignment';
import type { ReplicaAssignment } from '../../../src/zookeeper/types';

const BROKERS = [0, 1, 2].map((id) => ({ id, rack: null }));
const DEFAULTS = { partitionCount: 2, replicationFactor: 3 };
const byHand = (...lists: number[][]) =>
  lists.map((replicas, partition) => ({ partition, replicas }));
const lists = (assignment: ReadonlyMap<number, readonly number[]>) =>
  Object.fromEntries(assignment);

test.each`
  partitionCount | replicationFactor | manual              | assignment                        | because
  ${2}           | ${2}              | ${[]}               | ${{ 0: [0, 1], 1: [1, 2] }}       | ${'both are given'}
  ${-1}          | ${-1}             | ${[]}               | ${{ 0: [0, 1, 2], 1: [1, 2, 0] }} | ${'−1 takes the defaults'}
  ${-1}          | ${1}              | ${[]}               | ${{ 0: [0], 1: [1] }}             | ${'each has its own default'}
  ${-1}          | ${-1}             | ${byHand([2], [0])} | ${{ 0: [2], 1: [0] }}             | ${'replicas are given by hand'}
  ${-1}          | ${-1}             | ${byHand([77])}     | ${{ 0: [77] }}                    | ${'whether a broker exists is not checked'}
`('a topic is placed as $assignment because $because', ({ assignment, ...request }) => {
  const decided = decideTopicAssignment(request, DEFAULTS, BROKERS);
  expect('assignment' in decided && lists(decided.assignment)).toEqual(assignment);
});

test.each`
  partitionCount | replicationFactor | manual                                                                | error                           | because
  ${0}           | ${1}              | ${[]}                                                                 | ${'INVALID_PARTITIONS'}         | ${'a topic has partitions'}
  ${1}           | ${4}              | ${[]}                                                                 | ${'INVALID_REPLICATION_FACTOR'} | ${'there are three brokers'}
  ${1}           | ${-1}             | ${byHand([0])}                                                        | ${'INVALID_REQUEST'}            | ${'a count and a list contradict each other'}
  ${-1}          | ${1}              | ${byHand([0])}                                                        | ${'INVALID_REQUEST'}            | ${'a factor and a list contradict each other'}
  ${-1}          | ${-1}             | ${byHand([0], [0, 1])}                                                | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'the factor differs'}
  ${-1}          | ${-1}             | ${byHand([0, 0])}                                                     | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'a broker is named twice'}
  ${-1}          | ${-1}             | ${byHand([])}                                                         | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'no replica at all'}
  ${-1}          | ${-1}             | ${byHand([-1])}                                                       | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'a broker id is negative'}
  ${-1}          | ${-1}             | ${[{ partition: 1, replicas: [0] }]}                                  | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'partitions begin at 0'}
  ${-1}          | ${-1}             | ${[{ partition: 0, replicas: [0] }, { partition: 0, replicas: [1] }]} | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'a partition is named twice'}
`('a topic is refused with $error because $because', ({ error, ...request }) => {
  expect(decideTopicAssignment(request, DEFAULTS, BROKERS)).toMatchObject({ error });
});

function existing(
  count: number,
  moving?: Partial<ReplicaAssignment>,
): Map<number, ReplicaAssignment> {
  const idle = { replicas: [0, 1], adding: [], removing: [] };
  return new Map(
    Array.from({ length: count }, (_, partition) => [partition, { ...idle, ...moving }]),
  );
}

test.each`
  count | totalCount | manual      | assignment                  | because
  ${2}  | ${4}       | ${null}     | ${{ 2: [2, 0], 3: [0, 1] }} | ${'placement continues at partition 2'}
  ${2}  | ${3}       | ${[[1, 2]]} | ${{ 2: [1, 2] }}            | ${'replicas are given by hand'}
`('partitions are added as $assignment because $because', ({ count, assignment, ...request }) => {
  const decided = decideAddedPartitions({ topic: 't', ...request }, existing(count), BROKERS);
  expect('assignment' in decided && lists(decided.assignment)).toEqual(assignment);
});

test.each`
  totalCount | manual              | moving             | error                           | message
  ${2}       | ${null}             | ${{}}              | ${'INVALID_PARTITIONS'}         | ${'Topic already has 2 partitions.'}
  ${1}       | ${null}             | ${{}}              | ${'INVALID_PARTITIONS'}         | ${'Topic currently has 2 partitions, which is higher than the requested 1.'}
  ${3}       | ${[[0, 9]]}         | ${{}}              | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'Unknown broker(s) in replica assignment: 9.'}
  ${3}       | ${[[0, 1], [1, 2]]} | ${{}}              | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'Increasing the number of partitions by 1 but 2 assignments provided.'}
  ${3}       | ${[[0]]}            | ${{}}              | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'All partitions should have the same number of replicas'}
  ${3}       | ${[[0, 0]]}         | ${{}}              | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'Duplicate replica assignment found: 0, 0'}
  ${3}       | ${null}             | ${{ adding: [2] }} | ${'REASSIGNMENT_IN_PROGRESS'}   | ${"A partition reassignment is in progress for the topic 't'."}
`(
  '$totalCount partitions ($manual) are refused: $message',
  ({ moving, error, message, ...request }) => {
    const decided = decideAddedPartitions({ topic: 't', ...request }, existing(2, moving), BROKERS);
    expect(decided).toEqual({ error, message });
  },
);

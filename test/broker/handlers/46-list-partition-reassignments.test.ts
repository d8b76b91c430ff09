/** ListPartitionReassignments (46): which are under way, on the controller only. Where some are: see 45. */
import { errorName } from '../../../src/protocol/errors';
import {
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
} from '../../../src/protocol/messages/46-list-partition-reassignments';
import { Brokers } from '../../builders/broker-client';
import { eventually } from '../../builders/process';
import { PromisedClient } from '../../builders/zookeeper-client';

let brokers: Brokers;
let controller: number;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
  controller = await brokers.controllerId();
  await brokers.createTopic('topic');
}, 60_000);
afterAll(() => brokers.stop());

const list = (topics: { name: string; partitionIndexes: number[] }[] | null, broker: number) =>
  brokers.ask(
    ListPartitionReassignmentsRequest,
    ListPartitionReassignmentsResponse,
    0,
    { timeoutMs: 5000, topics },
    { broker },
  );

test.each`
  topics                                           | because
  ${null}                                          | ${'null asks for all'}
  ${[]}                                            | ${'nothing was asked for'}
  ${[{ name: 'topic', partitionIndexes: [0, 7] }]} | ${'the topic stays where it is'}
  ${[{ name: 'absent', partitionIndexes: [0] }]}   | ${'what is not there does not move'}
`('$topics: none because $because', async ({ topics }) => {
  const answer = await list(topics as { name: string; partitionIndexes: number[] }[], controller);
  expect(answer).toMatchObject({ errorCode: 0, errorMessage: '', topics: [] });
});

describe('while a partition moves to a broker that is away', () => {
  const ABSENT_BROKER = 9;

  beforeAll(async () => {
    await brokers.createTopic('moving', { assignment: [[1], [2]] });
    const zookeeper = await PromisedClient.connect(brokers.zookeeper);
    // The way of older tools: who asks by request is refused.
    const partitions = [{ topic: 'moving', partition: 1, replicas: [ABSENT_BROKER] }];
    await zookeeper.create(
      '/admin/reassign_partitions',
      JSON.stringify({ version: 1, partitions }),
    );
    await eventually('the move has begun', async () => {
      const { topics } = await list(null, controller);
      return topics.length > 0 || undefined;
    });
    await zookeeper.close();
  }, 30_000);

  test.each`
    topics                                            | listed | because
    ${null}                                           | ${[1]} | ${'null asks for all'}
    ${[{ name: 'moving', partitionIndexes: [0, 1] }]} | ${[1]} | ${'the other partition stays'}
    ${[{ name: 'moving', partitionIndexes: [0] }]}    | ${[]}  | ${'that partition stays'}
    ${[{ name: 'topic', partitionIndexes: [0] }]}     | ${[]}  | ${'that topic stays'}
    ${[]}                                             | ${[]}  | ${'nothing was asked for'}
  `('$topics: $listed because $because', async ({ topics, listed }) => {
    const answer = await list(topics as { name: string; partitionIndexes: number[] }[], controller);
    const partitions = answer.topics.flatMap((topic) => topic.partitions);
    expect(partitions).toEqual(
      (listed as number[]).map((partitionIndex) => ({
        partitionIndex,
        replicas: [ABSENT_BROKER, 2],
        addingReplicas: [ABSENT_BROKER],
        removingReplicas: [2],
      })),
    );
  });
});

test('a broker that is not the controller refuses', async () => {
  const { errorCode, errorMessage, topics } = await list(null, 3 - controller);
  expect([errorName(errorCode), errorMessage, topics]).toEqual([
    'NOT_CONTROLLER',
    'This is not the correct controller for this cluster.',
    [],
  ]);
});

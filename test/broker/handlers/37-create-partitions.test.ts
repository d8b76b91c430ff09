/** CreatePartitions (37): more partitions for topics, on the controller only. */
import { errorName } from '../../../src/protocol/errors';
import { MetadataRequest, MetadataResponse } from '../../../src/protocol/messages/03-metadata';
import {
  CreatePartitionsRequest,
  CreatePartitionsResponse,
} from '../../../src/protocol/messages/37-create-partitions';
import { Brokers, versionsOf } from '../../builders/broker-client';

let brokers: Brokers;
let controller: number;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
  controller = await brokers.controllerId();
  await brokers.createTopic('two', { partitions: 2 });
}, 60_000);
afterAll(() => brokers.stop());

interface Wanted {
  readonly name: string;
  readonly count: number;
  readonly lists?: readonly (readonly number[])[];
}

async function add(
  topics: readonly Wanted[],
  { version = 3, broker = controller, validateOnly = false, timeoutMs = 15_000 } = {},
): Promise<string[]> {
  const { results } = await brokers.ask(
    CreatePartitionsRequest,
    CreatePartitionsResponse,
    version,
    {
      topics: topics.map(({ name, count, lists }) => ({
        name,
        count,
        assignments: lists?.map((brokerIds) => ({ brokerIds: [...brokerIds] })) ?? null,
      })),
      timeoutMs,
      validateOnly,
    },
    { broker },
  );
  return results.map(({ name, errorCode }) => `${name} ${errorName(errorCode)}`).sort();
}

async function replicasOf(name: string): Promise<(readonly number[])[]> {
  const answer = await brokers.ask(
    MetadataRequest,
    MetadataResponse,
    4,
    { topics: [{ name }], allowAutoTopicCreation: false },
    { broker: controller },
  );
  return [...(answer.topics[0]?.partitions ?? [])]
    .sort((a, b) => a.partitionIndex - b.partitionIndex)
    .map(({ replicaNodes }) => replicaNodes);
}

test.each(versionsOf(CreatePartitionsRequest))('v%i adds partitions', async (version) => {
  const name = `of-version-${String(version)}`;
  await brokers.createTopic(name, { assignment: [[1, 2]] });
  expect(await add([{ name, count: 3 }], { version })).toEqual([`${name} NONE`]);
  const replicas = await replicasOf(name);
  expect(replicas.map((each) => each.length)).toEqual([2, 2, 2]);
  expect(replicas[0]).toEqual([1, 2]);
});

test('replicas by hand', async () => {
  await brokers.createTopic('by-hand', { assignment: [[1]] });
  expect(await add([{ name: 'by-hand', count: 3, lists: [[2], [1]] }])).toEqual(['by-hand NONE']);
  expect(await replicasOf('by-hand')).toEqual([[1], [2], [1]]);
});

test.each`
  topic                                           | error                           | because
  ${{ name: 'absent', count: 2 }}                 | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such topic'}
  ${{ name: 'two', count: 2 }}                    | ${'INVALID_PARTITIONS'}         | ${'there are two already'}
  ${{ name: 'two', count: 1 }}                    | ${'INVALID_PARTITIONS'}         | ${'partitions are never taken away'}
  ${{ name: 'two', count: 0 }}                    | ${'INVALID_PARTITIONS'}         | ${'partitions are never taken away'}
  ${{ name: 'two', count: -1 }}                   | ${'INVALID_PARTITIONS'}         | ${'a count is positive'}
  ${{ name: 'two', count: 3, lists: [] }}         | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'one list is missing'}
  ${{ name: 'two', count: 4, lists: [[1]] }}      | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'one list is missing'}
  ${{ name: 'two', count: 3, lists: [[1], [2]] }} | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'there is one too many'}
  ${{ name: 'two', count: 3, lists: [[1, 2]] }}   | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'the others have one replica'}
  ${{ name: 'two', count: 3, lists: [[9]] }}      | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'there is no broker 9'}
  ${{ name: 'two', count: 3, lists: [[]] }}       | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'a partition has replicas'}
  ${{ name: 'two', count: 3, lists: [[1, 1]] }}   | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'a broker has one replica at most'}
`('$topic: $error because $because', async ({ topic, error }) => {
  expect(await add([topic as Wanted])).toEqual([`${(topic as Wanted).name} ${error}`]);
  expect(await replicasOf('two')).toHaveLength(2);
});

test('a topic asked for twice is INVALID_REQUEST and answered once', async () => {
  const topics = [
    { name: 'two', count: 3 },
    { name: 'absent', count: 3 },
    { name: 'two', count: 4 },
  ];
  expect(await add(topics)).toEqual(['absent UNKNOWN_TOPIC_OR_PARTITION', 'two INVALID_REQUEST']);
  expect(await replicasOf('two')).toHaveLength(2);
});

test('validateOnly checks and adds nothing', async () => {
  const topics = [
    { name: 'two', count: 5 },
    { name: 'absent', count: 5 },
  ];
  expect(await add(topics, { validateOnly: true })).toEqual([
    'absent UNKNOWN_TOPIC_OR_PARTITION',
    'two NONE',
  ]);
  expect(await replicasOf('two')).toHaveLength(2);
});

test('a broker that is not the controller refuses', async () => {
  const broker = 3 - controller;
  expect(await add([{ name: 'two', count: 3 }], { broker })).toEqual(['two NOT_CONTROLLER']);
  expect(await replicasOf('two')).toHaveLength(2);
});

test('no time to wait: REQUEST_TIMED_OUT, though the partitions come', async () => {
  await brokers.createTopic('hurried');
  const answer = await add([{ name: 'hurried', count: 2 }], { timeoutMs: 0 });
  expect(answer).toEqual(['hurried REQUEST_TIMED_OUT']);
});

test('no topics, no answer for any', async () => {
  expect(await add([])).toEqual([]);
});

/** AlterPartitionReassignments (45): replicas move to other brokers, on the controller only. */
import { errorName } from '../../../src/protocol/errors';
import { MetadataRequest, MetadataResponse } from '../../../src/protocol/messages/03-metadata';
import {
  CreatePartitionsRequest,
  CreatePartitionsResponse,
} from '../../../src/protocol/messages/37-create-partitions';
import {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from '../../../src/protocol/messages/45-alter-partition-reassignments';
import {
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
} from '../../../src/protocol/messages/46-list-partition-reassignments';
import { Brokers } from '../../builders/broker-client';
import { eventually } from '../../builders/process';
import { PromisedClient } from '../../builders/zookeeper-client';

let brokers: Brokers;
let controller: number;
/** The brokers that are not the controller. */
let first: number;
let second: number;
let zookeeper: PromisedClient;

beforeAll(async () => {
  brokers = await Brokers.start({
    count: 3,
    settings: { 'auto.leader.rebalance.enable': 'false', 'zookeeper.session.timeout.ms': '3000' },
  });
  controller = await eventually('a controller', () => brokers.controllerId());
  [first = 0, second = 0] = [1, 2, 3].filter((id) => id !== controller);
  zookeeper = await PromisedClient.connect(brokers.zookeeper);
}, 90_000);
afterAll(async () => {
  zookeeper.raw.close();
  await brokers.stop();
});

/** The replicas of each partition by its number, `null` cancels. */
type Wanted = Readonly<Record<string, Readonly<Record<number, readonly number[] | null>>>>;

function ask(wanted: Wanted, broker = controller) {
  return brokers.ask(
    AlterPartitionReassignmentsRequest,
    AlterPartitionReassignmentsResponse,
    0,
    {
      timeoutMs: 15_000,
      topics: Object.entries(wanted).map(([name, partitions]) => ({
        name,
        partitions: Object.entries(partitions).map(([index, replicas]) => ({
          partitionIndex: Number(index),
          replicas: replicas && [...replicas],
        })),
      })),
    },
    { broker },
  );
}

/** One line for each result: `topic-partition ERROR`, sorted. */
async function reassign(wanted: Wanted, broker = controller): Promise<string[]> {
  const { responses } = await ask(wanted, broker);
  return responses
    .flatMap(({ name, partitions }) =>
      partitions.map(
        ({ partitionIndex, errorCode }) =>
          `${name}-${String(partitionIndex)} ${errorName(errorCode)}`,
      ),
    )
    .sort();
}

async function underWay(topic: string) {
  const { topics } = await brokers.ask(
    ListPartitionReassignmentsRequest,
    ListPartitionReassignmentsResponse,
    0,
    { timeoutMs: 15_000, topics: null },
    { broker: controller },
  );
  return topics.find(({ name }) => name === topic)?.partitions ?? [];
}

async function partitionOf(topic: string, index = 0, broker = controller) {
  const { topics } = await brokers.ask(
    MetadataRequest,
    MetadataResponse,
    4,
    { topics: [{ name: topic }], allowAutoTopicCreation: false },
    { broker },
  );
  return topics[0]?.partitions.find(({ partitionIndex }) => partitionIndex === index);
}

/** Waits for the end of a move, as brokers know it. */
async function untilOn(topic: string, replicas: readonly number[], index = 0): Promise<void> {
  await eventually(`${topic} is on ${replicas.join(',')}`, async () => {
    const found = await partitionOf(topic, index);
    const isThere = found?.replicaNodes.join() === replicas.join();
    const isInSync = found?.isrNodes.length === replicas.length;
    return (isThere && isInSync && replicas.includes(found.leaderId)) || undefined;
  });
  await eventually('nothing is under way', async () =>
    (await underWay(topic)).length === 0 ? true : undefined,
  );
}

async function topicNode(topic: string): Promise<Record<string, unknown>> {
  return JSON.parse(await zookeeper.get(`/brokers/topics/${topic}`)) as Record<string, unknown>;
}

test('replicas move, and the records with them', async () => {
  await brokers.createTopic('moves', { assignment: [[first, controller]] });
  await brokers.produce('moves', {}, { broker: first });
  expect(await ask({ moves: { 0: [controller, second] } })).toEqual({
    throttleTimeMs: 0,
    errorCode: 0,
    errorMessage: '',
    responses: [
      { name: 'moves', partitions: [{ partitionIndex: 0, errorCode: 0, errorMessage: null }] },
    ],
  });
  await untilOn('moves', [controller, second]);
  // The first of the target leads; it has the record of before, and takes the next one.
  expect(await partitionOf('moves')).toMatchObject({ leaderId: controller });
  expect(await brokers.produce('moves', {}, { broker: controller })).toBe(1);
  expect(await topicNode('moves')).toMatchObject({
    partitions: { 0: [controller, second] },
    adding_replicas: {},
    removing_replicas: {},
  });
});

test('a leader that stays goes on leading', async () => {
  await brokers.createTopic('stays', { assignment: [[first, controller]] });
  expect(await reassign({ stays: { 0: [second, first] } })).toEqual(['stays-0 NONE']);
  await untilOn('stays', [second, first]);
  expect(await partitionOf('stays')).toMatchObject({ leaderId: first });
});

test.each`
  what               | from                     | to
  ${'more replicas'} | ${() => [first]}         | ${() => [first, second, controller]}
  ${'fewer'}         | ${() => [first, second]} | ${() => [second]}
  ${'another order'} | ${() => [first, second]} | ${() => [second, first]}
  ${'the same'}      | ${() => [first, second]} | ${() => [first, second]}
`('$what', async ({ what, from, to }) => {
  const topic = String(what).replaceAll(' ', '-');
  await brokers.createTopic(topic, { assignment: [(from as () => number[])()] });
  const target = (to as () => number[])();
  expect(await reassign({ [topic]: { 0: target } })).toEqual([`${topic}-0 NONE`]);
  await untilOn(topic, target);
});

test('several partitions at once', async () => {
  await brokers.createTopic('several', { assignment: [[first], [second], [first]] });
  await brokers.createTopic('other', { assignment: [[first]] });
  const results = await reassign({
    several: { 0: [second], 1: [first], 7: [first] },
    other: { 0: [controller] },
  });
  expect(results).toEqual([
    'other-0 NONE',
    'several-0 NONE',
    'several-1 NONE',
    'several-7 UNKNOWN_TOPIC_OR_PARTITION',
  ]);
  await untilOn('several', [second], 0);
  await untilOn('several', [first], 1);
  await untilOn('several', [first], 2);
  await untilOn('other', [controller]);
});

test.each`
  wanted                      | results                                     | because
  ${{ still: { 0: [] } }}     | ${['still-0 INVALID_REPLICA_ASSIGNMENT']}   | ${'a partition has replicas'}
  ${{ still: { 0: [1, 1] } }} | ${['still-0 INVALID_REPLICA_ASSIGNMENT']}   | ${'a broker has one replica at most'}
  ${{ still: { 0: [-1] } }}   | ${['still-0 INVALID_REPLICA_ASSIGNMENT']}   | ${'broker ids are not negative'}
  ${{ still: { 0: [1, 9] } }} | ${['still-0 INVALID_REPLICA_ASSIGNMENT']}   | ${'there is no broker 9'}
  ${{ still: { 7: [1] } }}    | ${['still-7 UNKNOWN_TOPIC_OR_PARTITION']}   | ${'there is no such partition'}
  ${{ absent: { 0: [1] } }}   | ${['absent-0 UNKNOWN_TOPIC_OR_PARTITION']}  | ${'there is no such topic'}
  ${{ absent: { 0: [9] } }}   | ${['absent-0 INVALID_REPLICA_ASSIGNMENT']}  | ${'replicas are judged first'}
  ${{ still: { 0: null } }}   | ${['still-0 NO_REASSIGNMENT_IN_PROGRESS']}  | ${'there is nothing to cancel'}
  ${{ absent: { 0: null } }}  | ${['absent-0 NO_REASSIGNMENT_IN_PROGRESS']} | ${'there is nothing to cancel'}
  ${{}}                       | ${[]}                                       | ${'nothing was asked for'}
`('$wanted: $results because $because', async ({ wanted, results }) => {
  if (!(await partitionOf('still'))) await brokers.createTopic('still', { assignment: [[1, 2]] });
  expect(await reassign(wanted as Wanted)).toEqual(results);
  expect(await partitionOf('still')).toMatchObject({ replicaNodes: [1, 2] });
});

test('of several entries for one partition the last counts', async () => {
  await brokers.createTopic('twice', { assignment: [[first]] });
  const entry = (replicas: number[]) => ({
    name: 'twice',
    partitions: [{ partitionIndex: 0, replicas }],
  });
  const { responses } = await brokers.ask(
    AlterPartitionReassignmentsRequest,
    AlterPartitionReassignmentsResponse,
    0,
    { timeoutMs: 15_000, topics: [entry([9]), entry([second])] },
    { broker: controller },
  );
  expect(responses.map(({ partitions }) => partitions.map(({ errorCode }) => errorCode))).toEqual([
    [0],
  ]);
  await untilOn('twice', [second]);
});

test('a broker that is not the controller refuses', async () => {
  const { errorCode, errorMessage, responses } = await ask({ absent: { 0: [1] } }, first);
  expect([errorName(errorCode), errorMessage, responses]).toEqual([
    'NOT_CONTROLLER',
    'This is not the correct controller for this cluster.',
    [],
  ]);
});

test('the znode of older tools is served, and removed', async () => {
  await brokers.createTopic('by-znode', { assignment: [[first], [first]] });
  const partitions = [
    { topic: 'by-znode', partition: 0, replicas: [second] },
    { topic: 'by-znode', partition: 1, replicas: [controller] },
    { topic: 'absent', partition: 0, replicas: [1] },
  ];
  await zookeeper.create('/admin/reassign_partitions', JSON.stringify({ version: 1, partitions }));
  await untilOn('by-znode', [second], 0);
  await untilOn('by-znode', [controller], 1);
  const isGone = await eventually('the znode is gone', async () =>
    (await zookeeper.stat('/admin/reassign_partitions')) ? undefined : true,
  );
  expect(isGone).toBe(true);
});

describe('a move that cannot end, since a replica that stays is out of sync', () => {
  beforeAll(async () => {
    await brokers.createTopic('stuck', { assignment: [[first, second]] });
    await brokers.createTopic('elsewhere', { assignment: [[first]] });
    await brokers.kill(second);
    await eventually('the ISR is smaller', async () =>
      (await partitionOf('stuck'))?.isrNodes.length === 1 ? true : undefined,
    );
    await reassign({ stuck: { 0: [second, controller] } });
  }, 60_000);

  test('is listed, and seen in metadata and in the znode of the topic', async () => {
    const moving = {
      replicas: [second, controller, first],
      addingReplicas: [controller],
      removingReplicas: [first],
    };
    expect(await underWay('stuck')).toEqual([{ partitionIndex: 0, ...moving }]);
    await eventually(
      'metadata name all replicas',
      async () =>
        (await partitionOf('stuck'))?.replicaNodes.join() === moving.replicas.join() || undefined,
    );
    expect(await topicNode('stuck')).toMatchObject({
      partitions: { 0: moving.replicas },
      adding_replicas: { 0: [controller] },
      removing_replicas: { 0: [first] },
    });
  });

  test('refuses new partitions for the topic', async () => {
    const { results } = await brokers.ask(
      CreatePartitionsRequest,
      CreatePartitionsResponse,
      3,
      {
        topics: [{ name: 'stuck', count: 3, assignments: null }],
        timeoutMs: 5000,
        validateOnly: false,
      },
      { broker: controller },
    );
    expect(results.map(({ errorCode }) => errorName(errorCode))).toEqual([
      'REASSIGNMENT_IN_PROGRESS',
    ]);
  });

  test('refuses replicas on the broker that is away, if it has none yet', async () => {
    expect(await reassign({ elsewhere: { 0: [second] } })).toEqual([
      'elsewhere-0 INVALID_REPLICA_ASSIGNMENT',
    ]);
  });

  test('gives way to another move, which begins where it began', async () => {
    expect(await reassign({ stuck: { 0: [first, controller, second] } })).toEqual(['stuck-0 NONE']);
    expect(await underWay('stuck')).toEqual([
      {
        partitionIndex: 0,
        replicas: [first, controller, second],
        addingReplicas: [controller],
        removingReplicas: [],
      },
    ]);
  });

  test('can be cancelled', async () => {
    expect(await reassign({ stuck: { 0: null } })).toEqual(['stuck-0 NONE']);
    expect(await underWay('stuck')).toEqual([]);
    expect(await topicNode('stuck')).toMatchObject({
      partitions: { 0: [first, second] },
      adding_replicas: {},
      removing_replicas: {},
    });
    expect(await reassign({ stuck: { 0: null } })).toEqual(['stuck-0 NO_REASSIGNMENT_IN_PROGRESS']);
  });

  test('goes on when the replica is back in sync', async () => {
    expect(await reassign({ stuck: { 0: [second, controller] } })).toEqual(['stuck-0 NONE']);
    await brokers.restart(second);
    await untilOn('stuck', [second, controller]);
  }, 60_000);
});

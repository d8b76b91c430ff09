/** CreateTopics (19): on the controller only; placement, settings, and everything that is refused. */
import { errorName } from '../../../src/protocol/errors';
import { MetadataRequest, MetadataResponse } from '../../../src/protocol/messages/03-metadata';
import {
  CreateTopicsRequest,
  CreateTopicsResponse,
} from '../../../src/protocol/messages/19-create-topics';
import { ZERO_UUID } from '../../../src/protocol/schema';
import type { InputOf } from '../../../src/protocol/schema';
import { Brokers, versionsOf } from '../../builders/broker-client';

type Topic = InputOf<typeof CreateTopicsRequest>['topics'][number];

let brokers: Brokers;
let controller: number;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2, settings: { 'num.partitions': '3' } });
  controller = await brokers.controllerId();
  await brokers.createTopic('exists');
  await brokers.createTopic('with.dot');
}, 60_000);
afterAll(() => brokers.stop());

interface Options {
  readonly version?: number;
  readonly validateOnly?: boolean;
  readonly broker?: number;
  readonly timeoutMs?: number;
}

const aTopic = (name: string, fields: Partial<Topic> = {}): Topic => ({
  name,
  numPartitions: 1,
  replicationFactor: 1,
  assignments: [],
  configs: [],
  ...fields,
});

const create = (topics: readonly Topic[], options: Options = {}) =>
  brokers.ask(
    CreateTopicsRequest,
    CreateTopicsResponse,
    options.version ?? 7,
    {
      topics: [...topics],
      timeoutMs: options.timeoutMs ?? 15_000,
      ...(options.validateOnly === undefined ? {} : { validateOnly: options.validateOnly }),
    },
    { broker: options.broker ?? controller },
  );

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

test.each(versionsOf(CreateTopicsRequest))('v%i creates a topic', async (version) => {
  const name = `of-version-${String(version)}`;
  const configs = [{ name: 'retention.ms', value: '1234' }];
  const { topics } = await create([aTopic(name, { numPartitions: 2, configs })], { version });
  expect(topics).toHaveLength(1);
  expect(topics[0]).toMatchObject({
    name,
    errorCode: 0,
    errorMessage: version >= 1 ? null : '',
    numPartitions: version >= 5 ? 2 : -1,
    replicationFactor: version >= 5 ? 1 : -1,
    topicConfigErrorCode: 0,
  });
  expect(topics[0]?.topicId === ZERO_UUID).toBe(version < 7);
  expect(topics[0]?.configs?.find((each) => each.name === 'retention.ms')).toEqual(
    version >= 5
      ? {
          name: 'retention.ms',
          value: '1234',
          readOnly: false,
          configSource: 1,
          isSensitive: false,
        }
      : undefined,
  );
  expect(await replicasOf(name)).toHaveLength(2);
});

const byHand = (...lists: number[][]): Partial<Topic> => ({
  numPartitions: -1,
  replicationFactor: -1,
  assignments: lists.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
});
const config = (name: string, value: string | null): Partial<Topic> => ({
  configs: [{ name, value }],
});

test.each`
  name                    | fields                                                                   | error                           | because
  ${'a b'}                | ${{}}                                                                    | ${'INVALID_TOPIC_EXCEPTION'}    | ${'a blank is no part of a name'}
  ${''}                   | ${{}}                                                                    | ${'INVALID_TOPIC_EXCEPTION'}    | ${'a topic needs a name'}
  ${'.'}                  | ${{}}                                                                    | ${'INVALID_TOPIC_EXCEPTION'}    | ${'it would be a path'}
  ${'x'.repeat(250)}      | ${{}}                                                                    | ${'INVALID_TOPIC_EXCEPTION'}    | ${'249 characters are the most'}
  ${'with_dot'}           | ${{}}                                                                    | ${'INVALID_TOPIC_EXCEPTION'}    | ${'metrics could not tell it from with.dot'}
  ${'exists'}             | ${{}}                                                                    | ${'TOPIC_ALREADY_EXISTS'}       | ${'it is there'}
  ${'exists'}             | ${{ numPartitions: 0 }}                                                  | ${'TOPIC_ALREADY_EXISTS'}       | ${'that is looked at first'}
  ${'__cluster_metadata'} | ${{}}                                                                    | ${'INVALID_REQUEST'}            | ${'that name is reserved'}
  ${'t'}                  | ${{ numPartitions: 0 }}                                                  | ${'INVALID_PARTITIONS'}         | ${'a topic has partitions'}
  ${'t'}                  | ${{ numPartitions: -2 }}                                                 | ${'INVALID_PARTITIONS'}         | ${'only -1 stands for the default'}
  ${'t'}                  | ${{ replicationFactor: 0 }}                                              | ${'INVALID_REPLICATION_FACTOR'} | ${'a partition has replicas'}
  ${'t'}                  | ${{ replicationFactor: 3 }}                                              | ${'INVALID_REPLICATION_FACTOR'} | ${'there are two brokers'}
  ${'t'}                  | ${{ ...byHand([1]), numPartitions: 1 }}                                  | ${'INVALID_REQUEST'}            | ${'assignments say how many there are'}
  ${'t'}                  | ${{ ...byHand([1]), replicationFactor: 1 }}                              | ${'INVALID_REQUEST'}            | ${'assignments say how many there are'}
  ${'t'}                  | ${byHand([1], [1, 2])}                                                   | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'all partitions have as many replicas'}
  ${'t'}                  | ${byHand([1, 1])}                                                        | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'a broker has one replica at most'}
  ${'t'}                  | ${{ ...byHand(), assignments: [{ partitionIndex: 1, brokerIds: [1] }] }} | ${'INVALID_REPLICA_ASSIGNMENT'} | ${'partitions start at 0'}
  ${'t'}                  | ${config('no.such', '1')}                                                | ${'INVALID_CONFIG'}             | ${'there is no such setting'}
  ${'t'}                  | ${config('retention.ms', 'soon')}                                        | ${'INVALID_CONFIG'}             | ${'that is no number'}
  ${'t'}                  | ${config('cleanup.policy', 'burn')}                                      | ${'INVALID_CONFIG'}             | ${'that is no policy'}
  ${'t'}                  | ${config('min.insync.replicas', '0')}                                    | ${'INVALID_CONFIG'}             | ${'at least one replica counts'}
  ${'t'}                  | ${config('retention.ms', null)}                                          | ${'INVALID_CONFIG'}             | ${'a setting needs a value'}
`('$name $fields: $error because $because', async ({ name, fields, error }) => {
  const { topics } = await create([aTopic(name as string, fields as Partial<Topic>)]);
  expect(topics).toMatchObject([{ name, topicId: ZERO_UUID, numPartitions: -1 }]);
  expect(topics.map(({ errorCode }) => errorName(errorCode))).toEqual([error]);
  expect(topics[0]?.errorMessage).not.toBe('');
});

test.each`
  fields                                          | version | expected               | because
  ${{ numPartitions: -1, replicationFactor: -1 }} | ${4}    | ${'3 partitions of 1'} | ${'num.partitions is 3'}
  ${{ numPartitions: -1, replicationFactor: 2 }}  | ${7}    | ${'3 partitions of 2'} | ${'num.partitions is 3'}
  ${byHand([2, 1], [1, 2])}                       | ${0}    | ${'[2,1] [1,2]'}       | ${'that was asked for'}
  ${byHand([2])}                                  | ${7}    | ${'[2]'}               | ${'that was asked for'}
`('v$version $fields: $expected because $because', async ({ fields, version, expected }) => {
  const name = `placed-${String(expected).replaceAll(/[^0-9]/g, '-')}`;
  const { topics } = await create([aTopic(name, fields as Partial<Topic>)], {
    version: version as number,
  });
  expect(topics.map(({ errorCode }) => errorName(errorCode))).toEqual(['NONE']);
  const replicas = await replicasOf(name);
  expect([
    `${String(replicas.length)} partitions of ${String(replicas[0]?.length)}`,
    replicas.map((each) => JSON.stringify(each)).join(' '),
  ]).toContain(expected);
});

test('validateOnly checks and creates nothing', async () => {
  const wanted = [aTopic('considered'), aTopic('exists'), aTopic('a b')];
  const { topics } = await create(wanted, { validateOnly: true });
  const outcomes = topics.map(({ name, errorCode }) => `${name} ${errorName(errorCode)}`);
  expect(outcomes.sort()).toEqual([
    'a b INVALID_TOPIC_EXCEPTION',
    'considered NONE',
    'exists TOPIC_ALREADY_EXISTS',
  ]);
  expect(topics.find(({ name }) => name === 'considered')).toMatchObject({
    topicId: ZERO_UUID,
    numPartitions: 1,
    replicationFactor: 1,
  });
  expect(await replicasOf('considered')).toEqual([]);
});

test('a name asked for twice is INVALID_REQUEST, both times', async () => {
  const { topics } = await create([aTopic('twice'), aTopic('once'), aTopic('twice')]);
  const outcomes = topics.map(({ name, errorCode }) => `${name} ${errorName(errorCode)}`);
  expect(outcomes.sort()).toEqual(['once NONE', 'twice INVALID_REQUEST', 'twice INVALID_REQUEST']);
  expect(await replicasOf('twice')).toEqual([]);
});

test('a broker that is not the controller refuses', async () => {
  const { topics } = await create([aTopic('elsewhere')], { broker: 3 - controller });
  expect(topics).toMatchObject([{ name: 'elsewhere', errorCode: 41 }]);
  expect(await replicasOf('elsewhere')).toEqual([]);
});

test('no time to wait: REQUEST_TIMED_OUT, though the topic comes', async () => {
  const { topics } = await create([aTopic('hurried')], { timeoutMs: 0 });
  expect(topics).toMatchObject([{ name: 'hurried', errorCode: 7 }]);
});

test('no topics, no answer for any', async () => {
  expect((await create([])).topics).toEqual([]);
});

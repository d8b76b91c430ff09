/** Metadata (3): brokers, controller, topics; which versions ask for all and for none; creation by asking. */
import { errorName } from '../../../src/protocol/errors';
import { MetadataRequest, MetadataResponse } from '../../../src/protocol/messages/03-metadata';
import { ZERO_UUID } from '../../../src/protocol/schema';
import type { InputOf } from '../../../src/protocol/schema';
import { Brokers, versionsOf } from '../../builders/broker-client';

type Request = InputOf<typeof MetadataRequest>;

let brokers: Brokers;
let topicId: string;

beforeAll(async () => {
  brokers = await Brokers.start();
  topicId = await brokers.createTopic('known', { partitions: 2 });
  await brokers.createTopic('other');
}, 60_000);
afterAll(() => brokers.stop());

const ask = (version: number, request: Request) =>
  brokers.ask(MetadataRequest, MetadataResponse, version, request);

/** `name error` of each topic answered, in order of names. */
async function topicsOf(version: number, request: Request): Promise<string[]> {
  const { topics } = await ask(version, request);
  return topics.map((topic) => `${String(topic.name)} ${errorName(topic.errorCode)}`).sort();
}

test.each(versionsOf(MetadataRequest))('v%i names the broker and the topic', async (version) => {
  const answer = await ask(version, { topics: [{ name: 'known' }] });
  const isSince = (since: number) => version >= since;
  expect(answer.brokers).toEqual([
    { nodeId: 1, host: '127.0.0.1', port: brokers.portOf(1), rack: null },
  ]);
  expect(answer.controllerId).toBe(isSince(1) ? 1 : -1);
  expect(answer.clusterId?.length ?? 0).toBe(isSince(2) ? 22 : 0);
  const [topic] = answer.topics;
  expect(topic).toMatchObject({
    errorCode: 0,
    name: 'known',
    topicId: isSince(10) ? topicId : ZERO_UUID,
    isInternal: false,
    topicAuthorizedOperations: -(2 ** 31),
  });
  expect(
    [...(topic?.partitions ?? [])].sort((a, b) => a.partitionIndex - b.partitionIndex),
  ).toEqual(
    [0, 1].map((partitionIndex) => ({
      errorCode: 0,
      partitionIndex,
      leaderId: 1,
      leaderEpoch: isSince(7) ? 0 : -1,
      replicaNodes: [1],
      isrNodes: [1],
      offlineReplicas: [],
    })),
  );
});

test.each`
  version | topics                                     | expected                                               | because
  ${0}    | ${[]}                                      | ${['known NONE', 'other NONE']}                        | ${'v0 has no null: empty means all'}
  ${1}    | ${[]}                                      | ${[]}                                                  | ${'from v1 on empty means none'}
  ${1}    | ${null}                                    | ${['known NONE', 'other NONE']}                        | ${'from v1 on null means all'}
  ${12}   | ${[]}                                      | ${[]}                                                  | ${'from v1 on empty means none'}
  ${12}   | ${null}                                    | ${['known NONE', 'other NONE']}                        | ${'from v1 on null means all'}
  ${4}    | ${[{ name: 'known' }, { name: 'known' }]}  | ${['known NONE']}                                      | ${'a topic asked for twice is answered once'}
  ${4}    | ${[{ name: 'absent' }]}                    | ${['absent UNKNOWN_TOPIC_OR_PARTITION']}               | ${'creation was declined'}
  ${4}    | ${[{ name: 'other' }, { name: 'absent' }]} | ${['absent UNKNOWN_TOPIC_OR_PARTITION', 'other NONE']} | ${'each topic has its own error'}
  ${4}    | ${[{ name: 'a b' }]}                       | ${['a b INVALID_TOPIC_EXCEPTION']}                     | ${'no topic can have that name'}
`('v$version, topics $topics: $expected because $because', async (row) => {
  const request: Request = {
    topics: row.topics as Request['topics'],
    ...((row.version as number) >= 4 ? { allowAutoTopicCreation: false } : {}),
  };
  expect(await topicsOf(row.version as number, request)).toEqual(row.expected);
});

describe('by id', () => {
  test('v12 finds the topic and gives its name', async () => {
    const answer = await ask(12, { topics: [{ topicId, name: null }] });
    expect(answer.topics).toMatchObject([{ errorCode: 0, name: 'known', topicId }]);
  });

  test('v12 does not know an id that nobody has', async () => {
    const stranger = 'x'.repeat(21) + 'g';
    const answer = await ask(12, { topics: [{ topicId: stranger, name: null }] });
    expect(answer.topics).toMatchObject([{ errorCode: 100, name: null, topicId: stranger }]);
  });

  test('an id stands above a name, as the Java client sends an empty one with it', async () => {
    const { topics } = await ask(12, { topics: [{ topicId, name: '' }, { name: 'other' }] });
    expect(topics).toMatchObject([{ errorCode: 0, name: 'known', topicId }]);
  });

  test.each`
    version | topic                                  | because
    ${10}   | ${{ topicId: 'known', name: null }}    | ${'ids are asked for from v12 on'}
    ${11}   | ${{ topicId: 'known', name: 'known' }} | ${'ids are asked for from v12 on'}
  `('v$version with $topic is INVALID_REQUEST because $because', async ({ version, topic }) => {
    const asked = { ...topic, topicId: topic.topicId === 'known' ? topicId : topic.topicId };
    const { topics } = await ask(version as number, { topics: [asked as { name: string }] });
    expect(topics.map(({ errorCode }) => errorName(errorCode))).toEqual(['INVALID_REQUEST']);
  });
});

test.each`
  version | isAsked  | topic               | cluster               | because
  ${8}    | ${true}  | ${0b1101_1111_1000} | ${0b1_1111_1010_0000} | ${'nothing is forbidden'}
  ${8}    | ${false} | ${-(2 ** 31)}       | ${-(2 ** 31)}         | ${'nobody asked'}
`('v$version, operations asked for: $isAsked: $because', async (row) => {
  const isAsked = row.isAsked as boolean;
  const answer = await ask(row.version as number, {
    topics: [{ name: 'known' }],
    includeClusterAuthorizedOperations: isAsked,
    includeTopicAuthorizedOperations: isAsked,
  });
  expect(answer.topics[0]?.topicAuthorizedOperations).toBe(row.topic);
  expect(answer.clusterAuthorizedOperations).toBe(row.cluster);
});

describe('creation by asking', () => {
  test.each`
    version | name                    | error                        | because
    ${0}    | ${'made-by-0'}          | ${'LEADER_NOT_AVAILABLE'}    | ${'versions before 4 always allow it'}
    ${4}    | ${'made-by-4'}          | ${'LEADER_NOT_AVAILABLE'}    | ${'it is allowed'}
    ${12}   | ${'made-by-12'}         | ${'LEADER_NOT_AVAILABLE'}    | ${'it is allowed'}
    ${4}    | ${'a b'}                | ${'INVALID_TOPIC_EXCEPTION'} | ${'a blank is no part of a name'}
    ${4}    | ${'x'.repeat(250)}      | ${'INVALID_TOPIC_EXCEPTION'} | ${'the name is too long'}
    ${4}    | ${'..'}                 | ${'INVALID_TOPIC_EXCEPTION'} | ${'a name is no path'}
    ${4}    | ${''}                   | ${'INVALID_TOPIC_EXCEPTION'} | ${'the name is empty'}
    ${4}    | ${'__consumer_offsets'} | ${'LEADER_NOT_AVAILABLE'}    | ${'the internal topic is made the same way'}
  `('v$version, $name: $error because $because', async ({ version, name, error }) => {
    const request = { topics: [{ name: name as string }] };
    expect(await topicsOf(version as number, request)).toEqual([`${name} ${error}`]);
  });

  test('makes the topic with the defaults of the broker', async () => {
    await brokers.createTopic('settled');
    const { topics } = await ask(9, { topics: [{ name: 'made-by-4' }] });
    expect(topics).toMatchObject([{ errorCode: 0, partitions: [{ partitionIndex: 0 }] }]);
  });

  test('marks the internal topic', async () => {
    await brokers.createTopic('settled-too');
    const { topics } = await ask(9, { topics: [{ name: '__consumer_offsets' }] });
    expect(topics).toMatchObject([{ errorCode: 0, isInternal: true }]);
    expect(topics[0]?.partitions).toHaveLength(3);
  });
});

describe('where auto.create.topics.enable is off', () => {
  let strict: Brokers;
  beforeAll(async () => {
    strict = await Brokers.start({
      settings: { 'auto.create.topics.enable': 'false', 'default.replication.factor': '2' },
    });
  }, 60_000);
  afterAll(() => strict.stop());

  test('asking creates nothing', async () => {
    const { topics } = await strict.ask(MetadataRequest, MetadataResponse, 4, {
      topics: [{ name: 'wanted' }],
      allowAutoTopicCreation: true,
    });
    expect(topics).toMatchObject([{ errorCode: 3, name: 'wanted', partitions: [] }]);
  });
});

test('more replicas than brokers cannot be created by asking', async () => {
  const lonely = await Brokers.start({ settings: { 'default.replication.factor': '2' } });
  const { topics } = await lonely.ask(MetadataRequest, MetadataResponse, 4, {
    topics: [{ name: 'wanted' }],
    allowAutoTopicCreation: true,
  });
  await lonely.stop();
  expect(topics.map(({ errorCode }) => errorName(errorCode))).toEqual([
    'INVALID_REPLICATION_FACTOR',
  ]);
}, 60_000);

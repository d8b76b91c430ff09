/** DeleteTopics (20): by name and, from v6 on, by id; on the controller only. */
import { errorName } from '../../../src/protocol/errors';
import { MetadataRequest, MetadataResponse } from '../../../src/protocol/messages/03-metadata';
import {
  DeleteTopicsRequest,
  DeleteTopicsResponse,
} from '../../../src/protocol/messages/20-delete-topics';
import { ZERO_UUID } from '../../../src/protocol/schema';
import { Brokers, versionsOf } from '../../builders/broker-client';

let brokers: Brokers;
let controller: number;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
  controller = await brokers.controllerId();
}, 60_000);
afterAll(() => brokers.stop());

interface Wanted {
  readonly name: string | null;
  readonly topicId?: string;
}

const STRANGER = 'x'.repeat(21) + 'g';

const remove = (topics: readonly Wanted[], { version = 6, broker = controller } = {}) =>
  brokers.ask(
    DeleteTopicsRequest,
    DeleteTopicsResponse,
    version,
    version >= 6
      ? {
          topics: topics.map(({ name, topicId = ZERO_UUID }) => ({ name, topicId })),
          timeoutMs: 15_000,
        }
      : { topicNames: topics.map(({ name }) => name ?? ''), timeoutMs: 15_000 },
    { broker },
  );

async function exists(name: string): Promise<boolean> {
  const { topics } = await brokers.ask(
    MetadataRequest,
    MetadataResponse,
    4,
    { topics: [{ name }], allowAutoTopicCreation: false },
    { broker: controller },
  );
  return topics[0]?.errorCode === 0;
}

test.each(versionsOf(DeleteTopicsRequest))('v%i deletes by name', async (version) => {
  const name = `of-version-${String(version)}`;
  await brokers.createTopic(name, {
    assignment: [
      [1, 2],
      [2, 1],
    ],
  });
  expect((await remove([{ name }], { version })).responses).toEqual([
    {
      name,
      topicId: ZERO_UUID,
      errorCode: 0,
      errorMessage: null,
    },
  ]);
  expect(await exists(name)).toBe(false);
});

test('by id, the name is told', async () => {
  const topicId = await brokers.createTopic('by-id');
  const { responses } = await remove([{ name: null, topicId }]);
  expect(responses).toMatchObject([{ name: 'by-id', topicId, errorCode: 0 }]);
  expect(await exists('by-id')).toBe(false);
});

test.each`
  version | topic                                | error                           | because
  ${0}    | ${{ name: 'absent' }}                | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such topic'}
  ${6}    | ${{ name: 'absent' }}                | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such topic'}
  ${6}    | ${{ name: 'a b' }}                   | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'a bad name is a missing one'}
  ${6}    | ${{ name: null, topicId: STRANGER }} | ${'UNKNOWN_TOPIC_ID'}           | ${'nobody has that id'}
`('v$version $topic: $error because $because', async ({ version, topic, error }) => {
  const { responses } = await remove([topic as Wanted], { version: version as number });
  expect(responses.map(({ errorCode }) => errorName(errorCode))).toEqual([error]);
});

test('name and id together are INVALID_REQUEST', async () => {
  const topicId = await brokers.createTopic('both');
  const { responses } = await remove([{ name: 'both', topicId }]);
  expect(responses.map(({ errorCode }) => errorName(errorCode))).toEqual(['INVALID_REQUEST']);
  expect(await exists('both')).toBe(true);
});

test('each topic has its own outcome', async () => {
  await brokers.createTopic('one-of-two');
  const { responses } = await remove([{ name: 'one-of-two' }, { name: 'absent' }]);
  const outcomes = responses.map(
    ({ name, errorCode }) => `${String(name)} ${errorName(errorCode)}`,
  );
  expect(outcomes.sort()).toEqual(['absent UNKNOWN_TOPIC_OR_PARTITION', 'one-of-two NONE']);
});

test('a name asked for twice is answered twice', async () => {
  await brokers.createTopic('twice');
  const { responses } = await remove([{ name: 'twice' }, { name: 'twice' }]);
  expect(responses).toMatchObject([
    { name: 'twice', errorCode: 0 },
    { name: 'twice', errorCode: 0 },
  ]);
});

test('a broker that is not the controller refuses', async () => {
  await brokers.createTopic('elsewhere');
  const { responses } = await remove([{ name: 'elsewhere' }], { broker: 3 - controller });
  expect(responses).toMatchObject([{ name: 'elsewhere', errorCode: 41 }]);
  expect(await exists('elsewhere')).toBe(true);
});

test('no topics, no answer for any', async () => {
  expect((await remove([])).responses).toEqual([]);
});

describe('where delete.topic.enable is off', () => {
  let keeping: Brokers;
  beforeAll(async () => {
    keeping = await Brokers.start({ settings: { 'delete.topic.enable': 'false' } });
    await keeping.createTopic('kept');
  }, 60_000);
  afterAll(() => keeping.stop());

  test.each`
    version | name        | error                        | because
    ${2}    | ${'kept'}   | ${'INVALID_REQUEST'}         | ${'the error came with v3'}
    ${3}    | ${'kept'}   | ${'TOPIC_DELETION_DISABLED'} | ${'that is what it is'}
    ${3}    | ${'absent'} | ${'TOPIC_DELETION_DISABLED'} | ${'it is not looked for'}
  `('v$version $name: $error because $because', async ({ version, name, error }) => {
    const { responses } = await keeping.ask(
      DeleteTopicsRequest,
      DeleteTopicsResponse,
      version as number,
      { topicNames: [name as string], timeoutMs: 1000 },
    );
    expect(responses.map(({ errorCode }) => errorName(errorCode))).toEqual([error]);
  });
});

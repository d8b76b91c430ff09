/** OffsetCommit (8): to the group's coordinator, in v0 to ZooKeeper. */
import { errorName } from '../../../src/protocol/errors';
import {
  OffsetCommitRequest,
  OffsetCommitResponse,
} from '../../../src/protocol/messages/08-offset-commit';
import {
  OffsetFetchRequest,
  OffsetFetchResponse,
} from '../../../src/protocol/messages/09-offset-fetch';
import type { InputOf } from '../../../src/protocol/schema';
import { Brokers, versionsOf } from '../../builders/broker-client';
import { PromisedClient } from '../../builders/zookeeper-client';

type Request = InputOf<typeof OffsetCommitRequest>;

let brokers: Brokers;

beforeAll(async () => {
  brokers = await Brokers.start({ settings: { 'offset.metadata.max.bytes': '10' } });
  await brokers.createTopic('topic', { partitions: 2 });
  await brokers.startGroups();
}, 60_000);
afterAll(() => brokers.stop());

interface Commit {
  readonly version?: number;
  readonly group?: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly metadata?: string | null;
  readonly fields?: Partial<Request>;
}

async function commit(options: Commit): Promise<string[]> {
  const { version = 8, partition = 0, offset = 5, metadata = '' } = options;
  const { topics } = await brokers.ask(OffsetCommitRequest, OffsetCommitResponse, version, {
    groupId: options.group ?? 'group',
    topics: [
      {
        name: options.topic ?? 'topic',
        partitions: [
          { partitionIndex: partition, committedOffset: offset, committedMetadata: metadata },
        ],
      },
    ],
    ...(version >= 1 ? { memberId: '' } : {}),
    ...options.fields,
  });
  return topics.flatMap(({ partitions }) => partitions.map((each) => errorName(each.errorCode)));
}

/** `offset "metadata"` as the coordinator, or in v0 ZooKeeper, has it. */
async function committed(group: string, version = 5): Promise<string> {
  const { topics } = await brokers.ask(OffsetFetchRequest, OffsetFetchResponse, version, {
    groupId: group,
    topics: [{ name: 'topic', partitionIndexes: [0] }],
  });
  const found = topics[0]?.partitions[0];
  return `${String(found?.committedOffset)} "${String(found?.metadata)}"`;
}

test.each(versionsOf(OffsetCommitRequest).filter((version) => version >= 1))(
  'v%i stores an offset with the coordinator',
  async (version) => {
    const group = `of-version-${String(version)}`;
    expect(await commit({ version, group, offset: version + 10, metadata: 'm' })).toEqual(['NONE']);
    expect(await committed(group)).toBe(`${String(version + 10)} "m"`);
    expect(await committed(group, 0)).toBe('-1 ""');
  },
);

test('v0 stores the offset in ZooKeeper, and not with the coordinator', async () => {
  const options = { version: 0, group: 'old', offset: 3, metadata: 'm' };
  expect(await commit(options)).toEqual(['NONE']);
  expect(await committed('old', 0)).toBe('3 ""');
  expect(await committed('old')).toBe('-1 ""');
  const zookeeper = await PromisedClient.connect(brokers.zookeeper);
  expect(await zookeeper.get('/consumers/old/offsets/topic/0')).toBe('3');
  await commit({ ...options, offset: 4 });
  expect(await zookeeper.get('/consumers/old/offsets/topic/0')).toBe('4');
  await zookeeper.close();
});

test.each`
  options                                                                    | error                           | because
  ${{ topic: 'absent' }}                                                     | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such topic'}
  ${{ partition: 9 }}                                                        | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such partition'}
  ${{ metadata: '12345678901' }}                                             | ${'OFFSET_METADATA_TOO_LARGE'}  | ${'offset.metadata.max.bytes is 10'}
  ${{ metadata: '1234567890' }}                                              | ${'NONE'}                       | ${'ten bytes are allowed'}
  ${{ metadata: null }}                                                      | ${'NONE'}                       | ${'null is no metadata'}
  ${{ group: '' }}                                                           | ${'NONE'}                       | ${'the empty group may commit'}
  ${{ group: 'e', fields: { generationIdOrMemberEpoch: 1 } }}                | ${'ILLEGAL_GENERATION'}         | ${'there is no such group'}
  ${{ group: 'e', fields: { generationIdOrMemberEpoch: 1, memberId: 'm' } }} | ${'ILLEGAL_GENERATION'}         | ${'there is no such group'}
  ${{ version: 0, topic: 'absent' }}                                         | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such topic'}
  ${{ version: 0, partition: 9 }}                                            | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such partition'}
  ${{ version: 0, metadata: '12345678901' }}                                 | ${'OFFSET_METADATA_TOO_LARGE'}  | ${'offset.metadata.max.bytes is 10'}
  ${{ version: 1, topic: 'absent' }}                                         | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such topic'}
`('$options: $error because $because', async ({ options, error }) => {
  expect(await commit(options as Commit)).toEqual([error]);
});

test('each partition has its own outcome', async () => {
  const at = (partitionIndex: number) => ({
    partitionIndex,
    committedOffset: 1,
    committedMetadata: '',
  });
  const { topics } = await brokers.ask(OffsetCommitRequest, OffsetCommitResponse, 8, {
    groupId: 'mixed',
    memberId: '',
    topics: [
      { name: 'topic', partitions: [at(0), at(7), at(1)] },
      { name: 'absent', partitions: [at(0)] },
    ],
  });
  const outcomes = topics.flatMap(({ name, partitions }) =>
    partitions.map((each) => `${name}-${String(each.partitionIndex)} ${errorName(each.errorCode)}`),
  );
  expect(outcomes.sort()).toEqual([
    'absent-0 UNKNOWN_TOPIC_OR_PARTITION',
    'topic-0 NONE',
    'topic-1 NONE',
    'topic-7 UNKNOWN_TOPIC_OR_PARTITION',
  ]);
});

test.each([0, 1, 8])('v%i without topics is answered without topics', async (version) => {
  const { topics } = await brokers.ask(OffsetCommitRequest, OffsetCommitResponse, version, {
    groupId: 'group',
    topics: [],
    ...(version >= 1 ? { memberId: '' } : {}),
  });
  expect(topics).toEqual([]);
});

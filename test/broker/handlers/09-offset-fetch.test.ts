/** OffsetFetch (9): what was committed, by partition, for a whole group, for several groups. */
import { errorName } from '../../../src/protocol/errors';
import {
  OffsetCommitRequest,
  OffsetCommitResponse,
} from '../../../src/protocol/messages/08-offset-commit';
import {
  OffsetFetchRequest,
  OffsetFetchResponse,
} from '../../../src/protocol/messages/09-offset-fetch';
import { Brokers, isRealKafka, versionsOf } from '../../builders/broker-client';

/** Apache Kafka 3.9 answers no request without groups at all, and in v1 leaves the partitions out. */
const describeOurs = isRealKafka ? describe.skip : describe;

let brokers: Brokers;

beforeAll(async () => {
  brokers = await Brokers.start();
  await brokers.createTopic('topic', { partitions: 3 });
  await brokers.startGroups();
  await commit(8, 'group', { committedLeaderEpoch: 4 });
  await commit(0, 'group', {});
}, 60_000);
afterAll(() => brokers.stop());

async function commit(version: number, groupId: string, fields: object): Promise<void> {
  const at = (partitionIndex: number, committedOffset: number) => ({
    partitionIndex,
    committedOffset,
    committedMetadata: 'm',
    ...fields,
  });
  const { topics } = await brokers.ask(OffsetCommitRequest, OffsetCommitResponse, version, {
    groupId,
    topics: [{ name: 'topic', partitions: version === 0 ? [at(0, 70)] : [at(0, 10), at(1, 11)] }],
    ...(version >= 1 ? { memberId: '' } : {}),
  });
  const errors = topics.flatMap(({ partitions }) => partitions.map((each) => each.errorCode));
  if (errors.some((code) => code !== 0)) throw new Error('not committed');
}

interface Asked {
  readonly name: string;
  readonly partitionIndexes: number[];
}

/** `topic-partition: offset epoch "metadata" error`, and what the whole group's error is. */
async function fetchOffsets(groupId: string, topics: readonly Asked[] | null, version = 7) {
  const answer = await brokers.ask(
    OffsetFetchRequest,
    OffsetFetchResponse,
    version,
    version >= 8
      ? { groups: [{ groupId, topics: topics && [...topics] }] }
      : { groupId, topics: topics && [...topics] },
  );
  const [group = answer] = version >= 8 ? answer.groups : [answer];
  const lines = group.topics.flatMap(({ name, partitions }) =>
    partitions.map(
      (each) =>
        `${name}-${String(each.partitionIndex)}: ${String(each.committedOffset)} ` +
        `${String(each.committedLeaderEpoch)} "${String(each.metadata)}" ${errorName(each.errorCode)}`,
    ),
  );
  return { error: errorName(group.errorCode), lines: lines.sort() };
}

test.each(versionsOf(OffsetFetchRequest).filter((version) => version >= 1))(
  'v%i tells what was committed',
  async (version) => {
    const asked = [{ name: 'topic', partitionIndexes: [0, 1, 2] }];
    const epoch = version >= 5 ? '4' : '-1';
    expect(await fetchOffsets('group', asked, version)).toEqual({
      error: 'NONE',
      lines: [
        `topic-0: 10 ${epoch} "m" NONE`,
        `topic-1: 11 ${epoch} "m" NONE`,
        'topic-2: -1 -1 "" NONE',
      ],
    });
  },
);

test.each`
  version | group      | topics                                         | lines                                                     | because
  ${0}    | ${'group'} | ${[{ name: 'topic', partitionIndexes: [0] }]}  | ${['topic-0: 70 -1 "" NONE']}                             | ${'v0 looks into ZooKeeper'}
  ${0}    | ${'group'} | ${[{ name: 'topic', partitionIndexes: [1] }]}  | ${['topic-1: -1 -1 "" UNKNOWN_TOPIC_OR_PARTITION']}       | ${'nothing was committed there'}
  ${0}    | ${'group'} | ${[{ name: 'absent', partitionIndexes: [0] }]} | ${['absent-0: -1 -1 "" UNKNOWN_TOPIC_OR_PARTITION']}      | ${'there is no such topic'}
  ${0}    | ${'group'} | ${[]}                                          | ${[]}                                                     | ${'nothing was asked for'}
  ${1}    | ${'group'} | ${[]}                                          | ${[]}                                                     | ${'nothing was asked for'}
  ${2}    | ${'group'} | ${null}                                        | ${['topic-0: 10 -1 "m" NONE', 'topic-1: 11 -1 "m" NONE']} | ${'from v2 on null means all'}
  ${8}    | ${'group'} | ${null}                                        | ${['topic-0: 10 4 "m" NONE', 'topic-1: 11 4 "m" NONE']}   | ${'null means all'}
  ${8}    | ${'group'} | ${[]}                                          | ${[]}                                                     | ${'nothing was asked for'}
  ${7}    | ${'none'}  | ${null}                                        | ${[]}                                                     | ${'the group is not known'}
  ${7}    | ${'none'}  | ${[{ name: 'topic', partitionIndexes: [0] }]}  | ${['topic-0: -1 -1 "" NONE']}                             | ${'the group is not known'}
  ${7}    | ${'group'} | ${[{ name: 'absent', partitionIndexes: [0] }]} | ${['absent-0: -1 -1 "" NONE']}                            | ${'a topic that is not there has no offsets'}
`(
  'v$version $group $topics: $lines because $because',
  async ({ version, group, topics, lines }) => {
    const answer = await fetchOffsets(group as string, topics as Asked[] | null, version as number);
    expect(answer).toEqual({ error: 'NONE', lines });
  },
);

test('v8 tells of several groups', async () => {
  const topics = [{ name: 'topic', partitionIndexes: [0] }];
  const { groups } = await brokers.ask(OffsetFetchRequest, OffsetFetchResponse, 8, {
    groups: [
      { groupId: 'group', topics },
      { groupId: 'none', topics },
    ],
  });
  const lines = groups.map(
    ({ groupId, errorCode, topics: [topic] }) =>
      `${groupId} ${errorName(errorCode)} ${String(topic?.partitions[0]?.committedOffset)}`,
  );
  expect(lines.sort()).toEqual(['group NONE 10', 'none NONE -1']);
});

test('requireStable changes nothing without transactions', async () => {
  const { topics } = await brokers.ask(OffsetFetchRequest, OffsetFetchResponse, 7, {
    groupId: 'group',
    topics: [{ name: 'topic', partitionIndexes: [0] }],
    requireStable: true,
  });
  expect(topics[0]?.partitions).toMatchObject([{ errorCode: 0, committedOffset: 10 }]);
});

describe('before there are coordinators', () => {
  let fresh: Brokers;
  beforeAll(async () => {
    fresh = await Brokers.start();
  }, 60_000);
  afterAll(() => fresh.stop());

  test.each([2, 7, 8])('v%i: NOT_COORDINATOR', async (version) => {
    const topics = [{ name: 'topic', partitionIndexes: [0] }];
    const answer = await fresh.ask(
      OffsetFetchRequest,
      OffsetFetchResponse,
      version,
      version >= 8 ? { groups: [{ groupId: 'g', topics }] } : { groupId: 'g', topics },
    );
    const code = answer.groups[0]?.errorCode ?? answer.errorCode;
    expect(errorName(code)).toBe('NOT_COORDINATOR');
  });
});

describeOurs('where Apache Kafka is silent', () => {
  test('v8 without groups is answered without groups', async () => {
    const answer = await brokers.ask(OffsetFetchRequest, OffsetFetchResponse, 8, { groups: [] });
    expect(answer.groups).toEqual([]);
  });

  test('v1: NOT_COORDINATOR, by partition', async () => {
    const fresh = await Brokers.start();
    const { topics } = await fresh.ask(OffsetFetchRequest, OffsetFetchResponse, 1, {
      groupId: 'g',
      topics: [{ name: 'topic', partitionIndexes: [0] }],
    });
    await fresh.stop();
    expect(errorName(topics[0]?.partitions[0]?.errorCode ?? 0)).toBe('NOT_COORDINATOR');
  });
});

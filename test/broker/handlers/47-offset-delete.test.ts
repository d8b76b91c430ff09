/** OffsetDelete (47): offsets of topics that the group does not read (KIP-496). */
import { errorName } from '../../../src/protocol/errors';
import {
  OffsetCommitRequest,
  OffsetCommitResponse,
} from '../../../src/protocol/messages/08-offset-commit';
import {
  OffsetFetchRequest,
  OffsetFetchResponse,
} from '../../../src/protocol/messages/09-offset-fetch';
import {
  OffsetDeleteRequest,
  OffsetDeleteResponse,
} from '../../../src/protocol/messages/47-offset-delete';
import { Brokers } from '../../builders/broker-client';
import { aStableGroup } from '../../builders/group-client';
import type { Membership } from '../../builders/group-client';

let brokers: Brokers;
let member: Membership;

beforeAll(async () => {
  brokers = await Brokers.start();
  await brokers.createTopic('topic', { partitions: 2 });
  await brokers.createTopic('other');
  await brokers.startGroups();
  // Its members subscribe to `topic`.
  member = await aStableGroup(brokers, 'busy');
}, 60_000);
afterAll(() => brokers.stop());

async function commit(groupId: string, topic: string, by?: Membership): Promise<void> {
  const partitions = [0, 1].slice(0, topic === 'topic' ? 2 : 1);
  await brokers.ask(OffsetCommitRequest, OffsetCommitResponse, 8, {
    groupId,
    memberId: by?.memberId ?? '',
    generationIdOrMemberEpoch: by?.generationId ?? -1,
    topics: [
      {
        name: topic,
        partitions: partitions.map((partitionIndex) => ({
          partitionIndex,
          committedOffset: 5,
          committedMetadata: '',
        })),
      },
    ],
  });
}

async function committed(groupId: string): Promise<string[]> {
  const { topics } = await brokers.ask(OffsetFetchRequest, OffsetFetchResponse, 5, {
    groupId,
    topics: null,
  });
  return topics
    .flatMap(({ name, partitions }) =>
      partitions.map((each) => `${name}-${String(each.partitionIndex)}`),
    )
    .sort();
}

async function remove(groupId: string, topic: string, partition: number): Promise<string> {
  const answer = await brokers.ask(OffsetDeleteRequest, OffsetDeleteResponse, 0, {
    groupId,
    topics: [{ name: topic, partitions: [{ partitionIndex: partition }] }],
  });
  const ofPartition = answer.topics[0]?.partitions[0]?.errorCode;
  return `${errorName(answer.errorCode)} ${ofPartition === undefined ? '-' : errorName(ofPartition)}`;
}

test('an offset of a group without members goes, the others stay', async () => {
  await commit('idle', 'topic');
  expect(await remove('idle', 'topic', 0)).toBe('NONE NONE');
  expect(await committed('idle')).toEqual(['topic-1']);
});

test('a group that reads keeps the offsets of what it reads, and of nothing else', async () => {
  await commit('busy', 'topic', member);
  await commit('busy', 'other', member);
  expect(await remove('busy', 'topic', 0)).toBe('NONE GROUP_SUBSCRIBED_TO_TOPIC');
  expect(await remove('busy', 'other', 0)).toBe('NONE NONE');
  expect(await committed('busy')).toEqual(['topic-0', 'topic-1']);
});

test('a group or a topic that is not there', async () => {
  expect(await remove('absent', 'topic', 0)).toBe('GROUP_ID_NOT_FOUND -');
  expect(await remove('idle', 'absent', 0)).toBe('NONE UNKNOWN_TOPIC_OR_PARTITION');
});

/** DeleteGroups (42): only groups without members. */
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
  DeleteGroupsRequest,
  DeleteGroupsResponse,
} from '../../../src/protocol/messages/42-delete-groups';
import { Brokers, versionsOf } from '../../builders/broker-client';
import { aStableGroup } from '../../builders/group-client';

let brokers: Brokers;

beforeAll(async () => {
  brokers = await Brokers.start();
  await brokers.createTopic('topic');
  await brokers.startGroups();
  await aStableGroup(brokers, 'busy');
}, 60_000);
afterAll(() => brokers.stop());

async function remove(version: number, groups: readonly string[]): Promise<string[]> {
  const { results } = await brokers.ask(DeleteGroupsRequest, DeleteGroupsResponse, version, {
    groupsNames: [...groups],
  });
  return results.map(({ groupId, errorCode }) => `${groupId} ${errorName(errorCode)}`).sort();
}

async function commit(groupId: string): Promise<void> {
  await brokers.ask(OffsetCommitRequest, OffsetCommitResponse, 8, {
    groupId,
    memberId: '',
    topics: [
      {
        name: 'topic',
        partitions: [{ partitionIndex: 0, committedOffset: 5, committedMetadata: '' }],
      },
    ],
  });
}

async function committed(groupId: string): Promise<number | undefined> {
  const { topics } = await brokers.ask(OffsetFetchRequest, OffsetFetchResponse, 5, {
    groupId,
    topics: [{ name: 'topic', partitionIndexes: [0] }],
  });
  return topics[0]?.partitions[0]?.committedOffset;
}

test.each(versionsOf(DeleteGroupsRequest))('v%i takes the offsets along', async (version) => {
  const group = `of-version-${String(version)}`;
  await commit(group);
  expect(await committed(group)).toBe(5);
  expect(await remove(version, [group])).toEqual([`${group} NONE`]);
  expect(await committed(group)).toBe(-1);
  expect(await remove(version, [group])).toEqual([`${group} GROUP_ID_NOT_FOUND`]);
});

test('each group has its own outcome', async () => {
  await commit('idle');
  expect(await remove(2, ['busy', 'absent', 'idle'])).toEqual([
    'absent GROUP_ID_NOT_FOUND',
    'busy NON_EMPTY_GROUP',
    'idle NONE',
  ]);
});

test('no groups, no answer for any', async () => {
  expect(await remove(2, [])).toEqual([]);
});

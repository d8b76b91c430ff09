/** DescribeGroups (15): state and members; a group that is not there is dead. */
import { errorName } from '../../../src/protocol/errors';
import {
  DescribeGroupsRequest,
  DescribeGroupsResponse,
} from '../../../src/protocol/messages/15-describe-groups';
import { Brokers, versionsOf } from '../../builders/broker-client';
import { SUBSCRIPTION, aStableGroup, join } from '../../builders/group-client';
import type { Membership } from '../../builders/group-client';

let brokers: Brokers;
let member: Membership;

beforeAll(async () => {
  brokers = await Brokers.start();
  await brokers.startGroups();
  member = await aStableGroup(brokers, 'group', { groupInstanceId: 'one' });
  await join(brokers, 'waiting', { version: 3 });
}, 60_000);
afterAll(() => brokers.stop());

async function describeGroups(version: number, groups: readonly string[], withOperations = false) {
  const answer = await brokers.ask(DescribeGroupsRequest, DescribeGroupsResponse, version, {
    groups: [...groups],
    ...(version >= 3 ? { includeAuthorizedOperations: withOperations } : {}),
  });
  return answer.groups;
}

test.each(versionsOf(DescribeGroupsRequest))('v%i tells of a group', async (version) => {
  expect(await describeGroups(version, ['group'])).toEqual([
    {
      errorCode: 0,
      groupId: 'group',
      groupState: 'Stable',
      protocolType: 'consumer',
      protocolData: 'range',
      members: [
        {
          memberId: member.memberId,
          groupInstanceId: version >= 4 ? 'one' : null,
          clientId: 'tests',
          clientHost: '/127.0.0.1',
          memberMetadata: SUBSCRIPTION,
          memberAssignment: Buffer.from('assignment'),
        },
      ],
      authorizedOperations: -(2 ** 31),
    },
  ]);
});

test.each`
  group        | state                    | members | error     | because
  ${'absent'}  | ${'Dead'}                | ${0}    | ${'NONE'} | ${'no group is as good as a dead one'}
  ${''}        | ${'Dead'}                | ${0}    | ${'NONE'} | ${'the empty name is one too'}
  ${'waiting'} | ${'CompletingRebalance'} | ${1}    | ${'NONE'} | ${'its leader has yet to assign'}
`('"$group" is $state because $because', async ({ group, state, members, error }) => {
  const [found] = await describeGroups(5, [group as string]);
  expect(found).toMatchObject({ groupId: group, groupState: state, protocolData: '' });
  expect(found?.members).toHaveLength(members as number);
  expect(errorName(found?.errorCode ?? -1)).toBe(error);
});

test('operations are told if asked for', async () => {
  const [found] = await describeGroups(5, ['group'], true);
  expect(found?.authorizedOperations).toBe((1 << 3) | (1 << 6) | (1 << 8));
});

test('each group is described, one asked for twice too', async () => {
  const found = await describeGroups(5, ['group', 'absent', 'group']);
  expect(found.map(({ groupId }) => groupId).sort()).toEqual(['absent', 'group', 'group']);
});

test('no groups, no answer for any', async () => {
  expect(await describeGroups(5, [])).toEqual([]);
});

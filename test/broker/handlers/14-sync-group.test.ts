/** SyncGroup (14): the leader hands the assignment in, each member receives its part. */
import { errorName } from '../../../src/protocol/errors';
import { SyncGroupRequest, SyncGroupResponse } from '../../../src/protocol/messages/14-sync-group';
import { Brokers, versionsOf } from '../../builders/broker-client';
import { aStableGroup, joinAlone } from '../../builders/group-client';
import type { Membership } from '../../builders/group-client';

let brokers: Brokers;
let member: Membership;

beforeAll(async () => {
  brokers = await Brokers.start();
  await brokers.startGroups();
  member = await aStableGroup(brokers, 'group');
}, 60_000);
afterAll(() => brokers.stop());

async function sync(version: number, groupId: string, who: Membership, fields: object = {}) {
  const answer = await brokers.ask(SyncGroupRequest, SyncGroupResponse, version, {
    groupId,
    generationId: who.generationId,
    memberId: who.memberId,
    ...(version >= 5 ? { protocolType: 'consumer', protocolName: 'range' } : {}),
    assignments: [],
    ...fields,
  });
  const { protocolType, protocolName, assignment } = answer;
  return {
    error: errorName(answer.errorCode),
    protocolType,
    protocolName,
    assignment: assignment.toString(),
  };
}

test.each(versionsOf(SyncGroupRequest))('v%i: a member receives its part', async (version) => {
  const groupId = `of-version-${String(version)}`;
  const who = await joinAlone(brokers, groupId);
  const assignments = [{ memberId: who.memberId, assignment: Buffer.from('all') }];
  const told = {
    error: 'NONE',
    protocolType: version >= 5 ? 'consumer' : null,
    protocolName: version >= 5 ? 'range' : null,
    assignment: 'all',
  };
  expect(await sync(version, groupId, who, { assignments })).toEqual(told);
  expect(await sync(version, groupId, who)).toEqual(told);
});

test.each`
  group       | fields                         | error                            | because
  ${''}       | ${{}}                          | ${'INVALID_GROUP_ID'}            | ${'a group has a name'}
  ${'absent'} | ${{}}                          | ${'UNKNOWN_MEMBER_ID'}           | ${'there is no such group'}
  ${'group'}  | ${{ memberId: 'stranger' }}    | ${'UNKNOWN_MEMBER_ID'}           | ${'there is no such member'}
  ${'group'}  | ${{ generationId: 9 }}         | ${'ILLEGAL_GENERATION'}          | ${'the group is in its first one'}
  ${'group'}  | ${{ protocolType: 'connect' }} | ${'INCONSISTENT_GROUP_PROTOCOL'} | ${'the group is one of consumers'}
  ${'group'}  | ${{ protocolName: 'sticky' }}  | ${'INCONSISTENT_GROUP_PROTOCOL'} | ${'the group has chosen range'}
  ${'group'}  | ${{ groupInstanceId: 'one' }}  | ${'UNKNOWN_MEMBER_ID'}           | ${'the group has no static members'}
  ${'group'}  | ${{}}                          | ${'NONE'}                        | ${'its assignment is told again'}
`('"$group" $fields: $error because $because', async ({ group, fields, error }) => {
  const answer = await sync(5, group as string, member, fields as object);
  expect(answer).toMatchObject({ error, assignment: error === 'NONE' ? 'assignment' : '' });
});

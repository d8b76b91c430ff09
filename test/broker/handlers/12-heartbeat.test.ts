/** Heartbeat (12): keeps a member in, and tells it what became of its group. */
import { errorName } from '../../../src/protocol/errors';
import { HeartbeatRequest, HeartbeatResponse } from '../../../src/protocol/messages/12-heartbeat';
import { Brokers, versionsOf } from '../../builders/broker-client';
import { aStableGroup } from '../../builders/group-client';
import type { Membership } from '../../builders/group-client';

let brokers: Brokers;
let member: Membership;

beforeAll(async () => {
  brokers = await Brokers.start();
  await brokers.startGroups();
  member = await aStableGroup(brokers, 'group');
  await aStableGroup(brokers, 'statics', { groupInstanceId: 'one' });
}, 60_000);
afterAll(() => brokers.stop());

async function beat(version: number, fields: object): Promise<string> {
  const answer = await brokers.ask(HeartbeatRequest, HeartbeatResponse, version, {
    groupId: 'group',
    generationId: member.generationId,
    memberId: member.memberId,
    ...fields,
  });
  return errorName(answer.errorCode);
}

test.each(versionsOf(HeartbeatRequest))(
  'v%i: a member is told that all is well',
  async (version) => {
    expect(await beat(version, {})).toBe('NONE');
  },
);

test.each`
  fields                                            | error                   | because
  ${{ groupId: '' }}                                | ${'INVALID_GROUP_ID'}   | ${'a group has a name'}
  ${{ groupId: 'absent' }}                          | ${'UNKNOWN_MEMBER_ID'}  | ${'there is no such group'}
  ${{ memberId: 'stranger' }}                       | ${'UNKNOWN_MEMBER_ID'}  | ${'there is no such member'}
  ${{ memberId: '' }}                               | ${'UNKNOWN_MEMBER_ID'}  | ${'there is no such member'}
  ${{ generationId: 0 }}                            | ${'ILLEGAL_GENERATION'} | ${'it is over'}
  ${{ generationId: 2 }}                            | ${'ILLEGAL_GENERATION'} | ${'it is still to come'}
  ${{ groupInstanceId: 'one' }}                     | ${'UNKNOWN_MEMBER_ID'}  | ${'the group has no static members'}
  ${{ groupId: 'statics', groupInstanceId: 'one' }} | ${'FENCED_INSTANCE_ID'} | ${'the instance goes by another id'}
`('$fields: $error because $because', async ({ fields, error }) => {
  expect(await beat(3, fields as object)).toBe(error);
});

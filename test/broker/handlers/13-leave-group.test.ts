/** LeaveGroup (13): one member up to v2, several from v3 on, by instance too. */
import { errorName } from '../../../src/protocol/errors';
import {
  LeaveGroupRequest,
  LeaveGroupResponse,
} from '../../../src/protocol/messages/13-leave-group';
import { Brokers, versionsOf } from '../../builders/broker-client';
import { aStableGroup } from '../../builders/group-client';

let brokers: Brokers;

beforeAll(async () => {
  brokers = await Brokers.start();
  await brokers.startGroups();
  await aStableGroup(brokers, 'group');
}, 60_000);
afterAll(() => brokers.stop());

interface Leaving {
  readonly memberId: string;
  readonly groupInstanceId?: string;
}

/** The error of the group, then those of the members. */
async function leave(version: number, groupId: string, members: readonly Leaving[]) {
  const answer = await brokers.ask(
    LeaveGroupRequest,
    LeaveGroupResponse,
    version,
    version >= 3
      ? { groupId, members: [...members] }
      : { groupId, memberId: members[0]?.memberId ?? '' },
  );
  return [answer, ...answer.members].map(({ errorCode }) => errorName(errorCode));
}

test.each(versionsOf(LeaveGroupRequest))('v%i: a member leaves once', async (version) => {
  const groupId = `of-version-${String(version)}`;
  const { memberId } = await aStableGroup(brokers, groupId);
  expect(await leave(version, groupId, [{ memberId }])).toEqual(
    version >= 3 ? ['NONE', 'NONE'] : ['NONE'],
  );
  expect(await leave(version, groupId, [{ memberId }])).toEqual(
    version >= 3 ? ['NONE', 'UNKNOWN_MEMBER_ID'] : ['UNKNOWN_MEMBER_ID'],
  );
});

test.each`
  version | group       | members                                     | errors                                                | because
  ${2}    | ${''}       | ${[{ memberId: 'm' }]}                      | ${['INVALID_GROUP_ID']}                               | ${'a group has a name'}
  ${3}    | ${''}       | ${[{ memberId: 'm' }]}                      | ${['INVALID_GROUP_ID']}                               | ${'a group has a name'}
  ${2}    | ${'absent'} | ${[{ memberId: 'm' }]}                      | ${['UNKNOWN_MEMBER_ID']}                              | ${'there is no such group'}
  ${3}    | ${'absent'} | ${[{ memberId: 'm' }]}                      | ${['NONE', 'UNKNOWN_MEMBER_ID']}                      | ${'from v3 on each member has its error'}
  ${3}    | ${'group'}  | ${[{ memberId: 'm' }, { memberId: 'n' }]}   | ${['NONE', 'UNKNOWN_MEMBER_ID', 'UNKNOWN_MEMBER_ID']} | ${'neither is a member'}
  ${3}    | ${'group'}  | ${[{ memberId: '', groupInstanceId: 'i' }]} | ${['NONE', 'UNKNOWN_MEMBER_ID']}                      | ${'there is no such instance'}
  ${3}    | ${'group'}  | ${[]}                                       | ${['NONE']}                                           | ${'nobody leaves'}
`('v$version "$group" $members: $errors because $because', async (row) => {
  const outcome = await leave(row.version as number, row.group as string, row.members as Leaving[]);
  expect(outcome).toEqual(row.errors);
});

test('an instance is taken out by its name alone, but not with a wrong member id', async () => {
  await aStableGroup(brokers, 'statics', { groupInstanceId: 'one' });
  const wrong = [{ memberId: 'm', groupInstanceId: 'one' }];
  expect(await leave(3, 'statics', wrong)).toEqual(['NONE', 'FENCED_INSTANCE_ID']);
  const byName = [{ memberId: '', groupInstanceId: 'one' }];
  expect(await leave(5, 'statics', byName)).toEqual(['NONE', 'NONE']);
});

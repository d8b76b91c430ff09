/** JoinGroup (11): how each version joins, and what is refused. Rebalances are told in test/scenarios. */
import { JoinGroupRequest } from '../../../src/protocol/messages/11-join-group';
import { Brokers, versionsOf } from '../../builders/broker-client';
import { SUBSCRIPTION, aStableGroup, join, joinAlone } from '../../builders/group-client';

let brokers: Brokers;

beforeAll(async () => {
  brokers = await Brokers.start({
    settings: { 'group.min.session.timeout.ms': '6000', 'group.max.session.timeout.ms': '60000' },
  });
  await brokers.startGroups();
  await aStableGroup(brokers, 'consumers');
}, 60_000);
afterAll(() => brokers.stop());

const VERSIONS = versionsOf(JoinGroupRequest);

test.each(VERSIONS)('v%i: a member alone is the leader of generation 1', async (version) => {
  const answer = await joinAlone(brokers, `of-version-${String(version)}`, { version });
  expect(answer).toMatchObject({
    error: 'NONE',
    generationId: 1,
    protocolType: version >= 7 ? 'consumer' : null,
    protocolName: 'range',
    leader: answer.memberId,
    skipAssignment: false,
  });
  expect(answer.members).toEqual([
    { memberId: answer.memberId, groupInstanceId: null, metadata: SUBSCRIPTION },
  ]);
  expect(answer.memberId).toMatch(/^tests-[0-9a-f-]{36}$/);
});

test.each`
  version | fields                        | error                   | because
  ${3}    | ${{}}                         | ${'NONE'}               | ${'it is taken in at once'}
  ${4}    | ${{}}                         | ${'MEMBER_ID_REQUIRED'} | ${'it shall come again with its id'}
  ${9}    | ${{}}                         | ${'MEMBER_ID_REQUIRED'} | ${'it shall come again with its id'}
  ${5}    | ${{ groupInstanceId: 'one' }} | ${'NONE'}               | ${'a static member is known by its instance'}
`('v$version $fields, without member id: $error because $because', async (row) => {
  const options = { version: row.version as number, ...(row.fields as object) };
  const answer = await join(brokers, `first-${String(row.version)}`, options);
  expect(answer.error).toBe(row.error);
  expect(answer.memberId).not.toBe('');
});

test.each`
  group          | fields                                                        | error                            | because
  ${''}          | ${{}}                                                         | ${'INVALID_GROUP_ID'}            | ${'a group has a name'}
  ${'g'}         | ${{ sessionTimeoutMs: 5999 }}                                 | ${'INVALID_SESSION_TIMEOUT'}     | ${'group.min.session.timeout.ms is 6000'}
  ${'g'}         | ${{ sessionTimeoutMs: 60001 }}                                | ${'INVALID_SESSION_TIMEOUT'}     | ${'group.max.session.timeout.ms is 60000'}
  ${'g'}         | ${{ memberId: 'stranger' }}                                   | ${'UNKNOWN_MEMBER_ID'}           | ${'there is no such group'}
  ${'consumers'} | ${{ memberId: 'stranger' }}                                   | ${'UNKNOWN_MEMBER_ID'}           | ${'the group has no such member'}
  ${'consumers'} | ${{ protocolType: 'connect' }}                                | ${'INCONSISTENT_GROUP_PROTOCOL'} | ${'the group is one of consumers'}
  ${'consumers'} | ${{ protocols: [{ name: 'other', metadata: SUBSCRIPTION }] }} | ${'INCONSISTENT_GROUP_PROTOCOL'} | ${'its members share no such protocol'}
  ${'g'}         | ${{ protocols: [] }}                                          | ${'INCONSISTENT_GROUP_PROTOCOL'} | ${'a member has a protocol'}
  ${'g'}         | ${{ protocolType: '' }}                                       | ${'INCONSISTENT_GROUP_PROTOCOL'} | ${'a member has a type'}
`('"$group" $fields: $error because $because', async ({ group, fields, error }) => {
  const answer = await join(brokers, group as string, { version: 3, ...(fields as object) });
  expect(answer).toMatchObject({ error, generationId: -1, members: [] });
});

test('static members have another id, and the one before is fenced', async () => {
  const first = await aStableGroup(brokers, 'statics', { version: 5, groupInstanceId: 'one' });
  const second = await join(brokers, 'statics', { version: 5, groupInstanceId: 'one' });
  expect(second.error).toBe('NONE');
  expect(second.memberId).not.toBe(first.memberId);
  const { memberId } = first;
  const late = await join(brokers, 'statics', { version: 5, groupInstanceId: 'one', memberId });
  expect(late.error).toBe('FENCED_INSTANCE_ID');
});

/** ListGroups (16): all groups of this coordinator, from v4 on by state, from v5 on by type. */
import {
  ListGroupsRequest,
  ListGroupsResponse,
} from '../../../src/protocol/messages/16-list-groups';
import { Brokers, versionsOf } from '../../builders/broker-client';
import { aStableGroup, join } from '../../builders/group-client';

let brokers: Brokers;

beforeAll(async () => {
  brokers = await Brokers.start();
  await brokers.startGroups();
  await aStableGroup(brokers, 'stable');
  await join(brokers, 'waiting', { version: 3 });
}, 60_000);
afterAll(() => brokers.stop());

async function list(version: number, filters: object = {}) {
  const none = {
    ...(version >= 4 ? { statesFilter: [] } : {}),
    ...(version >= 5 ? { typesFilter: [] } : {}),
  };
  const answer = await brokers.ask(ListGroupsRequest, ListGroupsResponse, version, {
    ...none,
    ...filters,
  });
  expect(answer.errorCode).toBe(0);
  return [...answer.groups].sort((a, b) => (a.groupId < b.groupId ? -1 : 1));
}

test.each(versionsOf(ListGroupsRequest))('v%i lists all groups', async (version) => {
  const groupType = version >= 5 ? 'classic' : '';
  const stateOf = (state: string) => (version >= 4 ? state : '');
  expect(await list(version)).toEqual([
    { groupId: 'stable', protocolType: 'consumer', groupState: stateOf('Stable'), groupType },
    {
      groupId: 'waiting',
      protocolType: 'consumer',
      groupState: stateOf('CompletingRebalance'),
      groupType,
    },
  ]);
});

test.each`
  version | filters                                                | groups                   | because
  ${4}    | ${{ statesFilter: ['Stable'] }}                        | ${['stable']}            | ${'only that state is wanted'}
  ${4}    | ${{ statesFilter: ['stable'] }}                        | ${['stable']}            | ${'case does not matter'}
  ${4}    | ${{ statesFilter: ['Stable', 'CompletingRebalance'] }} | ${['stable', 'waiting']} | ${'either state will do'}
  ${4}    | ${{ statesFilter: ['Empty'] }}                         | ${[]}                    | ${'no group is empty'}
  ${4}    | ${{ statesFilter: ['Nonsense'] }}                      | ${[]}                    | ${'no group is in such a state'}
  ${5}    | ${{ typesFilter: ['classic'] }}                        | ${['stable', 'waiting']} | ${'all are classic'}
  ${5}    | ${{ typesFilter: ['Classic'] }}                        | ${['stable', 'waiting']} | ${'case does not matter'}
  ${5}    | ${{ typesFilter: ['consumer'] }}                       | ${[]}                    | ${'none is of the new protocol'}
`('v$version $filters: $groups because $because', async ({ version, filters, groups }) => {
  const found = await list(version as number, filters as object);
  expect(found.map(({ groupId }) => groupId)).toEqual(groups);
});

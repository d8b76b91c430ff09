import { decideCommit } from '../../../../src/coordinator/group/state/commit-rules';
import type { Effect } from '../../../../src/coordinator/group/state/effects';
import { decideJoin } from '../../../../src/coordinator/group/state/join';
import type { JoinRequest } from '../../../../src/coordinator/group/state/join-request';
import { decideHeartbeat, decideLeave } from '../../../../src/coordinator/group/state/liveness';
import { decideSync } from '../../../../src/coordinator/group/state/sync';
import { aContext, aGroup, aProfile } from '../../../builders/group-builder';
import { subscriptionTo } from '../../../builders/subscription';

/** A dynamic member m1 and a static one, m2 with instance i2. */
const MEMBERS = [{}, { id: 'm2', instanceId: 'i2' }];

/** The error of the first answer, or `parked`. */
function answerOf(effects: readonly Effect[]): string {
  for (const effect of effects) {
    if (effect.kind === 'answer-join' || effect.kind === 'answer-sync') return effect.result.error;
  }
  return 'parked';
}

const JOIN: JoinRequest = {
  ...aProfile(),
  memberId: 'm1',
  newMemberId: 'new',
  protocolType: 'consumer',
  reason: null,
  requiresKnownMemberId: true,
  canSkipAssignment: true,
};

const OTHER_PROTOCOL = [{ name: 'other', metadata: subscriptionTo(['t']) }];

test.each`
  state                    | request                                              | maxSize | answer                           | because
  ${'Dead'}                | ${{}}                                                | ${9}    | ${'COORDINATOR_NOT_AVAILABLE'}   | ${'the group was just unloaded'}
  ${'Dead'}                | ${{ memberId: 'nobody', protocols: [] }}             | ${0}    | ${'COORDINATOR_NOT_AVAILABLE'}   | ${'of a dead group nothing else is known'}
  ${'Stable'}              | ${{ memberId: 'nobody', protocols: [] }}             | ${2}    | ${'GROUP_MAX_SIZE_REACHED'}      | ${'the size comes before the protocols'}
  ${'Stable'}              | ${{ memberId: '', protocols: OTHER_PROTOCOL }}       | ${3}    | ${'INCONSISTENT_GROUP_PROTOCOL'} | ${'no protocol is common to all'}
  ${'Stable'}              | ${{ protocolType: 'connect' }}                       | ${3}    | ${'INCONSISTENT_GROUP_PROTOCOL'} | ${'the type differs'}
  ${'Stable'}              | ${{ memberId: 'nobody', protocols: OTHER_PROTOCOL }} | ${3}    | ${'INCONSISTENT_GROUP_PROTOCOL'} | ${'the protocols come before the member'}
  ${'Stable'}              | ${{ memberId: 'nobody' }}                            | ${3}    | ${'UNKNOWN_MEMBER_ID'}           | ${'no such member'}
  ${'Stable'}              | ${{ memberId: 'm1', instanceId: 'i2' }}              | ${3}    | ${'FENCED_INSTANCE_ID'}          | ${'the instance has another member id'}
  ${'Stable'}              | ${{ memberId: 'm1', instanceId: 'i9' }}              | ${3}    | ${'UNKNOWN_MEMBER_ID'}           | ${'no such instance'}
  ${'Stable'}              | ${{ memberId: 'pending', instanceId: 'i9' }}         | ${3}    | ${'UNKNOWN_MEMBER_ID'}           | ${'an id is only handed out to dynamic members'}
  ${'Stable'}              | ${{ memberId: 'pending' }}                           | ${3}    | ${'parked'}                      | ${'a pending id joins'}
  ${'Stable'}              | ${{ memberId: '' }}                                  | ${3}    | ${'MEMBER_ID_REQUIRED'}          | ${'it must come back with the id'}
  ${'Stable'}              | ${{ memberId: '', requiresKnownMemberId: false }}    | ${3}    | ${'parked'}                      | ${'an old client joins at once'}
  ${'Stable'}              | ${{ memberId: '', instanceId: 'i9' }}                | ${3}    | ${'parked'}                      | ${'a static member joins at once'}
  ${'Stable'}              | ${{ memberId: 'm2', instanceId: 'i2' }}              | ${3}    | ${'NONE'}                        | ${'a follower says nothing new'}
  ${'Stable'}              | ${{ memberId: 'm1' }}                                | ${3}    | ${'parked'}                      | ${'the leader makes the group rebalance'}
  ${'Stable'}              | ${{ memberId: 'm1' }}                                | ${1}    | ${'parked'}                      | ${'a known member is not too many'}
  ${'CompletingRebalance'} | ${{ memberId: 'm1' }}                                | ${3}    | ${'NONE'}                        | ${'its first answer may be lost'}
  ${'CompletingRebalance'} | ${{ memberId: '' }}                                  | ${2}    | ${'GROUP_MAX_SIZE_REACHED'}      | ${'the group is full'}
  ${'PreparingRebalance'}  | ${{ memberId: 'm1' }}                                | ${3}    | ${'parked'}                      | ${'it waits for the others'}
  ${'PreparingRebalance'}  | ${{ memberId: 'm1' }}                                | ${0}    | ${'GROUP_MAX_SIZE_REACHED'}      | ${'as many as allowed wait already'}
  ${'Empty'}               | ${{ memberId: 'm1' }}                                | ${0}    | ${'UNKNOWN_MEMBER_ID'}           | ${'an empty group knows nobody'}
  ${'Empty'}               | ${{ memberId: '', protocols: [] }}                   | ${0}    | ${'INCONSISTENT_GROUP_PROTOCOL'} | ${'the first member needs a protocol'}
  ${'Empty'}               | ${{ memberId: '', protocolType: '' }}                | ${0}    | ${'INCONSISTENT_GROUP_PROTOCOL'} | ${'the first member needs a type'}
`('JoinGroup of $request in $state: $answer, $because', ({ state, request, maxSize, answer }) => {
  const group = aGroup({ state, members: MEMBERS, pendingMemberIds: ['pending'] });
  const effects = decideJoin(group, {
    request: { ...JOIN, ...request },
    ticket: 1,
    context: aContext({ maxSize }),
  });
  expect(answerOf(effects)).toBe(answer);
});

const SYNC = {
  memberId: 'm1',
  instanceId: null,
  generation: 1,
  protocolType: 'consumer',
  protocolName: 'range',
  assignments: new Map<string, Uint8Array>(),
};

test.each`
  state                    | request                                       | answer                           | because
  ${'Dead'}                | ${{ memberId: 'nobody' }}                     | ${'COORDINATOR_NOT_AVAILABLE'}   | ${'the group was just unloaded'}
  ${'Empty'}               | ${{}}                                         | ${'UNKNOWN_MEMBER_ID'}           | ${'an empty group knows nobody'}
  ${'Stable'}              | ${{ memberId: 'nobody', generation: 5 }}      | ${'UNKNOWN_MEMBER_ID'}           | ${'the member comes before the generation'}
  ${'Stable'}              | ${{ instanceId: 'i2', generation: 5 }}        | ${'FENCED_INSTANCE_ID'}          | ${'the instance comes before the generation'}
  ${'Stable'}              | ${{ generation: 5, protocolType: 'connect' }} | ${'ILLEGAL_GENERATION'}          | ${'the generation comes before the protocol'}
  ${'Stable'}              | ${{ protocolType: 'connect' }}                | ${'INCONSISTENT_GROUP_PROTOCOL'} | ${'the type differs'}
  ${'Stable'}              | ${{ protocolName: 'other' }}                  | ${'INCONSISTENT_GROUP_PROTOCOL'} | ${'the protocol differs'}
  ${'Stable'}              | ${{ protocolType: null, protocolName: null }} | ${'NONE'}                        | ${'old clients do not say'}
  ${'PreparingRebalance'}  | ${{ protocolName: 'other' }}                  | ${'INCONSISTENT_GROUP_PROTOCOL'} | ${'the protocol comes before the state'}
  ${'PreparingRebalance'}  | ${{}}                                         | ${'REBALANCE_IN_PROGRESS'}       | ${'it must join first'}
  ${'CompletingRebalance'} | ${{ memberId: 'm2', instanceId: 'i2' }}       | ${'parked'}                      | ${'the leader has not assigned yet'}
  ${'CompletingRebalance'} | ${{}}                                         | ${'parked'}                      | ${'the assignment must be stored first'}
  ${'Stable'}              | ${{}}                                         | ${'NONE'}                        | ${'the assignment is known'}
`('SyncGroup of $request in $state: $answer, $because', ({ state, request, answer }) => {
  const effects = decideSync(aGroup({ state, members: MEMBERS }), { ...SYNC, ...request }, 1);
  expect(answerOf(effects)).toBe(answer);
});

test.each`
  state                    | request                                  | answer                         | because
  ${'Dead'}                | ${{ memberId: 'nobody' }}                | ${'COORDINATOR_NOT_AVAILABLE'} | ${'the group was just unloaded'}
  ${'Empty'}               | ${{}}                                    | ${'UNKNOWN_MEMBER_ID'}         | ${'an empty group knows nobody'}
  ${'Stable'}              | ${{ memberId: 'nobody', generation: 5 }} | ${'UNKNOWN_MEMBER_ID'}         | ${'the member comes before the generation'}
  ${'Stable'}              | ${{ instanceId: 'i9' }}                  | ${'UNKNOWN_MEMBER_ID'}         | ${'no such instance'}
  ${'Stable'}              | ${{ instanceId: 'i2', generation: 5 }}   | ${'FENCED_INSTANCE_ID'}        | ${'the instance has another member id'}
  ${'Stable'}              | ${{ generation: 0 }}                     | ${'ILLEGAL_GENERATION'}        | ${'it missed a rebalance'}
  ${'PreparingRebalance'}  | ${{ generation: 0 }}                     | ${'ILLEGAL_GENERATION'}        | ${'the generation comes before the state'}
  ${'PreparingRebalance'}  | ${{}}                                    | ${'REBALANCE_IN_PROGRESS'}     | ${'it must join again'}
  ${'CompletingRebalance'} | ${{}}                                    | ${'NONE'}                      | ${'it waits for its assignment'}
  ${'Stable'}              | ${{}}                                    | ${'NONE'}                      | ${'all is well'}
`('Heartbeat of $request in $state: $answer, $because', ({ state, request, answer }) => {
  const heartbeat = { memberId: 'm1', instanceId: null, generation: 1, ...request };
  expect(decideHeartbeat(aGroup({ state, members: MEMBERS }), heartbeat).answer).toBe(answer);
});

test.each`
  state                    | request                                                  | answer                         | because
  ${'Dead'}                | ${{}}                                                    | ${'COORDINATOR_NOT_AVAILABLE'} | ${'the group was just unloaded'}
  ${'Empty'}               | ${{ generation: -1, memberId: '' }}                      | ${'NONE'}                      | ${'no group management'}
  ${'Empty'}               | ${{ generation: -1, memberId: 'gone', instanceId: 'i' }} | ${'NONE'}                      | ${'nobody is there to be another'}
  ${'Empty'}               | ${{ generation: 1 }}                                     | ${'UNKNOWN_MEMBER_ID'}         | ${'it was a member once'}
  ${'Stable'}              | ${{ generation: -1, memberId: '' }}                      | ${'UNKNOWN_MEMBER_ID'}         | ${'only members commit now'}
  ${'Stable'}              | ${{ generation: -1 }}                                    | ${'ILLEGAL_GENERATION'}        | ${'a member says its generation'}
  ${'Stable'}              | ${{ generation: 1, memberId: '' }}                       | ${'UNKNOWN_MEMBER_ID'}         | ${'a generation comes with a member'}
  ${'Stable'}              | ${{ generation: 5, memberId: 'nobody' }}                 | ${'UNKNOWN_MEMBER_ID'}         | ${'the member comes before the generation'}
  ${'Stable'}              | ${{ generation: 5, instanceId: 'i2' }}                   | ${'FENCED_INSTANCE_ID'}        | ${'the instance has another member id'}
  ${'Stable'}              | ${{ generation: 0 }}                                     | ${'ILLEGAL_GENERATION'}        | ${'it missed a rebalance'}
  ${'Stable'}              | ${{}}                                                    | ${'NONE'}                      | ${'all is well'}
  ${'PreparingRebalance'}  | ${{}}                                                    | ${'NONE'}                      | ${'it still owns what it read'}
  ${'CompletingRebalance'} | ${{}}                                                    | ${'REBALANCE_IN_PROGRESS'}     | ${'it does not know what it owns'}
  ${'CompletingRebalance'} | ${{ generation: 0 }}                                     | ${'ILLEGAL_GENERATION'}        | ${'the generation comes before the state'}
`('OffsetCommit of $request in $state: $answer, $because', ({ state, request, answer }) => {
  const commit = { memberId: 'm1', instanceId: null, generation: 1, ...request };
  expect(decideCommit(aGroup({ state, members: MEMBERS }), commit).answer).toBe(answer);
});

test.each`
  leaving                                 | answer                  | because
  ${{ memberId: 'm1' }}                   | ${'NONE'}               | ${'it is a member'}
  ${{ memberId: 'm2', instanceId: 'i2' }} | ${'NONE'}               | ${'it is the instance'}
  ${{ memberId: 'm2' }}                   | ${'NONE'}               | ${'a static member may leave by its id alone'}
  ${{ memberId: '', instanceId: 'i2' }}   | ${'NONE'}               | ${'an administrator removes the instance'}
  ${{ memberId: '', instanceId: 'i9' }}   | ${'UNKNOWN_MEMBER_ID'}  | ${'no such instance'}
  ${{ memberId: '' }}                     | ${'UNKNOWN_MEMBER_ID'}  | ${'nobody is named'}
  ${{ memberId: 'm1', instanceId: 'i2' }} | ${'FENCED_INSTANCE_ID'} | ${'the instance has another member id'}
  ${{ memberId: 'm1', instanceId: 'i9' }} | ${'UNKNOWN_MEMBER_ID'}  | ${'no such instance, whatever the id'}
  ${{ memberId: 'nobody' }}               | ${'UNKNOWN_MEMBER_ID'}  | ${'no such member'}
  ${{ memberId: 'pending' }}              | ${'NONE'}               | ${'it gives the id back'}
`('LeaveGroup of $leaving: $answer, $because', ({ leaving, answer }) => {
  const group = aGroup({ members: MEMBERS, pendingMemberIds: ['pending'] });
  const member = { instanceId: null, reason: null, ...leaving };
  expect(decideLeave(group, member, aContext()).answer).toBe(answer);
});

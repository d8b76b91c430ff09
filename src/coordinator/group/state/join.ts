/**
 * JoinGroup: who may join, as whom, and whether the group must rebalance for it. Source: Kafka's
 * `GroupCoordinator.handleJoinGroup`, KIP-345 (static members) and KIP-394 (MEMBER_ID_REQUIRED).
 */

import { acceptJoin, refuseJoin, startTimer } from './effects';
import type { DecisionContext, Effect } from './effects';
import type { Group } from './group';
import { reasonOf } from './join-request';
import type { JoinRequest } from './join-request';
import type { Member, MemberProfile, Ticket } from './member';
import { memberError } from './membership';
import { dropMember, maybeCompleteJoin, maybePrepareRebalance, parkJoin } from './rebalance';
import { replaceStaticMember } from './static-member';

/**
 * A new member cannot send heartbeats before it knows its id, and a vanished client cannot be noticed
 * while its JoinGroup waits: its place is given up after this time (Kafka's `NewMemberJoinTimeoutMs`).
 */
const NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60 * 1000;

export function decideJoin(
  group: Group,
  request: JoinRequest,
  ticket: Ticket,
  context: DecisionContext,
): Effect[] {
  const effects = joinEffects(group, request, ticket, context);
  return [...effects, ...maybeCompleteJoin(group, context)];
}

function joinEffects(
  group: Group,
  request: JoinRequest,
  ticket: Ticket,
  context: DecisionContext,
): Effect[] {
  if (!hasRoomFor(group, request.memberId, context.maxSize)) {
    const member = group.members.get(request.memberId);
    const refusal = refuseJoin(ticket, 'GROUP_MAX_SIZE_REACHED', '');
    return member ? [...dropMember(group, member), refusal] : [refusal];
  }
  if (group.state === 'Dead') {
    return [refuseJoin(ticket, 'COORDINATOR_NOT_AVAILABLE', request.memberId)];
  }
  if (!group.supportsProtocols(request.protocolType, request.protocols)) {
    return [refuseJoin(ticket, 'INCONSISTENT_GROUP_PROTOCOL', request.memberId)];
  }
  return request.memberId === ''
    ? joinWithoutId(group, request, ticket, context)
    : joinWithId(group, request, ticket, context);
}

/**
 * During a rebalance the members that already joined count, not all known ones: so the last to join
 * again are shed if `group.max.size` was lowered.
 */
function hasRoomFor(group: Group, memberId: string, maxSize: number): boolean {
  const member = group.members.get(memberId);
  switch (group.state) {
    case 'Empty':
    case 'Dead':
      return true;
    case 'PreparingRebalance':
      return member?.isAwaitingJoin === true || group.awaitingJoinCount < maxSize;
    case 'CompletingRebalance':
    case 'Stable':
      return member !== undefined || group.size < maxSize;
  }
}

function joinWithoutId(
  group: Group,
  request: JoinRequest,
  ticket: Ticket,
  context: DecisionContext,
): Effect[] {
  const { instanceId, newMemberId } = request;
  if (instanceId !== null) {
    const oldMemberId = group.memberIdOfInstance(instanceId);
    return oldMemberId === undefined
      ? addMember(group, newMemberId, request, ticket, context)
      : replaceStaticMember(group, oldMemberId, request, ticket, context);
  }
  if (!request.requiresKnownMemberId)
    return addMember(group, newMemberId, request, ticket, context);
  group.addPendingMemberId(newMemberId);
  return [
    startTimer(`member:${newMemberId}`, request.sessionTimeoutMs),
    refuseJoin(ticket, 'MEMBER_ID_REQUIRED', newMemberId),
  ];
}

function joinWithId(
  group: Group,
  request: JoinRequest,
  ticket: Ticket,
  context: DecisionContext,
): Effect[] {
  const { memberId } = request;
  if (group.pendingMemberIds.has(memberId)) {
    // Only dynamic members are given an id before they join.
    if (request.instanceId !== null) return [refuseJoin(ticket, 'UNKNOWN_MEMBER_ID', memberId)];
    return addMember(group, memberId, request, ticket, context);
  }
  const error = memberError(group, memberId, request.instanceId);
  if (error !== 'NONE') return [refuseJoin(ticket, error, memberId)];
  return joinAgain(group, group.member(memberId), request, ticket, context);
}

function joinAgain(
  group: Group,
  member: Member,
  request: JoinRequest,
  ticket: Ticket,
  context: DecisionContext,
): Effect[] {
  const isLeader = group.isLeader(member.id);
  const isUnchanged = member.hasProtocols(request.protocols);
  switch (group.state) {
    case 'PreparingRebalance':
      return updateAndRebalance(group, member, request, ticket, context);
    case 'CompletingRebalance':
      // The answer to its first JoinGroup may have been lost: tell it again.
      if (isUnchanged) return [acceptJoin(group, member.id, ticket, { withMembers: isLeader })];
      return updateAndRebalance(group, member, request, ticket, context);
    case 'Stable':
      // A leader joins again when what it assigns has changed, such as a topic's partition count.
      if (isUnchanged && !isLeader) {
        return [acceptJoin(group, member.id, ticket, { withMembers: false })];
      }
      return updateAndRebalance(group, member, request, ticket, context);
    case 'Empty':
    case 'Dead':
      return [refuseJoin(ticket, 'UNKNOWN_MEMBER_ID', member.id)];
  }
}

function updateAndRebalance(
  group: Group,
  member: Member,
  request: JoinRequest,
  ticket: Ticket,
  context: DecisionContext,
): Effect[] {
  group.updateMember(member, request);
  const effects = parkJoin(group, member, ticket);
  return [
    ...effects,
    ...maybePrepareRebalance(group, reasonOf(`${member.id} joins again`, request), context),
  ];
}

function addMember(
  group: Group,
  memberId: string,
  request: JoinRequest,
  ticket: Ticket,
  context: DecisionContext,
): Effect[] {
  if (group.state === 'PreparingRebalance' && group.generation === 0) group.hasNewMembers = true;
  const member = group.addMember(profileOf(memberId, request), request.protocolType, ticket);
  member.isNew = true;
  return [
    startTimer(`member:${memberId}`, NEW_MEMBER_JOIN_TIMEOUT_MS),
    ...maybePrepareRebalance(group, reasonOf(`${memberId} joins`, request), context),
  ];
}

function profileOf(id: string, request: JoinRequest): MemberProfile {
  return {
    id,
    instanceId: request.instanceId,
    clientId: request.clientId,
    clientHost: request.clientHost,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    sessionTimeoutMs: request.sessionTimeoutMs,
    protocols: request.protocols,
  };
}

/**
 * JoinGroup: who may join, as whom, and whether the group must rebalance for it. Source: Kafka's
 * `GroupCoordinator.handleJoinGroup`, KIP-345 (static members) and KIP-394 (MEMBER_ID_REQUIRED).
 */

import { acceptJoin, refuseJoin, startTimer } from './effects';
import type { Effect } from './effects';
import type { Group } from './group';
import { reasonOf } from './join-request';
import type { JoinAttempt, JoinRequest } from './join-request';
import type { Member, MemberProfile } from './member';
import { memberError } from './membership';
import { dropMember, maybeCompleteJoin, maybePrepareRebalance, parkJoin } from './rebalance';
import { replaceStaticMember } from './static-member';

/**
 * A new member cannot send heartbeats before it knows its id, and a vanished client cannot be noticed
 * while its JoinGroup waits: its place is given up after this time (Kafka's `NewMemberJoinTimeoutMs`).
 */
const NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60 * 1000;

export function decideJoin(group: Group, attempt: JoinAttempt): Effect[] {
  const effects = joinEffects(group, attempt);
  return [...effects, ...maybeCompleteJoin(group, attempt.context)];
}

function joinEffects(group: Group, attempt: JoinAttempt): Effect[] {
  const { request, ticket, context } = attempt;
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
  return request.memberId === '' ? joinWithoutId(group, attempt) : joinWithId(group, attempt);
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

function joinWithoutId(group: Group, attempt: JoinAttempt): Effect[] {
  const { request, ticket } = attempt;
  const { instanceId, newMemberId } = request;
  if (instanceId !== null) {
    const oldMemberId = group.memberIdOfInstance(instanceId);
    return oldMemberId === undefined
      ? addMember(group, newMemberId, attempt)
      : replaceStaticMember(group, oldMemberId, attempt);
  }
  if (!request.requiresKnownMemberId) return addMember(group, newMemberId, attempt);
  group.addPendingMemberId(newMemberId);
  return [
    startTimer(`member:${newMemberId}`, request.sessionTimeoutMs),
    refuseJoin(ticket, 'MEMBER_ID_REQUIRED', newMemberId),
  ];
}

function joinWithId(group: Group, attempt: JoinAttempt): Effect[] {
  const { request, ticket } = attempt;
  const { memberId, instanceId } = request;
  if (group.pendingMemberIds.has(memberId)) {
    // Only dynamic members are given an id before they join.
    if (instanceId !== null) return [refuseJoin(ticket, 'UNKNOWN_MEMBER_ID', memberId)];
    return addMember(group, memberId, attempt);
  }
  const error = memberError(group, memberId, instanceId);
  if (error !== 'NONE') return [refuseJoin(ticket, error, memberId)];
  return joinAgain(group, group.member(memberId), attempt);
}

function joinAgain(group: Group, member: Member, attempt: JoinAttempt): Effect[] {
  const { request, ticket } = attempt;
  const isLeader = group.isLeader(member.id);
  const isUnchanged = member.hasProtocols(request.protocols);
  switch (group.state) {
    case 'PreparingRebalance':
      return updateAndRebalance(group, member, attempt);
    case 'CompletingRebalance':
      // The answer to its first JoinGroup may have been lost: tell it again.
      if (isUnchanged) return [acceptJoin(group, member.id, ticket, { withMembers: isLeader })];
      return updateAndRebalance(group, member, attempt);
    case 'Stable':
      // A leader joins again when what it assigns has changed, such as a topic's partition count.
      if (isUnchanged && !isLeader) {
        return [acceptJoin(group, member.id, ticket, { withMembers: false })];
      }
      return updateAndRebalance(group, member, attempt);
    case 'Empty':
    case 'Dead':
      return [refuseJoin(ticket, 'UNKNOWN_MEMBER_ID', member.id)];
  }
}

function updateAndRebalance(group: Group, member: Member, attempt: JoinAttempt): Effect[] {
  const { request, ticket, context } = attempt;
  group.updateMember(member, request);
  const effects = parkJoin(group, member, ticket);
  const reason = reasonOf(`${member.id} joins again`, request);
  return [...effects, ...maybePrepareRebalance(group, reason, context)];
}

function addMember(group: Group, memberId: string, attempt: JoinAttempt): Effect[] {
  const { request, ticket, context } = attempt;
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

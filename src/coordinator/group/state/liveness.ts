/** Heartbeat, LeaveGroup, and sessions that run out. Source: Kafka's `GroupCoordinator`. */

import { info, restartSession } from './effects';
import type { DecisionContext, Effect } from './effects';
import type { ErrorName } from '../../../protocol/errors';
import type { Group } from './group';
import { generationError, memberError } from './membership';
import { removeMember, removePendingMember } from './rebalance';

/** A decision whose answer is known at once. */
export interface Decision<T> {
  readonly answer: T;
  readonly effects: readonly Effect[];
}

export interface HeartbeatRequest {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly generation: number;
}

export function decideHeartbeat(group: Group, request: HeartbeatRequest): Decision<ErrorName> {
  const { memberId, instanceId, generation } = request;
  const error = generationError(group, memberId, instanceId, generation);
  if (error !== 'NONE') return { answer: error, effects: [] };
  if (group.state === 'Empty') return { answer: 'UNKNOWN_MEMBER_ID', effects: [] };
  const answer = group.state === 'PreparingRebalance' ? 'REBALANCE_IN_PROGRESS' : 'NONE';
  return { answer, effects: [restartSession(group.member(memberId))] };
}

export interface LeavingMember {
  /** May be empty if `instanceId` is given: an administrator removes a static member. */
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly reason: string | null;
}

/** Removes one member. LeaveGroup v3 and later sends several, each with its own answer (KIP-345). */
export function decideLeave(
  group: Group,
  leaving: LeavingMember,
  context: DecisionContext,
): Decision<ErrorName> {
  const { instanceId } = leaving;
  if (leaving.memberId === '') {
    const memberId = instanceId === null ? undefined : group.memberIdOfInstance(instanceId);
    if (memberId === undefined) return { answer: 'UNKNOWN_MEMBER_ID', effects: [] };
    return { answer: 'NONE', effects: leave(group, memberId, leaving.reason, context) };
  }
  if (group.pendingMemberIds.has(leaving.memberId)) {
    return { answer: 'NONE', effects: removePendingMember(group, leaving.memberId, context) };
  }
  const error = memberError(group, leaving.memberId, instanceId);
  if (error !== 'NONE') return { answer: error, effects: [] };
  return { answer: 'NONE', effects: leave(group, leaving.memberId, leaving.reason, context) };
}

/** The session of a member, or the time to use a member id, is over. */
export function onMemberTimer(group: Group, memberId: string, context: DecisionContext): Effect[] {
  if (group.pendingMemberIds.has(memberId)) {
    const message = `forgot member id ${memberId}, which nobody joined with`;
    return [info(message), ...removePendingMember(group, memberId, context)];
  }
  const member = group.members.get(memberId);
  if (!member) return [];
  // Who waits for the group is alive; but a new member's JoinGroup may wait for a client that is gone.
  if (!member.isNew && (member.isAwaitingJoin || member.isAwaitingSync)) return [];
  const reason = `the session of ${memberId} expired`;
  return [info(reason), ...removeMember(group, member, reason, context)];
}

function leave(
  group: Group,
  memberId: string,
  reason: string | null,
  context: DecisionContext,
): Effect[] {
  const event = reason ? `${memberId} left, client's reason: ${reason}` : `${memberId} left`;
  return [info(event), ...removeMember(group, group.member(memberId), event, context)];
}

/**
 * A static member that starts again joins without a member id: it takes over the place of its former
 * self, and as long as nothing changes for the others the group does not rebalance (KIP-345). Its new
 * id must be in the log before it hears of it. Source: `GroupCoordinator.updateStaticMemberAndRebalance`.
 */

import {
  acceptJoin,
  cancelTimer,
  info,
  refuseJoin,
  refuseSync,
  restartSession,
  warn,
} from './effects';
import type { Effect, Stored } from './effects';
import type { ErrorName } from '../../../protocol/errors';
import type { Group } from './group';
import { reasonOf } from './join-request';
import type { JoinAttempt } from './join-request';
import { NO_BYTES } from './member';
import type { Member } from './member';
import { prepareRebalance } from './rebalance';
import { snapshotOf } from './snapshot';

type StaticJoin = Extract<Stored, { kind: 'static-join' }>;

export function replaceStaticMember(
  group: Group,
  oldMemberId: string,
  attempt: JoinAttempt,
): Effect[] {
  const { request, ticket, context } = attempt;
  const member = group.member(oldMemberId);
  const oldLeaderId = group.leaderId ?? '';
  const { protocols, rebalanceTimeoutMs, sessionTimeoutMs } = member;
  const oldProfile = { protocols, rebalanceTimeoutMs, sessionTimeoutMs };
  const { newMemberId } = request;
  const effects = [
    info(`static member ${String(member.instanceId)}: ${newMemberId} replaces ${oldMemberId}`),
    ...fence(group, member),
  ];
  group.changeMemberId(member, newMemberId);
  group.updateMember(member, request);
  group.park(member, ticket);
  effects.push(restartSession(member));
  if (group.state === 'PreparingRebalance') return effects;
  if (group.state === 'Stable' && group.selectProtocol() === group.protocolName) {
    const { generation } = group;
    const { canSkipAssignment } = request;
    const stored: StaticJoin = {
      kind: 'static-join',
      member,
      ticket,
      generation,
      oldMemberId,
      oldProfile,
      oldLeaderId,
      canSkipAssignment,
    };
    const snapshot = snapshotOf(group, (id) => group.members.get(id)?.assignment ?? NO_BYTES);
    return [...effects, { kind: 'store', snapshot, stored }];
  }
  // While the leader assigns, it may already do so for the old id; or the chosen protocol must change.
  const reason = reasonOf(`static member ${newMemberId} joins with a new id`, request);
  return [...effects, ...prepareRebalance(group, reason, context)];
}

/** Once the group record with the new member id is stored. */
export function onStaticJoinStored(group: Group, stored: StaticJoin, error: ErrorName): Effect[] {
  const { member, ticket } = stored;
  // If a rebalance began meanwhile, the member takes part in it with its parked JoinGroup.
  const isCurrent = group.state === 'Stable' && group.generation === stored.generation;
  if (!isCurrent || member.joinTicket !== ticket) return [];
  group.park(member, undefined);
  if (error !== 'NONE') return takeBack(group, stored, error);
  if (!stored.canSkipAssignment) {
    // Before v9 a leader told of its leadership would assign, and a stable group would ignore it: such
    // a client is told the old leader's id.
    const leaderId = stored.oldLeaderId;
    return [acceptJoin(group, member.id, ticket, { withMembers: false, leaderId })];
  }
  const isLeader = group.isLeader(member.id);
  return [
    acceptJoin(group, member.id, ticket, { withMembers: isLeader, skipAssignment: isLeader }),
  ];
}

function takeBack(group: Group, stored: StaticJoin, error: ErrorName): Effect[] {
  const { member, oldMemberId, oldProfile, ticket } = stored;
  const newMemberId = member.id;
  group.updateMember(member, oldProfile);
  group.changeMemberId(member, oldMemberId);
  return [
    warn(`${newMemberId} cannot be stored (${error}): ${oldMemberId} stays`),
    cancelTimer(`member:${newMemberId}`),
    restartSession(member),
    refuseJoin(ticket, error, ''),
  ];
}

/** Whoever still waits with the old id is a duplicate of the instance. */
function fence(group: Group, member: Member): Effect[] {
  const effects: Effect[] = [cancelTimer(`member:${member.id}`)];
  const joinTicket = group.park(member, undefined);
  if (joinTicket !== undefined)
    effects.push(refuseJoin(joinTicket, 'FENCED_INSTANCE_ID', member.id));
  if (member.syncTicket !== undefined) {
    effects.push(refuseSync(member.syncTicket, 'FENCED_INSTANCE_ID'));
    member.syncTicket = undefined;
  }
  return effects;
}

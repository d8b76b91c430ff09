/**
 * SyncGroup: members wait for the leader's assignment, which is stored before anyone hears of it.
 * Source: Kafka's `GroupCoordinator.doSyncGroup`, `DelayedSync`.
 */

import { acceptSync, cancelTimer, info, refuseSync, restartSession, warn } from './effects';
import type { DecisionContext, Effect, Stored } from './effects';
import type { ErrorName } from '../../../protocol/errors';
import type { Group } from './group';
import { NO_BYTES } from './member';
import type { Member, Ticket } from './member';
import { generationError } from './membership';
import { dropMember, failSyncs, maybePrepareRebalance, prepareRebalance } from './rebalance';
import { snapshotOf } from './snapshot';

export interface SyncRequest {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly generation: number;
  /** `null` before v5. */
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  /** From the leader: what each member is to do. */
  readonly assignments: ReadonlyMap<string, Uint8Array>;
}

export function decideSync(group: Group, request: SyncRequest, ticket: Ticket): Effect[] {
  const error = syncError(group, request);
  if (error !== 'NONE') return [refuseSync(ticket, error)];
  const member = group.member(request.memberId);
  const effects = receiveSync(group, member);
  if (group.state === 'Stable') {
    return [...effects, acceptSync(group, member, ticket), restartSession(member)];
  }
  if (member.syncTicket !== undefined) {
    // A client that sends a second SyncGroup has given up the first.
    effects.push(refuseSync(member.syncTicket, 'REBALANCE_IN_PROGRESS'));
  }
  member.syncTicket = ticket;
  if (!group.isLeader(member.id)) return effects;
  return [...effects, ...storeAssignments(group, request)];
}

/** Once the record with the leader's assignment is stored. Nothing, if a rebalance began meanwhile. */
export function onAssignmentStored(
  group: Group,
  stored: Extract<Stored, { kind: 'assignment' }>,
  error: ErrorName,
  context: DecisionContext,
): Effect[] {
  if (group.state !== 'CompletingRebalance' || group.generation !== stored.generation) return [];
  if (error !== 'NONE') {
    const reason = `the assignment cannot be stored: ${error}`;
    return [...failSyncs(group, error), ...maybePrepareRebalance(group, reason, context)];
  }
  group.transitionTo('Stable', context.nowMs);
  const effects: Effect[] = [info(`generation ${String(group.generation)} is stable`)];
  for (const member of group.members.values()) {
    member.assignment = stored.assignments.get(member.id) ?? NO_BYTES;
    if (member.syncTicket === undefined) continue;
    // A session that ran out while its SyncGroup waited was not acted upon: it must start again.
    effects.push(acceptSync(group, member, member.syncTicket), restartSession(member));
    member.syncTicket = undefined;
  }
  return effects;
}

/** Members that did not send SyncGroup within the rebalance time-out are removed. */
export function onSyncTimer(group: Group, context: DecisionContext): Effect[] {
  if (group.state !== 'CompletingRebalance' && group.state !== 'Stable') return [];
  const late = [...group.pendingSyncs];
  if (late.length === 0) return [];
  const dropped = late.flatMap((memberId) => {
    const member = group.members.get(memberId);
    return member ? dropMember(group, member) : [];
  });
  const reason = `removed ${late.join(', ')}: no SyncGroup within the rebalance time-out`;
  return [...dropped, ...prepareRebalance(group, reason, context)];
}

function syncError(group: Group, request: SyncRequest): ErrorName {
  const { memberId, instanceId, generation, protocolType, protocolName } = request;
  const error = generationError(group, memberId, instanceId, generation);
  if (error !== 'NONE') return error;
  const isSameType = protocolType === null || protocolType === group.protocolType;
  const isSameName = protocolName === null || protocolName === group.protocolName;
  if (!isSameType || !isSameName) return 'INCONSISTENT_GROUP_PROTOCOL';
  if (group.state === 'Empty') return 'UNKNOWN_MEMBER_ID';
  return group.state === 'PreparingRebalance' ? 'REBALANCE_IN_PROGRESS' : 'NONE';
}

function receiveSync(group: Group, member: Member): Effect[] {
  group.receivedSync(member.id);
  return group.pendingSyncs.size === 0 ? [cancelTimer('sync')] : [];
}

function storeAssignments(group: Group, request: SyncRequest): Effect[] {
  const { generation } = group;
  const { assignments } = request;
  const effects: Effect[] = [];
  const missing = [...group.members.keys()].filter((memberId) => !assignments.has(memberId));
  if (missing.length > 0) {
    effects.push(warn(`the leader assigned nothing to ${missing.join(', ')}`));
  }
  const snapshot = snapshotOf(group, (memberId) => assignments.get(memberId) ?? NO_BYTES);
  const stored: Stored = { kind: 'assignment', generation, assignments };
  return [...effects, { kind: 'store', snapshot, stored }];
}

/**
 * The join phase: how it begins, what it waits for and what its end decides. A group that was empty
 * waits an initial delay for more members; any other until all have joined again or the longest
 * rebalance time-out is over (Kafka's `DelayedJoin`, `InitialDelayedJoin`, `onCompleteJoin`).
 */

import { assert } from '../../../base/assert';
import type { ErrorName } from '../../../protocol/errors';
import {
  acceptJoin,
  cancelTimer,
  info,
  refuseJoin,
  refuseSync,
  restartSession,
  startTimer,
  warn,
} from './effects';
import type { DecisionContext, Effect } from './effects';
import type { Group } from './group';
import { NO_BYTES } from './member';
import type { Member, Ticket } from './member';
import { snapshotOf } from './snapshot';

/** Starts a rebalance unless one is under way, or the group has no members to rebalance. */
export function maybePrepareRebalance(
  group: Group,
  reason: string,
  context: DecisionContext,
): Effect[] {
  const canRebalance = group.state !== 'PreparingRebalance' && group.state !== 'Dead';
  return canRebalance ? prepareRebalance(group, reason, context) : [];
}

export function prepareRebalance(group: Group, reason: string, context: DecisionContext): Effect[] {
  const failedSyncs =
    group.state === 'CompletingRebalance' ? failSyncs(group, 'REBALANCE_IN_PROGRESS') : [];
  group.clearPendingSyncs();
  const message = `preparing rebalance, ${group.state} at generation ${String(group.generation)}: ${reason}`;
  const effects = [...failedSyncs, cancelTimer('sync'), info(message)];
  const wasEmpty = group.state === 'Empty';
  group.transitionTo('PreparingRebalance', context.nowMs);
  if (wasEmpty) return [...effects, startInitialDelay(group, context)];
  group.initialDelay = undefined;
  const wait = startTimer('rebalance', group.rebalanceTimeoutMs);
  return [...effects, wait, ...maybeCompleteJoin(group, context)];
}

/** Ends the join phase early if everybody has joined; the initial delay always runs out. */
export function maybeCompleteJoin(group: Group, context: DecisionContext): Effect[] {
  if (group.state !== 'PreparingRebalance' || group.initialDelay) return [];
  if (!group.haveAllMembersJoined) return [];
  return [cancelTimer('rebalance'), ...completeJoin(group, context)];
}

export function onRebalanceTimer(group: Group, context: DecisionContext): Effect[] {
  if (group.state !== 'PreparingRebalance') return [];
  const { initialDelay } = group;
  if (initialDelay && group.hasNewMembers && initialDelay.remainingMs > 0) {
    group.hasNewMembers = false;
    const delayMs = Math.min(context.initialRebalanceDelayMs, initialDelay.remainingMs);
    const remainingMs = Math.max(initialDelay.remainingMs - initialDelay.delayMs, 0);
    group.initialDelay = { delayMs, remainingMs };
    return [startTimer('rebalance', delayMs)];
  }
  group.initialDelay = undefined;
  return completeJoin(group, context);
}

/** A parked JoinGroup of a member that goes is answered so that a client still there joins again. */
export function removeMember(
  group: Group,
  member: Member,
  reason: string,
  context: DecisionContext,
): Effect[] {
  const effects = dropMember(group, member);
  if (group.state === 'PreparingRebalance') {
    return [...effects, ...maybeCompleteJoin(group, context)];
  }
  return [...effects, ...maybePrepareRebalance(group, reason, context)];
}

export function removePendingMember(
  group: Group,
  memberId: string,
  context: DecisionContext,
): Effect[] {
  group.remove(memberId);
  return [cancelTimer(`member:${memberId}`), ...maybeCompleteJoin(group, context)];
}

/** A client that sends a second JoinGroup has given up the first: that one is told to try again. */
export function parkJoin(group: Group, member: Member, ticket: Ticket): Effect[] {
  const previous = group.park(member, ticket);
  assert(previous !== ticket, `ticket ${String(ticket)} is parked twice`);
  return previous === undefined ? [] : [refuseJoin(previous, 'REBALANCE_IN_PROGRESS', member.id)];
}

/** Forgets `member` without asking what that means for the group. */
export function dropMember(group: Group, member: Member): Effect[] {
  const effects: Effect[] = [cancelTimer(`member:${member.id}`)];
  const joinTicket = group.park(member, undefined);
  if (joinTicket !== undefined) effects.push(refuseJoin(joinTicket, 'UNKNOWN_MEMBER_ID', ''));
  if (member.syncTicket !== undefined) {
    effects.push(refuseSync(member.syncTicket, 'UNKNOWN_MEMBER_ID'));
    member.syncTicket = undefined;
  }
  group.remove(member.id);
  return effects;
}

/** Answers all parked SyncGroup requests with `error` and forgets the assignments. */
export function failSyncs(group: Group, error: ErrorName): Effect[] {
  const effects: Effect[] = [];
  for (const member of group.members.values()) {
    member.assignment = NO_BYTES;
    if (member.syncTicket === undefined) continue;
    effects.push(refuseSync(member.syncTicket, error), restartSession(member));
    member.syncTicket = undefined;
  }
  return effects;
}

function startInitialDelay(group: Group, context: DecisionContext): Effect {
  const delayMs = context.initialRebalanceDelayMs;
  group.initialDelay = { delayMs, remainingMs: Math.max(group.rebalanceTimeoutMs - delayMs, 0) };
  return startTimer('rebalance', delayMs);
}

function completeJoin(group: Group, context: DecisionContext): Effect[] {
  const effects = dropAbsentDynamicMembers(group);
  if (group.size > 0 && !electJoinedLeader(group)) {
    // Only static members are left and none came: wait for them, or for their sessions to expire.
    const message = 'no member joined before the rebalance time-out, waiting again';
    return [...effects, warn(message), startTimer('rebalance', group.rebalanceTimeoutMs)];
  }
  group.startNextGeneration(context.nowMs);
  const generation = `generation ${String(group.generation)}`;
  if (group.state === 'Empty') {
    const snapshot = snapshotOf(group, () => NO_BYTES);
    const store: Effect = { kind: 'store', snapshot, stored: { kind: 'emptied' } };
    return [...effects, info(`${generation} is empty`), store];
  }
  const members = `${String(group.size)} members`;
  return [...effects, info(`${generation} has ${members}`), ...answerJoins(group)];
}

function dropAbsentDynamicMembers(group: Group): Effect[] {
  const absent = [...group.members.values()].filter((each) => !each.isAwaitingJoin);
  return absent
    .filter((each) => !each.isStatic)
    .flatMap((member) => [
      info(`removed ${member.id}, which did not join again in time`),
      ...dropMember(group, member),
    ]);
}

/** Makes sure that a member that joined leads; `false` if none did. */
function electJoinedLeader(group: Group): boolean {
  if (group.leaderId !== undefined && group.member(group.leaderId).isAwaitingJoin) return true;
  for (const member of group.members.values()) {
    if (!member.isAwaitingJoin) continue;
    group.leaderId = member.id;
    return true;
  }
  return false;
}

function answerJoins(group: Group): Effect[] {
  const effects: Effect[] = [];
  for (const member of group.members.values()) {
    const ticket = group.park(member, undefined);
    if (ticket !== undefined) {
      const withMembers = group.isLeader(member.id);
      effects.push(acceptJoin(group, member.id, ticket, { withMembers }));
    }
    effects.push(restartSession(member));
    member.isNew = false;
    group.expectSync(member.id);
  }
  effects.push(startTimer('sync', group.rebalanceTimeoutMs));
  return effects;
}

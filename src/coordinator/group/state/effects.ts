/**
 * What a decision about a group asks of the shell, in order: answers to parked requests, timers, and
 * a group record to store. A decision changes the group's memory at once; whatever must be durable
 * first (a new assignment, a static member's new id) is applied by `onStored`, after the write.
 */

import type { ErrorName } from '../../../protocol/errors';
import { NO_BYTES } from './member';
import type { Member, MemberUpdate, Ticket } from './member';
import type { Group } from './group';
import type { GroupSnapshot } from './snapshot';

/** `rebalance` ends the join phase, `sync` the wait for SyncGroup, `member:<id>` a session or an unused member id. */
export type TimerKey = 'rebalance' | 'sync' | `member:${string}`;

/** The moment of a decision and the settings it obeys. */
export interface DecisionContext {
  readonly nowMs: number;
  /** `group.initial.rebalance.delay.ms` */
  readonly initialRebalanceDelayMs: number;
  /** `group.max.size` */
  readonly maxSize: number;
}

export interface JoinedMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly metadata: Uint8Array;
}

export interface JoinResult {
  readonly error: ErrorName;
  readonly memberId: string;
  readonly generation: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leaderId: string;
  /** The leader must not assign: the stored assignment stands (v9, KIP-814). */
  readonly skipAssignment: boolean;
  /** All members, for the leader only. */
  readonly members: readonly JoinedMember[];
}

export interface SyncResult {
  readonly error: ErrorName;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly assignment: Uint8Array;
}

/** What to do once a group record is committed, or its write has failed. */
export type Stored =
  | {
      readonly kind: 'assignment';
      readonly generation: number;
      readonly assignments: ReadonlyMap<string, Uint8Array>;
    }
  | {
      readonly kind: 'static-join';
      readonly member: Member;
      readonly ticket: Ticket;
      readonly generation: number;
      readonly oldMemberId: string;
      readonly oldProfile: MemberUpdate;
      /** The leader before the change, told to clients that cannot skip the assignment. */
      readonly oldLeaderId: string;
      readonly canSkipAssignment: boolean;
    }
  | { readonly kind: 'emptied' };

export type Effect =
  | { readonly kind: 'answer-join'; readonly ticket: Ticket; readonly result: JoinResult }
  | { readonly kind: 'answer-sync'; readonly ticket: Ticket; readonly result: SyncResult }
  | { readonly kind: 'start-timer'; readonly timer: TimerKey; readonly delayMs: number }
  | { readonly kind: 'cancel-timer'; readonly timer: TimerKey }
  | { readonly kind: 'store'; readonly snapshot: GroupSnapshot; readonly stored: Stored }
  | { readonly kind: 'note'; readonly level: 'info' | 'warn'; readonly message: string };

export function refuseJoin(ticket: Ticket, error: ErrorName, memberId: string): Effect {
  const result: JoinResult = {
    error,
    memberId,
    generation: -1,
    protocolType: null,
    protocolName: null,
    leaderId: '',
    skipAssignment: false,
    members: [],
  };
  return { kind: 'answer-join', ticket, result };
}

/** Tells a member the current generation. `members` only if it is to compute the assignment. */
export function acceptJoin(
  group: Group,
  memberId: string,
  ticket: Ticket,
  options: { withMembers: boolean; leaderId?: string; skipAssignment?: boolean },
): Effect {
  const result: JoinResult = {
    error: 'NONE',
    memberId,
    generation: group.generation,
    protocolType: group.protocolType ?? null,
    protocolName: group.protocolName ?? null,
    leaderId: options.leaderId ?? group.leaderId ?? '',
    skipAssignment: options.skipAssignment ?? false,
    members: options.withMembers ? joinedMembers(group) : [],
  };
  return { kind: 'answer-join', ticket, result };
}

export function refuseSync(ticket: Ticket, error: ErrorName): Effect {
  const result = { error, protocolType: null, protocolName: null, assignment: NO_BYTES };
  return { kind: 'answer-sync', ticket, result };
}

export function acceptSync(group: Group, member: Member, ticket: Ticket): Effect {
  const result: SyncResult = {
    error: 'NONE',
    protocolType: group.protocolType ?? null,
    protocolName: group.protocolName ?? null,
    assignment: member.assignment,
  };
  return { kind: 'answer-sync', ticket, result };
}

export function startTimer(timer: TimerKey, delayMs: number): Effect {
  return { kind: 'start-timer', timer, delayMs };
}

export function cancelTimer(timer: TimerKey): Effect {
  return { kind: 'cancel-timer', timer };
}

export function info(message: string): Effect {
  return { kind: 'note', level: 'info', message };
}

export function warn(message: string): Effect {
  return { kind: 'note', level: 'warn', message };
}

/** Any sign of life: the session starts anew. */
export function restartSession(member: Member): Effect {
  return startTimer(`member:${member.id}`, member.sessionTimeoutMs);
}

function joinedMembers(group: Group): JoinedMember[] {
  return [...group.members.values()].map((member) => ({
    memberId: member.id,
    instanceId: member.instanceId,
    metadata: member.metadataFor(group.protocolName),
  }));
}

/** JoinGroup, SyncGroup and LeaveGroup between their wire form and the state machine's. */

import { errorCode } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import type { JoinGroupRequest, JoinGroupResponse } from '../../protocol/messages/11-join-group';
import type { LeaveGroupRequest, LeaveGroupResponse } from '../../protocol/messages/13-leave-group';
import type { SyncGroupRequest, SyncGroupResponse } from '../../protocol/messages/14-sync-group';
import type { InputOf } from '../../protocol/schema';
import type { RequestContext } from './environment';
import { asBuffer } from './records';
import type { JoinResult, SyncResult } from './state/effects';
import type { JoinRequest } from './state/join-request';
import type { LeavingMember } from './state/liveness';
import { NO_BYTES } from './state/member';
import type { SyncRequest } from './state/sync';
import { isStorable } from './storable';

export type JoinResponse = InputOf<typeof JoinGroupResponse>;
export type SyncResponse = InputOf<typeof SyncGroupResponse>;
export type LeaveResponse = InputOf<typeof LeaveGroupResponse>;

export function joinRequestOf(
  context: RequestContext,
  request: JoinGroupRequest,
  newMemberId: (prefix: string) => string,
): JoinRequest {
  const instanceId = request.groupInstanceId;
  const clientId = context.clientId;
  return {
    memberId: request.memberId,
    newMemberId: request.memberId === '' ? newMemberId(instanceId ?? clientId) : '',
    instanceId,
    clientId,
    clientHost: context.clientHost,
    sessionTimeoutMs: request.sessionTimeoutMs,
    // Version 0 has one time-out for both.
    rebalanceTimeoutMs:
      context.apiVersion === 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
    protocolType: request.protocolType,
    protocols: request.protocols,
    reason: request.reason,
    requiresKnownMemberId: context.apiVersion >= 4 && instanceId === null,
    canSkipAssignment: context.apiVersion >= 9,
  };
}

/** Whether all that a group record holds of the member fits into it. */
export function isStorableJoin(request: JoinGroupRequest): boolean {
  const names = request.protocols.map((protocol) => protocol.name);
  return [request.groupInstanceId ?? '', request.protocolType, ...names].every(isStorable);
}

export function joinResponseOf(result: JoinResult, version: number): JoinResponse {
  return {
    errorCode: errorCode(result.error),
    generationId: result.generation,
    protocolType: result.protocolType,
    // "No protocol" was the empty string before v7.
    protocolName: result.protocolName ?? (version < 7 ? '' : null),
    leader: result.leaderId,
    skipAssignment: result.skipAssignment,
    memberId: result.memberId,
    members: result.members.map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.instanceId,
      metadata: asBuffer(member.metadata),
    })),
  };
}

export function joinRefusal(error: ErrorName, memberId: string, version: number): JoinResponse {
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
  return joinResponseOf(result, version);
}

export function syncRequestOf(request: SyncGroupRequest): SyncRequest {
  return {
    memberId: request.memberId,
    instanceId: request.groupInstanceId,
    generation: request.generationId,
    protocolType: request.protocolType,
    protocolName: request.protocolName,
    assignments: new Map(request.assignments.map((each) => [each.memberId, each.assignment])),
  };
}

export function syncResponseOf(result: SyncResult): SyncResponse {
  return {
    errorCode: errorCode(result.error),
    protocolType: result.protocolType,
    protocolName: result.protocolName,
    assignment: asBuffer(result.assignment),
  };
}

export function syncRefusal(error: ErrorName): SyncResponse {
  return syncResponseOf({ error, protocolType: null, protocolName: null, assignment: NO_BYTES });
}

/** Before v3 one member leaves, by its id. */
export function leavingMembersOf(request: LeaveGroupRequest, version: number): LeavingMember[] {
  if (version < 3) return [{ memberId: request.memberId, instanceId: null, reason: null }];
  return request.members.map((member) => ({
    memberId: member.memberId,
    instanceId: member.groupInstanceId,
    reason: member.reason,
  }));
}

/** Before v3 the one member's error is the answer's. */
export function leaveResponseOf(
  members: readonly (readonly [LeavingMember, ErrorName])[],
  version: number,
): LeaveResponse {
  if (version < 3) return { errorCode: errorCode(members[0]?.[1] ?? 'NONE') };
  return {
    errorCode: errorCode('NONE'),
    members: members.map(([{ memberId, instanceId }, error]) => ({
      memberId,
      groupInstanceId: instanceId,
      errorCode: errorCode(error),
    })),
  };
}

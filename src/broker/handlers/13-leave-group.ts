/**
 * LeaveGroup (13): v0–5. Members leave a classic group; the group coordinator decides.
 * Versions: v3 several members, by instance id too (KIP-345) · v4 flexible · v5 reason (KIP-800).
 */
import { LeaveGroupRequest, LeaveGroupResponse } from '../../protocol/messages/13-leave-group';
import { defineHandler } from '../handler';

export const leaveGroup = defineHandler({
  request: LeaveGroupRequest,
  response: LeaveGroupResponse,
  versions: [0, 5],
  handle: (context, request) => context.broker.groups.leaveGroup(context, request),
});

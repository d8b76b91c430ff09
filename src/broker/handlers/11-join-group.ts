/**
 * JoinGroup (11): v0–9. Enters a classic group, or stays in it at a rebalance; the group coordinator decides.
 * Versions: v1 rebalance time-out · v4 member id round trip (KIP-394) · v5 instance id (KIP-345) ·
 * v6 flexible · v8 reason (KIP-800) · v9 skipAssignment (KIP-814).
 */
import { JoinGroupRequest, JoinGroupResponse } from '../../protocol/messages/11-join-group';
import { defineHandler } from '../handler';

export const joinGroup = defineHandler({
  request: JoinGroupRequest,
  response: JoinGroupResponse,
  versions: [0, 9],
  handle: (context, request) => context.broker.groups.joinGroup(context, request),
});

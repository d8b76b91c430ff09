/**
 * Heartbeat (12): v0–4. Keeps a classic group member's session alive; the group coordinator decides.
 * Versions: v1 throttleTimeMs · v3 groupInstanceId (KIP-345) · v4 flexible.
 */
import { HeartbeatRequest, HeartbeatResponse } from '../../protocol/messages/12-heartbeat';
import { defineHandler } from '../handler';

export const heartbeat = defineHandler({
  request: HeartbeatRequest,
  response: HeartbeatResponse,
  versions: [0, 4],
  handle: (context, request) => context.broker.groups.heartbeat(context, request),
});

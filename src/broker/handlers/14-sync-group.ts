/**
 * SyncGroup (14): v0–5. The leader hands in the assignment, every member receives its part.
 * Versions: v3 groupInstanceId (KIP-345) · v4 flexible · v5 protocol type and name (KIP-559).
 */
import { SyncGroupRequest, SyncGroupResponse } from '../../protocol/messages/14-sync-group';
import { defineHandler } from '../handler';

export const syncGroup = defineHandler({
  request: SyncGroupRequest,
  response: SyncGroupResponse,
  versions: [0, 5],
  handle: (context, request) => context.broker.groups.syncGroup(context, request),
});

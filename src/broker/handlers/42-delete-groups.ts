/**
 * DeleteGroups (42): v0–2. Removes empty groups with their offsets (KIP-229).
 * Versions: v2 flexible.
 */
import {
  DeleteGroupsRequest,
  DeleteGroupsResponse,
} from '../../protocol/messages/42-delete-groups';
import { defineHandler } from '../handler';

export const deleteGroups = defineHandler({
  request: DeleteGroupsRequest,
  response: DeleteGroupsResponse,
  versions: [0, 2],
  handle: (context, request) => context.broker.groups.deleteGroups(context, request),
});

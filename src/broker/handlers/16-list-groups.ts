/**
 * ListGroups (16): v0–5. The groups that this broker coordinates.
 * Versions: v3 flexible · v4 filter by state (KIP-518) · v5 filter by type (KIP-848).
 */
import { ListGroupsRequest, ListGroupsResponse } from '../../protocol/messages/16-list-groups';
import { defineHandler } from '../handler';

export const listGroups = defineHandler({
  request: ListGroupsRequest,
  response: ListGroupsResponse,
  versions: [0, 5],
  handle: (context, request) => context.broker.groups.listGroups(context, request),
});

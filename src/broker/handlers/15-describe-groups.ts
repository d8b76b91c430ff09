/**
 * DescribeGroups (15): v0–5. State and members of groups, on their coordinator.
 * Versions: v3 authorized operations (KIP-430) · v4 groupInstanceId · v5 flexible.
 */
import {
  DescribeGroupsRequest,
  DescribeGroupsResponse,
} from '../../protocol/messages/15-describe-groups';
import { defineHandler } from '../handler';

export const describeGroups = defineHandler({
  request: DescribeGroupsRequest,
  response: DescribeGroupsResponse,
  versions: [0, 5],
  handle: (context, request) => context.broker.groups.describeGroups(context, request),
});

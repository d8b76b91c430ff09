/**
 * DescribeGroups (15): v0–5. State and members of groups, on their coordinator.
 * Versions: v3 authorized operations (KIP-430) · v4 groupInstanceId · v5 flexible.
 */
import { errorCode } from '../../protocol/errors';
import {
  DescribeGroupsRequest,
  DescribeGroupsResponse,
} from '../../protocol/messages/15-describe-groups';
import { ALL_GROUP_OPERATIONS, NOT_REQUESTED } from '../authorized-operations';
import { defineHandler } from '../handler';

const NO_ERROR = errorCode('NONE');

export const describeGroups = defineHandler({
  request: DescribeGroupsRequest,
  response: DescribeGroupsResponse,
  versions: [0, 5],
  handle: (context, request) => {
    const response = context.broker.groups.describeGroups(context, request);
    if (!request.includeAuthorizedOperations) return response;
    const groups = response.groups.map((group) => ({
      ...group,
      authorizedOperations: group.errorCode === NO_ERROR ? ALL_GROUP_OPERATIONS : NOT_REQUESTED,
    }));
    return { ...response, groups };
  },
});

/**
 * DescribeGroups (15), versions 0 to 5. Describes groups, on their coordinator.
 * Since v1 throttleTimeMs · v3 includeAuthorizedOperations, authorizedOperations (KIP-430) · v4
 * groupInstanceId (KIP-345) · v5 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const DescribeGroupsRequest = {
  apiKey: 15,
  versions: [0, 5],
  flexibleSince: 5,
  fields: {
    groups: { type: 'array', of: 'string' },
    includeAuthorizedOperations: { type: 'bool', since: 3 },
  },
} as const satisfies MessageSpec;
export type DescribeGroupsRequest = TypeOf<typeof DescribeGroupsRequest>;

export const DescribeGroupsResponse = {
  apiKey: 15,
  versions: [0, 5],
  flexibleSince: 5,
  fields: {
    throttleTimeMs: { type: 'int32', since: 1, ignorable: true },
    groups: {
      type: 'array',
      of: {
        errorCode: { type: 'int16' },
        groupId: { type: 'string' },
        groupState: { type: 'string' },
        protocolType: { type: 'string' },
        protocolData: { type: 'string' },
        members: {
          type: 'array',
          of: {
            memberId: { type: 'string' },
            groupInstanceId: {
              type: 'string',
              since: 4,
              nullable: true,
              default: null,
              ignorable: true,
            },
            clientId: { type: 'string' },
            clientHost: { type: 'string' },
            memberMetadata: { type: 'bytes' },
            memberAssignment: { type: 'bytes' },
          },
        },
        authorizedOperations: { type: 'int32', since: 3, default: -2147483648 },
      },
    },
  },
} as const satisfies MessageSpec;
export type DescribeGroupsResponse = TypeOf<typeof DescribeGroupsResponse>;

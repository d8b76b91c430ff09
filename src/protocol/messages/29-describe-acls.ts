/**
 * DescribeAcls (29), versions 0 to 3. Lists the ACLs that match a filter.
 * Since v1 patternTypeFilter, patternType (KIP-290) · v2 flexible · v3 resource type USER
 * (KIP-373).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const DescribeAclsRequest = {
  apiKey: 29,
  versions: [0, 3],
  flexibleSince: 2,
  fields: {
    resourceTypeFilter: { type: 'int8' },
    resourceNameFilter: { type: 'string', nullable: true },
    patternTypeFilter: { type: 'int8', since: 1, default: 3 },
    principalFilter: { type: 'string', nullable: true },
    hostFilter: { type: 'string', nullable: true },
    operation: { type: 'int8' },
    permissionType: { type: 'int8' },
  },
} as const satisfies MessageSpec;
export type DescribeAclsRequest = TypeOf<typeof DescribeAclsRequest>;

export const DescribeAclsResponse = {
  apiKey: 29,
  versions: [0, 3],
  flexibleSince: 2,
  fields: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: true },
    resources: {
      type: 'array',
      of: {
        resourceType: { type: 'int8' },
        resourceName: { type: 'string' },
        patternType: { type: 'int8', since: 1, default: 3 },
        acls: {
          type: 'array',
          of: {
            principal: { type: 'string' },
            host: { type: 'string' },
            operation: { type: 'int8' },
            permissionType: { type: 'int8' },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type DescribeAclsResponse = TypeOf<typeof DescribeAclsResponse>;

/**
 * DeleteAcls (31), versions 0 to 3. Removes the ACLs that match filters.
 * Since v1 patternTypeFilter, patternType (KIP-290) · v2 flexible · v3 resource type USER
 * (KIP-373).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const DeleteAclsRequest = {
  apiKey: 31,
  versions: [0, 3],
  flexibleSince: 2,
  fields: {
    filters: {
      type: 'array',
      of: {
        resourceTypeFilter: { type: 'int8' },
        resourceNameFilter: { type: 'string', nullable: true },
        patternTypeFilter: { type: 'int8', since: 1, default: 3 },
        principalFilter: { type: 'string', nullable: true },
        hostFilter: { type: 'string', nullable: true },
        operation: { type: 'int8' },
        permissionType: { type: 'int8' },
      },
    },
  },
} as const satisfies MessageSpec;
export type DeleteAclsRequest = TypeOf<typeof DeleteAclsRequest>;

export const DeleteAclsResponse = {
  apiKey: 31,
  versions: [0, 3],
  flexibleSince: 2,
  fields: {
    throttleTimeMs: { type: 'int32' },
    filterResults: {
      type: 'array',
      of: {
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: true },
        matchingAcls: {
          type: 'array',
          of: {
            errorCode: { type: 'int16' },
            errorMessage: { type: 'string', nullable: true },
            resourceType: { type: 'int8' },
            resourceName: { type: 'string' },
            patternType: { type: 'int8', since: 1, default: 3 },
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
export type DeleteAclsResponse = TypeOf<typeof DeleteAclsResponse>;

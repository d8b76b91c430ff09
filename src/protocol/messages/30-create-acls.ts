/**
 * CreateAcls (30), versions 0 to 3. Adds ACLs.
 * Since v1 resourcePatternType (KIP-290) · v2 flexible · v3 resource type USER (KIP-373).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const CreateAclsRequest = {
  apiKey: 30,
  versions: [0, 3],
  flexibleSince: 2,
  fields: {
    creations: {
      type: 'array',
      of: {
        resourceType: { type: 'int8' },
        resourceName: { type: 'string' },
        resourcePatternType: { type: 'int8', since: 1, default: 3 },
        principal: { type: 'string' },
        host: { type: 'string' },
        operation: { type: 'int8' },
        permissionType: { type: 'int8' },
      },
    },
  },
} as const satisfies MessageSpec;
export type CreateAclsRequest = TypeOf<typeof CreateAclsRequest>;

export const CreateAclsResponse = {
  apiKey: 30,
  versions: [0, 3],
  flexibleSince: 2,
  fields: {
    throttleTimeMs: { type: 'int32' },
    results: {
      type: 'array',
      of: {
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: true },
      },
    },
  },
} as const satisfies MessageSpec;
export type CreateAclsResponse = TypeOf<typeof CreateAclsResponse>;

/**
 * DeleteGroups (42), versions 0 to 2. Deletes empty groups.
 * Since v2 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const DeleteGroupsRequest = {
  apiKey: 42,
  versions: [0, 2],
  flexibleSince: 2,
  fields: {
    groupsNames: { type: 'array', of: 'string' },
  },
} as const satisfies MessageSpec;
export type DeleteGroupsRequest = TypeOf<typeof DeleteGroupsRequest>;

export const DeleteGroupsResponse = {
  apiKey: 42,
  versions: [0, 2],
  flexibleSince: 2,
  fields: {
    throttleTimeMs: { type: 'int32' },
    results: {
      type: 'array',
      of: {
        groupId: { type: 'string' },
        errorCode: { type: 'int16' },
      },
    },
  },
} as const satisfies MessageSpec;
export type DeleteGroupsResponse = TypeOf<typeof DeleteGroupsResponse>;

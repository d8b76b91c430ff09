/**
 * ListGroups (16), versions 0 to 5. Lists the groups of this coordinator.
 * Since v1 throttleTimeMs · v3 flexible · v4 statesFilter, groupState (KIP-518) · v5 typesFilter,
 * groupType (KIP-848).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const ListGroupsRequest = {
  apiKey: 16,
  versions: [0, 5],
  flexibleSince: 3,
  fields: {
    statesFilter: { type: 'array', of: 'string', since: 4 },
    typesFilter: { type: 'array', of: 'string', since: 5 },
  },
} as const satisfies MessageSpec;
export type ListGroupsRequest = TypeOf<typeof ListGroupsRequest>;

export const ListGroupsResponse = {
  apiKey: 16,
  versions: [0, 5],
  flexibleSince: 3,
  fields: {
    throttleTimeMs: { type: 'int32', since: 1, ignorable: true },
    errorCode: { type: 'int16' },
    groups: {
      type: 'array',
      of: {
        groupId: { type: 'string' },
        protocolType: { type: 'string' },
        groupState: { type: 'string', since: 4, ignorable: true },
        groupType: { type: 'string', since: 5, ignorable: true },
      },
    },
  },
} as const satisfies MessageSpec;
export type ListGroupsResponse = TypeOf<typeof ListGroupsResponse>;

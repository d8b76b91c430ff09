/**
 * SyncGroup (14), versions 0 to 5. Distributes the assignment that the leader of a classic group
 * made.
 * Since v1 throttleTimeMs · v3 groupInstanceId (KIP-345) · v4 flexible · v5 protocolType,
 * protocolName (KIP-559).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const SyncGroupRequest = {
  apiKey: 14,
  versions: [0, 5],
  flexibleSince: 4,
  fields: {
    groupId: { type: 'string' },
    generationId: { type: 'int32' },
    memberId: { type: 'string' },
    groupInstanceId: { type: 'string', since: 3, nullable: true, default: null },
    protocolType: { type: 'string', since: 5, nullable: true, default: null, ignorable: true },
    protocolName: { type: 'string', since: 5, nullable: true, default: null, ignorable: true },
    assignments: {
      type: 'array',
      of: {
        memberId: { type: 'string' },
        assignment: { type: 'bytes' },
      },
    },
  },
} as const satisfies MessageSpec;
export type SyncGroupRequest = TypeOf<typeof SyncGroupRequest>;

export const SyncGroupResponse = {
  apiKey: 14,
  versions: [0, 5],
  flexibleSince: 4,
  fields: {
    throttleTimeMs: { type: 'int32', since: 1, ignorable: true },
    errorCode: { type: 'int16' },
    protocolType: { type: 'string', since: 5, nullable: true, default: null, ignorable: true },
    protocolName: { type: 'string', since: 5, nullable: true, default: null, ignorable: true },
    assignment: { type: 'bytes' },
  },
} as const satisfies MessageSpec;
export type SyncGroupResponse = TypeOf<typeof SyncGroupResponse>;

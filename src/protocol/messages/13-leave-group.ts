/**
 * LeaveGroup (13), versions 0 to 5. Leaves a classic group.
 * Since v1 throttleTimeMs · v3 members, several members (KIP-345) · v4 flexible · v5 reason
 * (KIP-800).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const LeaveGroupRequest = {
  apiKey: 13,
  versions: [0, 5],
  flexibleSince: 4,
  fields: {
    groupId: { type: 'string' },
    memberId: { type: 'string', until: 2 },
    members: {
      type: 'array',
      since: 3,
      of: {
        memberId: { type: 'string' },
        groupInstanceId: { type: 'string', nullable: true, default: null },
        reason: { type: 'string', since: 5, nullable: true, default: null, ignorable: true },
      },
    },
  },
} as const satisfies MessageSpec;
export type LeaveGroupRequest = TypeOf<typeof LeaveGroupRequest>;

export const LeaveGroupResponse = {
  apiKey: 13,
  versions: [0, 5],
  flexibleSince: 4,
  fields: {
    throttleTimeMs: { type: 'int32', since: 1, ignorable: true },
    errorCode: { type: 'int16' },
    members: {
      type: 'array',
      since: 3,
      of: {
        memberId: { type: 'string' },
        groupInstanceId: { type: 'string', nullable: true },
        errorCode: { type: 'int16' },
      },
    },
  },
} as const satisfies MessageSpec;
export type LeaveGroupResponse = TypeOf<typeof LeaveGroupResponse>;

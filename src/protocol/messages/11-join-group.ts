/**
 * JoinGroup (11), versions 0 to 9. Joins a classic group; answered when the rebalance completes.
 * Since v1 rebalanceTimeoutMs · v2 throttleTimeMs · v4 MEMBER_ID_REQUIRED makes new members join
 * twice (KIP-394) · v5 groupInstanceId (KIP-345) · v6 flexible · v7 protocolType (KIP-559) · v8
 * reason (KIP-800) · v9 skipAssignment (KIP-814).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const JoinGroupRequest = {
  apiKey: 11,
  versions: [0, 9],
  flexibleSince: 6,
  fields: {
    groupId: { type: 'string' },
    sessionTimeoutMs: { type: 'int32' },
    rebalanceTimeoutMs: { type: 'int32', since: 1, default: -1, ignorable: true },
    memberId: { type: 'string' },
    groupInstanceId: { type: 'string', since: 5, nullable: true, default: null },
    protocolType: { type: 'string' },
    protocols: {
      type: 'array',
      of: {
        name: { type: 'string' },
        metadata: { type: 'bytes' },
      },
    },
    reason: { type: 'string', since: 8, nullable: true, default: null, ignorable: true },
  },
} as const satisfies MessageSpec;
export type JoinGroupRequest = TypeOf<typeof JoinGroupRequest>;

export const JoinGroupResponse = {
  apiKey: 11,
  versions: [0, 9],
  flexibleSince: 6,
  fields: {
    throttleTimeMs: { type: 'int32', since: 2, ignorable: true },
    errorCode: { type: 'int16' },
    generationId: { type: 'int32', default: -1 },
    protocolType: { type: 'string', since: 7, nullable: true, default: null, ignorable: true },
    protocolName: { type: 'string', nullable: { since: 7 } },
    leader: { type: 'string' },
    skipAssignment: { type: 'bool', since: 9, default: false },
    memberId: { type: 'string' },
    members: {
      type: 'array',
      of: {
        memberId: { type: 'string' },
        groupInstanceId: {
          type: 'string',
          since: 5,
          nullable: true,
          default: null,
          ignorable: true,
        },
        metadata: { type: 'bytes' },
      },
    },
  },
} as const satisfies MessageSpec;
export type JoinGroupResponse = TypeOf<typeof JoinGroupResponse>;

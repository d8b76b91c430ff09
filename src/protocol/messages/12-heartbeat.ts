/**
 * Heartbeat (12), versions 0 to 4. Keeps a classic-group member's session alive.
 * Since v1 throttleTimeMs · v3 groupInstanceId (KIP-345) · v4 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const HeartbeatRequest = {
  apiKey: 12,
  versions: [0, 4],
  flexibleSince: 4,
  fields: {
    groupId: { type: 'string' },
    generationId: { type: 'int32' },
    memberId: { type: 'string' },
    groupInstanceId: { type: 'string', since: 3, nullable: true, default: null },
  },
} as const satisfies MessageSpec;
export type HeartbeatRequest = TypeOf<typeof HeartbeatRequest>;

export const HeartbeatResponse = {
  apiKey: 12,
  versions: [0, 4],
  flexibleSince: 4,
  fields: {
    throttleTimeMs: { type: 'int32', since: 1, ignorable: true },
    errorCode: { type: 'int16' },
  },
} as const satisfies MessageSpec;
export type HeartbeatResponse = TypeOf<typeof HeartbeatResponse>;

/**
 * FindCoordinator (10), versions 0 to 6. Finds the broker that coordinates a group or a
 * transactional id.
 * Since v1 keyType, throttleTimeMs, errorMessage · v3 flexible · v4 coordinatorKeys, coordinators,
 * several keys (KIP-699) · v5 TRANSACTION_ABORTABLE (KIP-890) · v6 share groups (KIP-932).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const FindCoordinatorRequest = {
  apiKey: 10,
  versions: [0, 6],
  flexibleSince: 3,
  fields: {
    key: { type: 'string', until: 3 },
    keyType: { type: 'int8', since: 1, default: 0 },
    coordinatorKeys: { type: 'array', of: 'string', since: 4 },
  },
} as const satisfies MessageSpec;
export type FindCoordinatorRequest = TypeOf<typeof FindCoordinatorRequest>;

export const FindCoordinatorResponse = {
  apiKey: 10,
  versions: [0, 6],
  flexibleSince: 3,
  fields: {
    throttleTimeMs: { type: 'int32', since: 1, ignorable: true },
    errorCode: { type: 'int16', until: 3 },
    errorMessage: { type: 'string', since: 1, until: 3, nullable: true, ignorable: true },
    nodeId: { type: 'int32', until: 3 },
    host: { type: 'string', until: 3 },
    port: { type: 'int32', until: 3 },
    coordinators: {
      type: 'array',
      since: 4,
      of: {
        key: { type: 'string' },
        nodeId: { type: 'int32' },
        host: { type: 'string' },
        port: { type: 'int32' },
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: true, ignorable: true },
      },
    },
  },
} as const satisfies MessageSpec;
export type FindCoordinatorResponse = TypeOf<typeof FindCoordinatorResponse>;

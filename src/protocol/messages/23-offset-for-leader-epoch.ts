/**
 * OffsetForLeaderEpoch (23), versions 0 to 4. The end offset of a leader epoch; on the leader.
 * Since v1 leaderEpoch · v2 currentLeaderEpoch, throttleTimeMs, fencing (KIP-320) · v3 replicaId,
 * default -2, a debugging consumer · v4 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const OffsetForLeaderEpochRequest = {
  apiKey: 23,
  versions: [0, 4],
  flexibleSince: 4,
  fields: {
    replicaId: { type: 'int32', since: 3, default: -2, ignorable: true },
    topics: {
      type: 'array',
      of: {
        topic: { type: 'string' },
        partitions: {
          type: 'array',
          of: {
            partition: { type: 'int32' },
            currentLeaderEpoch: { type: 'int32', since: 2, default: -1, ignorable: true },
            leaderEpoch: { type: 'int32' },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type OffsetForLeaderEpochRequest = TypeOf<typeof OffsetForLeaderEpochRequest>;

export const OffsetForLeaderEpochResponse = {
  apiKey: 23,
  versions: [0, 4],
  flexibleSince: 4,
  fields: {
    throttleTimeMs: { type: 'int32', since: 2, ignorable: true },
    topics: {
      type: 'array',
      of: {
        topic: { type: 'string' },
        partitions: {
          type: 'array',
          of: {
            errorCode: { type: 'int16' },
            partition: { type: 'int32' },
            leaderEpoch: { type: 'int32', since: 1, default: -1, ignorable: true },
            endOffset: { type: 'int64', default: -1 },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type OffsetForLeaderEpochResponse = TypeOf<typeof OffsetForLeaderEpochResponse>;

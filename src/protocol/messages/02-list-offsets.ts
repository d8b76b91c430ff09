/**
 * ListOffsets (2), versions 0 to 9. Finds offsets by time, with negative times for the ends of the
 * log.
 * Since v1 timestamp, offset, one offset a partition · v2 isolationLevel, throttleTimeMs · v4
 * currentLeaderEpoch, leaderEpoch · v5 OFFSET_NOT_AVAILABLE · v6 flexible · v7 time -3, largest
 * timestamp (KIP-734) · v8 time -4, earliest local (KIP-405) · v9 time -5, last tiered (KIP-1005).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const ListOffsetsRequest = {
  apiKey: 2,
  versions: [0, 9],
  flexibleSince: 6,
  fields: {
    replicaId: { type: 'int32' },
    isolationLevel: { type: 'int8', since: 2 },
    topics: {
      type: 'array',
      of: {
        name: { type: 'string' },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            currentLeaderEpoch: { type: 'int32', since: 4, default: -1, ignorable: true },
            timestamp: { type: 'int64', saturated: true },
            maxNumOffsets: { type: 'int32', until: 0, default: 1 },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type ListOffsetsRequest = TypeOf<typeof ListOffsetsRequest>;

export const ListOffsetsResponse = {
  apiKey: 2,
  versions: [0, 9],
  flexibleSince: 6,
  fields: {
    throttleTimeMs: { type: 'int32', since: 2, ignorable: true },
    topics: {
      type: 'array',
      of: {
        name: { type: 'string' },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
            oldStyleOffsets: { type: 'array', of: 'int64', until: 0 },
            timestamp: { type: 'int64', since: 1, default: -1 },
            offset: { type: 'int64', since: 1, default: -1 },
            leaderEpoch: { type: 'int32', since: 4, default: -1 },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type ListOffsetsResponse = TypeOf<typeof ListOffsetsResponse>;

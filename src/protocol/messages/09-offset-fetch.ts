/**
 * OffsetFetch (9), versions 0 to 9. Reads committed offsets. Version 0 reads them from ZooKeeper.
 * Since v1 read from __consumer_offsets · v2 errorCode, null asks for all topics · v3
 * throttleTimeMs · v5 committedLeaderEpoch · v6 flexible · v7 requireStable · v8 groups, several
 * groups (KIP-709) · v9 memberId, memberEpoch (KIP-848).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const OffsetFetchRequest = {
  apiKey: 9,
  versions: [0, 9],
  flexibleSince: 6,
  fields: {
    groupId: { type: 'string', until: 7 },
    topics: {
      type: 'array',
      until: 7,
      nullable: { since: 2 },
      of: {
        name: { type: 'string' },
        partitionIndexes: { type: 'array', of: 'int32' },
      },
    },
    groups: {
      type: 'array',
      since: 8,
      of: {
        groupId: { type: 'string' },
        memberId: { type: 'string', since: 9, nullable: true, default: null, ignorable: true },
        memberEpoch: { type: 'int32', since: 9, default: -1, ignorable: true },
        topics: {
          type: 'array',
          nullable: true,
          of: {
            name: { type: 'string' },
            partitionIndexes: { type: 'array', of: 'int32' },
          },
        },
      },
    },
    requireStable: { type: 'bool', since: 7, default: false },
  },
} as const satisfies MessageSpec;
export type OffsetFetchRequest = TypeOf<typeof OffsetFetchRequest>;

export const OffsetFetchResponse = {
  apiKey: 9,
  versions: [0, 9],
  flexibleSince: 6,
  fields: {
    throttleTimeMs: { type: 'int32', since: 3, ignorable: true },
    topics: {
      type: 'array',
      until: 7,
      of: {
        name: { type: 'string' },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            committedOffset: { type: 'int64' },
            committedLeaderEpoch: { type: 'int32', since: 5, default: -1, ignorable: true },
            metadata: { type: 'string', nullable: true },
            errorCode: { type: 'int16' },
          },
        },
      },
    },
    errorCode: { type: 'int16', since: 2, until: 7, default: 0, ignorable: true },
    groups: {
      type: 'array',
      since: 8,
      of: {
        groupId: { type: 'string' },
        topics: {
          type: 'array',
          of: {
            name: { type: 'string' },
            partitions: {
              type: 'array',
              of: {
                partitionIndex: { type: 'int32' },
                committedOffset: { type: 'int64' },
                committedLeaderEpoch: { type: 'int32', default: -1, ignorable: true },
                metadata: { type: 'string', nullable: true },
                errorCode: { type: 'int16' },
              },
            },
          },
        },
        errorCode: { type: 'int16', default: 0 },
      },
    },
  },
} as const satisfies MessageSpec;
export type OffsetFetchResponse = TypeOf<typeof OffsetFetchResponse>;

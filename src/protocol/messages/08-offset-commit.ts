/**
 * OffsetCommit (8), versions 0 to 9. Commits consumer offsets of a group. Version 0 stores them in
 * ZooKeeper.
 * Since v1 generationIdOrMemberEpoch, memberId, commitTimestamp, stored in __consumer_offsets · v2
 * retentionTimeMs · v3 throttleTimeMs · v6 committedLeaderEpoch · v7 groupInstanceId · v8 flexible
 * · v9 member epochs and GROUP_ID_NOT_FOUND (KIP-848).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const OffsetCommitRequest = {
  apiKey: 8,
  versions: [0, 9],
  flexibleSince: 8,
  fields: {
    groupId: { type: 'string' },
    generationIdOrMemberEpoch: { type: 'int32', since: 1, default: -1, ignorable: true },
    memberId: { type: 'string', since: 1, ignorable: true },
    groupInstanceId: { type: 'string', since: 7, nullable: true, default: null },
    retentionTimeMs: { type: 'int64', since: 2, until: 4, default: -1, ignorable: true },
    topics: {
      type: 'array',
      of: {
        name: { type: 'string' },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            committedOffset: { type: 'int64' },
            committedLeaderEpoch: { type: 'int32', since: 6, default: -1, ignorable: true },
            commitTimestamp: { type: 'int64', since: 1, until: 1, default: -1 },
            committedMetadata: { type: 'string', nullable: true },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type OffsetCommitRequest = TypeOf<typeof OffsetCommitRequest>;

export const OffsetCommitResponse = {
  apiKey: 8,
  versions: [0, 9],
  flexibleSince: 8,
  fields: {
    throttleTimeMs: { type: 'int32', since: 3, ignorable: true },
    topics: {
      type: 'array',
      of: {
        name: { type: 'string' },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type OffsetCommitResponse = TypeOf<typeof OffsetCommitResponse>;

/**
 * The keys and values of `__consumer_offsets`, in Kafka's formats (group-coordinator's
 * `OffsetCommitKey.json`, `OffsetCommitValue.json`, `GroupMetadataKey.json`, `GroupMetadataValue.json`).
 * On disk each is preceded by its version as INT16; a key's version also tells its kind.
 */

import type { MessageSpec } from '../../protocol/schema';

export const OffsetCommitKey = {
  versions: [0, 1],
  fields: {
    group: { type: 'string' },
    topic: { type: 'string' },
    partition: { type: 'int32' },
  },
} as const satisfies MessageSpec;

export const OffsetCommitValue = {
  versions: [0, 4],
  flexibleSince: 4,
  fields: {
    offset: { type: 'int64' },
    leaderEpoch: { type: 'int32', since: 3, default: -1, ignorable: true },
    metadata: { type: 'string' },
    commitTimestamp: { type: 'int64' },
    expireTimestamp: { type: 'int64', since: 1, until: 1, default: -1, ignorable: true },
  },
} as const satisfies MessageSpec;

export const GroupMetadataKey = {
  versions: [2, 2],
  fields: { group: { type: 'string' } },
} as const satisfies MessageSpec;

export const GroupMetadataValue = {
  versions: [0, 4],
  flexibleSince: 4,
  fields: {
    protocolType: { type: 'string' },
    generation: { type: 'int32' },
    protocol: { type: 'string', nullable: true },
    leader: { type: 'string', nullable: true },
    currentStateTimestamp: { type: 'int64', since: 2, default: -1, ignorable: true },
    members: {
      type: 'array',
      of: {
        memberId: { type: 'string' },
        groupInstanceId: {
          type: 'string',
          since: 3,
          nullable: true,
          default: null,
          ignorable: true,
        },
        clientId: { type: 'string' },
        clientHost: { type: 'string' },
        rebalanceTimeout: { type: 'int32', since: 1, default: -1, ignorable: true },
        sessionTimeout: { type: 'int32' },
        subscription: { type: 'bytes' },
        assignment: { type: 'bytes' },
      },
    },
  },
} as const satisfies MessageSpec;

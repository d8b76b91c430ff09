/**
 * TxnOffsetCommit (28), versions 0 to 4. Commits consumer offsets inside a transaction.
 * Since v2 committedLeaderEpoch · v3 generationId, memberId, groupInstanceId, fencing by group
 * metadata (KIP-447), flexible · v4 TRANSACTION_ABORTABLE (KIP-890).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const TxnOffsetCommitRequest = {
  apiKey: 28,
  versions: [0, 4],
  flexibleSince: 3,
  fields: {
    transactionalId: { type: 'string' },
    groupId: { type: 'string' },
    producerId: { type: 'int64' },
    producerEpoch: { type: 'int16' },
    generationId: { type: 'int32', since: 3, default: -1 },
    memberId: { type: 'string', since: 3, default: '' },
    groupInstanceId: { type: 'string', since: 3, nullable: true, default: null },
    topics: {
      type: 'array',
      of: {
        name: { type: 'string' },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            committedOffset: { type: 'int64' },
            committedLeaderEpoch: { type: 'int32', since: 2, default: -1, ignorable: true },
            committedMetadata: { type: 'string', nullable: true },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type TxnOffsetCommitRequest = TypeOf<typeof TxnOffsetCommitRequest>;

export const TxnOffsetCommitResponse = {
  apiKey: 28,
  versions: [0, 4],
  flexibleSince: 3,
  fields: {
    throttleTimeMs: { type: 'int32' },
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
export type TxnOffsetCommitResponse = TypeOf<typeof TxnOffsetCommitResponse>;

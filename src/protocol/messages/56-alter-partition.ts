/**
 * AlterPartition (56), versions 0 to 3. Leader to controller: change the in-sync replicas
 * (KIP-497).
 * Since v1 leaderRecoveryState (KIP-704) · v2 topicId, topic ids, INELIGIBLE_REPLICA,
 * NEW_LEADER_ELECTED (KIP-841) · v3 newIsrWithEpochs (KIP-903).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const AlterPartitionRequest = {
  apiKey: 56,
  versions: [0, 3],
  flexibleSince: 0,
  fields: {
    brokerId: { type: 'int32' },
    brokerEpoch: { type: 'int64', default: -1 },
    topics: {
      type: 'array',
      of: {
        topicName: { type: 'string', until: 1, ignorable: true },
        topicId: { type: 'uuid', since: 2, ignorable: true },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            leaderEpoch: { type: 'int32' },
            newIsr: { type: 'array', of: 'int32', until: 2 },
            newIsrWithEpochs: {
              type: 'array',
              since: 3,
              of: {
                brokerId: { type: 'int32' },
                brokerEpoch: { type: 'int64', default: -1 },
              },
            },
            leaderRecoveryState: { type: 'int8', since: 1, default: 0 },
            partitionEpoch: { type: 'int32' },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type AlterPartitionRequest = TypeOf<typeof AlterPartitionRequest>;

export const AlterPartitionResponse = {
  apiKey: 56,
  versions: [0, 3],
  flexibleSince: 0,
  fields: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    topics: {
      type: 'array',
      of: {
        topicName: { type: 'string', until: 1, ignorable: true },
        topicId: { type: 'uuid', since: 2, ignorable: true },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
            leaderId: { type: 'int32' },
            leaderEpoch: { type: 'int32' },
            isr: { type: 'array', of: 'int32' },
            leaderRecoveryState: { type: 'int8', since: 1, default: 0, ignorable: true },
            partitionEpoch: { type: 'int32' },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type AlterPartitionResponse = TypeOf<typeof AlterPartitionResponse>;

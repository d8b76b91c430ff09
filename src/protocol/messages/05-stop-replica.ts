/**
 * StopReplica (5), versions 0 to 4. Controller to broker: stop, and perhaps delete, these replicas.
 * Since v1 brokerEpoch, topics, partitions grouped by topic · v2 flexible · v3 topicStates, grouped
 * with leader epochs (KIP-570) · v4 isKRaftController (KIP-866).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const StopReplicaRequest = {
  apiKey: 5,
  versions: [0, 4],
  flexibleSince: 2,
  fields: {
    controllerId: { type: 'int32' },
    isKRaftController: { type: 'bool', since: 4, default: false },
    controllerEpoch: { type: 'int32' },
    brokerEpoch: { type: 'int64', since: 1, default: -1, ignorable: true },
    deletePartitions: { type: 'bool', until: 2 },
    ungroupedPartitions: {
      type: 'array',
      until: 0,
      of: {
        topicName: { type: 'string' },
        partitionIndex: { type: 'int32' },
      },
    },
    topics: {
      type: 'array',
      since: 1,
      until: 2,
      of: {
        name: { type: 'string' },
        partitionIndexes: { type: 'array', of: 'int32' },
      },
    },
    topicStates: {
      type: 'array',
      since: 3,
      of: {
        topicName: { type: 'string' },
        partitionStates: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            leaderEpoch: { type: 'int32', default: -1 },
            deletePartition: { type: 'bool' },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type StopReplicaRequest = TypeOf<typeof StopReplicaRequest>;

export const StopReplicaResponse = {
  apiKey: 5,
  versions: [0, 4],
  flexibleSince: 2,
  fields: {
    errorCode: { type: 'int16' },
    partitionErrors: {
      type: 'array',
      of: {
        topicName: { type: 'string' },
        partitionIndex: { type: 'int32' },
        errorCode: { type: 'int16' },
      },
    },
  },
} as const satisfies MessageSpec;
export type StopReplicaResponse = TypeOf<typeof StopReplicaResponse>;

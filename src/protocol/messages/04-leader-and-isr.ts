/**
 * LeaderAndIsr (4), versions 0 to 7. Controller to broker: lead or follow these partitions.
 * Since v1 isNew · v2 brokerEpoch, topicStates, partitions grouped by topic · v3 addingReplicas,
 * removingReplicas · v4 flexible · v5 type, topicId, topics (KIP-516) · v6 leaderRecoveryState
 * (KIP-704) · v7 isKRaftController (KIP-866).
 */
import type { Fields, MessageSpec, TypeOf } from '../schema';

const LeaderAndIsrPartitionState = {
  topicName: { type: 'string', until: 1, ignorable: true },
  partitionIndex: { type: 'int32' },
  controllerEpoch: { type: 'int32' },
  leader: { type: 'int32' },
  leaderEpoch: { type: 'int32' },
  isr: { type: 'array', of: 'int32' },
  partitionEpoch: { type: 'int32' },
  replicas: { type: 'array', of: 'int32' },
  addingReplicas: { type: 'array', of: 'int32', since: 3, ignorable: true },
  removingReplicas: { type: 'array', of: 'int32', since: 3, ignorable: true },
  isNew: { type: 'bool', since: 1, default: false, ignorable: true },
  leaderRecoveryState: { type: 'int8', since: 6, default: 0 },
} as const satisfies Fields;

export const LeaderAndIsrRequest = {
  apiKey: 4,
  versions: [0, 7],
  flexibleSince: 4,
  fields: {
    controllerId: { type: 'int32' },
    isKRaftController: { type: 'bool', since: 7, default: false },
    controllerEpoch: { type: 'int32' },
    brokerEpoch: { type: 'int64', since: 2, default: -1, ignorable: true },
    type: { type: 'int8', since: 5 },
    ungroupedPartitionStates: { type: 'array', of: LeaderAndIsrPartitionState, until: 1 },
    topicStates: {
      type: 'array',
      since: 2,
      of: {
        topicName: { type: 'string' },
        topicId: { type: 'uuid', since: 5, ignorable: true },
        partitionStates: { type: 'array', of: LeaderAndIsrPartitionState },
      },
    },
    liveLeaders: {
      type: 'array',
      of: {
        brokerId: { type: 'int32' },
        hostName: { type: 'string' },
        port: { type: 'int32' },
      },
    },
  },
} as const satisfies MessageSpec;
export type LeaderAndIsrRequest = TypeOf<typeof LeaderAndIsrRequest>;

const LeaderAndIsrPartitionError = {
  topicName: { type: 'string', until: 4, ignorable: true },
  partitionIndex: { type: 'int32' },
  errorCode: { type: 'int16' },
} as const satisfies Fields;

export const LeaderAndIsrResponse = {
  apiKey: 4,
  versions: [0, 7],
  flexibleSince: 4,
  fields: {
    errorCode: { type: 'int16' },
    partitionErrors: { type: 'array', of: LeaderAndIsrPartitionError, until: 4 },
    topics: {
      type: 'array',
      since: 5,
      of: {
        topicId: { type: 'uuid' },
        partitionErrors: { type: 'array', of: LeaderAndIsrPartitionError },
      },
    },
  },
} as const satisfies MessageSpec;
export type LeaderAndIsrResponse = TypeOf<typeof LeaderAndIsrResponse>;

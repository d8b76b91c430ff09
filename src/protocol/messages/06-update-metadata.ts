/**
 * UpdateMetadata (6), versions 0 to 8. Controller to broker: brokers and partition states for the
 * metadata cache.
 * Since v1 endpoints · v2 rack · v3 listener · v4 offlineReplicas · v5 brokerEpoch, topicStates,
 * partitions grouped by topic · v6 flexible · v7 topicId · v8 isKRaftController, type (KIP-866).
 */
import type { Fields, MessageSpec, TypeOf } from '../schema';

const UpdateMetadataPartitionState = {
  topicName: { type: 'string', until: 4, ignorable: true },
  partitionIndex: { type: 'int32' },
  controllerEpoch: { type: 'int32' },
  leader: { type: 'int32' },
  leaderEpoch: { type: 'int32' },
  isr: { type: 'array', of: 'int32' },
  zkVersion: { type: 'int32' },
  replicas: { type: 'array', of: 'int32' },
  offlineReplicas: { type: 'array', of: 'int32', since: 4, ignorable: true },
} as const satisfies Fields;

export const UpdateMetadataRequest = {
  apiKey: 6,
  versions: [0, 8],
  flexibleSince: 6,
  fields: {
    controllerId: { type: 'int32' },
    isKRaftController: { type: 'bool', since: 8, default: false },
    type: { type: 'int8', since: 8, default: 0, tag: 0 },
    controllerEpoch: { type: 'int32' },
    brokerEpoch: { type: 'int64', since: 5, default: -1, ignorable: true },
    ungroupedPartitionStates: { type: 'array', of: UpdateMetadataPartitionState, until: 4 },
    topicStates: {
      type: 'array',
      since: 5,
      of: {
        topicName: { type: 'string' },
        topicId: { type: 'uuid', since: 7, ignorable: true },
        partitionStates: { type: 'array', of: UpdateMetadataPartitionState },
      },
    },
    liveBrokers: {
      type: 'array',
      of: {
        id: { type: 'int32' },
        v0Host: { type: 'string', until: 0, ignorable: true },
        v0Port: { type: 'int32', until: 0, ignorable: true },
        endpoints: {
          type: 'array',
          since: 1,
          ignorable: true,
          of: {
            port: { type: 'int32' },
            host: { type: 'string' },
            listener: { type: 'string', since: 3, ignorable: true },
            securityProtocol: { type: 'int16' },
          },
        },
        rack: { type: 'string', since: 2, nullable: true, ignorable: true },
      },
    },
  },
} as const satisfies MessageSpec;
export type UpdateMetadataRequest = TypeOf<typeof UpdateMetadataRequest>;

export const UpdateMetadataResponse = {
  apiKey: 6,
  versions: [0, 8],
  flexibleSince: 6,
  fields: {
    errorCode: { type: 'int16' },
  },
} as const satisfies MessageSpec;
export type UpdateMetadataResponse = TypeOf<typeof UpdateMetadataResponse>;

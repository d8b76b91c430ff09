/**
 * ConsumerGroupHeartbeat (68), versions 0. Heartbeat of a consumer-group member (KIP-848).
 */
import type { Fields, MessageSpec, TypeOf } from '../schema';

export const ConsumerGroupHeartbeatRequest = {
  apiKey: 68,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    groupId: { type: 'string' },
    memberId: { type: 'string' },
    memberEpoch: { type: 'int32' },
    instanceId: { type: 'string', nullable: true, default: null },
    rackId: { type: 'string', nullable: true, default: null },
    rebalanceTimeoutMs: { type: 'int32', default: -1 },
    subscribedTopicNames: { type: 'array', of: 'string', nullable: true, default: null },
    serverAssignor: { type: 'string', nullable: true, default: null },
    topicPartitions: {
      type: 'array',
      nullable: true,
      default: null,
      of: {
        topicId: { type: 'uuid' },
        partitions: { type: 'array', of: 'int32' },
      },
    },
  },
} as const satisfies MessageSpec;
export type ConsumerGroupHeartbeatRequest = TypeOf<typeof ConsumerGroupHeartbeatRequest>;

const TopicPartitions = {
  topicId: { type: 'uuid' },
  partitions: { type: 'array', of: 'int32' },
} as const satisfies Fields;

export const ConsumerGroupHeartbeatResponse = {
  apiKey: 68,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: true, default: null },
    memberId: { type: 'string', nullable: true, default: null },
    memberEpoch: { type: 'int32' },
    heartbeatIntervalMs: { type: 'int32' },
    assignment: {
      type: 'struct',
      nullable: true,
      default: null,
      of: {
        topicPartitions: { type: 'array', of: TopicPartitions },
      },
    },
  },
} as const satisfies MessageSpec;
export type ConsumerGroupHeartbeatResponse = TypeOf<typeof ConsumerGroupHeartbeatResponse>;

/**
 * ConsumerGroupDescribe (69), versions 0. Describes consumer groups (KIP-848).
 */
import type { Fields, MessageSpec, TypeOf } from '../schema';

export const ConsumerGroupDescribeRequest = {
  apiKey: 69,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    groupIds: { type: 'array', of: 'string' },
    includeAuthorizedOperations: { type: 'bool' },
  },
} as const satisfies MessageSpec;
export type ConsumerGroupDescribeRequest = TypeOf<typeof ConsumerGroupDescribeRequest>;

const TopicPartitions = {
  topicId: { type: 'uuid' },
  topicName: { type: 'string' },
  partitions: { type: 'array', of: 'int32' },
} as const satisfies Fields;

const Assignment = {
  topicPartitions: { type: 'array', of: TopicPartitions },
} as const satisfies Fields;

export const ConsumerGroupDescribeResponse = {
  apiKey: 69,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    throttleTimeMs: { type: 'int32' },
    groups: {
      type: 'array',
      of: {
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: true, default: null },
        groupId: { type: 'string' },
        groupState: { type: 'string' },
        groupEpoch: { type: 'int32' },
        assignmentEpoch: { type: 'int32' },
        assignorName: { type: 'string' },
        members: {
          type: 'array',
          of: {
            memberId: { type: 'string' },
            instanceId: { type: 'string', nullable: true, default: null },
            rackId: { type: 'string', nullable: true, default: null },
            memberEpoch: { type: 'int32' },
            clientId: { type: 'string' },
            clientHost: { type: 'string' },
            subscribedTopicNames: { type: 'array', of: 'string' },
            subscribedTopicRegex: { type: 'string', nullable: true, default: null },
            assignment: { type: 'struct', of: Assignment },
            targetAssignment: { type: 'struct', of: Assignment },
          },
        },
        authorizedOperations: { type: 'int32', default: -2147483648 },
      },
    },
  },
} as const satisfies MessageSpec;
export type ConsumerGroupDescribeResponse = TypeOf<typeof ConsumerGroupDescribeResponse>;

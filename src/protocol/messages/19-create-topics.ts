/**
 * CreateTopics (19), versions 0 to 7. Creates topics; on the controller.
 * Since v1 validateOnly, errorMessage · v2 throttleTimeMs · v4 -1 partitions or replicas take the
 * defaults (KIP-464) · v5 topicConfigErrorCode, numPartitions, replicationFactor, configs, configs
 * in the response (KIP-525), flexible · v6 THROTTLING_QUOTA_EXCEEDED (KIP-599) · v7 topicId
 * (KIP-516).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const CreateTopicsRequest = {
  apiKey: 19,
  versions: [0, 7],
  flexibleSince: 5,
  fields: {
    topics: {
      type: 'array',
      of: {
        name: { type: 'string' },
        numPartitions: { type: 'int32' },
        replicationFactor: { type: 'int16' },
        assignments: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            brokerIds: { type: 'array', of: 'int32' },
          },
        },
        configs: {
          type: 'array',
          of: {
            name: { type: 'string' },
            value: { type: 'string', nullable: true },
          },
        },
      },
    },
    timeoutMs: { type: 'int32', default: 60000 },
    validateOnly: { type: 'bool', since: 1, default: false },
  },
} as const satisfies MessageSpec;
export type CreateTopicsRequest = TypeOf<typeof CreateTopicsRequest>;

export const CreateTopicsResponse = {
  apiKey: 19,
  versions: [0, 7],
  flexibleSince: 5,
  fields: {
    throttleTimeMs: { type: 'int32', since: 2, ignorable: true },
    topics: {
      type: 'array',
      of: {
        name: { type: 'string' },
        topicId: { type: 'uuid', since: 7, ignorable: true },
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', since: 1, nullable: true, ignorable: true },
        topicConfigErrorCode: { type: 'int16', since: 5, ignorable: true, tag: 0 },
        numPartitions: { type: 'int32', since: 5, default: -1, ignorable: true },
        replicationFactor: { type: 'int16', since: 5, default: -1, ignorable: true },
        configs: {
          type: 'array',
          since: 5,
          nullable: true,
          ignorable: true,
          of: {
            name: { type: 'string' },
            value: { type: 'string', nullable: true },
            readOnly: { type: 'bool' },
            configSource: { type: 'int8', default: -1, ignorable: true },
            isSensitive: { type: 'bool' },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type CreateTopicsResponse = TypeOf<typeof CreateTopicsResponse>;

/**
 * Metadata (3), versions 0 to 12. Brokers, controller, topics and their partitions; may create
 * topics.
 * Since v1 rack, controllerId, isInternal, null asks for all topics, an empty list for none · v2
 * clusterId · v3 throttleTimeMs · v4 allowAutoTopicCreation · v5 offlineReplicas · v7 leaderEpoch ·
 * v8 includeClusterAuthorizedOperations, includeTopicAuthorizedOperations,
 * topicAuthorizedOperations, clusterAuthorizedOperations · v9 flexible · v10 topicId · v12 topics
 * asked for by id.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const MetadataRequest = {
  apiKey: 3,
  versions: [0, 12],
  flexibleSince: 9,
  fields: {
    topics: {
      type: 'array',
      nullable: { since: 1 },
      of: {
        topicId: { type: 'uuid', since: 10, ignorable: true },
        name: { type: 'string', nullable: { since: 10 } },
      },
    },
    allowAutoTopicCreation: { type: 'bool', since: 4, default: true },
    includeClusterAuthorizedOperations: { type: 'bool', since: 8, until: 10 },
    includeTopicAuthorizedOperations: { type: 'bool', since: 8 },
  },
} as const satisfies MessageSpec;
export type MetadataRequest = TypeOf<typeof MetadataRequest>;

export const MetadataResponse = {
  apiKey: 3,
  versions: [0, 12],
  flexibleSince: 9,
  fields: {
    throttleTimeMs: { type: 'int32', since: 3, ignorable: true },
    brokers: {
      type: 'array',
      of: {
        nodeId: { type: 'int32' },
        host: { type: 'string' },
        port: { type: 'int32' },
        rack: { type: 'string', since: 1, nullable: true, default: null, ignorable: true },
      },
    },
    clusterId: { type: 'string', since: 2, nullable: true, default: null, ignorable: true },
    controllerId: { type: 'int32', since: 1, default: -1, ignorable: true },
    topics: {
      type: 'array',
      of: {
        errorCode: { type: 'int16' },
        name: { type: 'string', nullable: { since: 12 } },
        topicId: { type: 'uuid', since: 10, ignorable: true },
        isInternal: { type: 'bool', since: 1, default: false, ignorable: true },
        partitions: {
          type: 'array',
          of: {
            errorCode: { type: 'int16' },
            partitionIndex: { type: 'int32' },
            leaderId: { type: 'int32' },
            leaderEpoch: { type: 'int32', since: 7, default: -1, ignorable: true },
            replicaNodes: { type: 'array', of: 'int32' },
            isrNodes: { type: 'array', of: 'int32' },
            offlineReplicas: { type: 'array', of: 'int32', since: 5, ignorable: true },
          },
        },
        topicAuthorizedOperations: { type: 'int32', since: 8, default: -2147483648 },
      },
    },
    clusterAuthorizedOperations: { type: 'int32', since: 8, until: 10, default: -2147483648 },
  },
} as const satisfies MessageSpec;
export type MetadataResponse = TypeOf<typeof MetadataResponse>;

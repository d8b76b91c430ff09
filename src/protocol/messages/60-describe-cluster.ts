/**
 * DescribeCluster (60), versions 0 to 1. Cluster id, brokers and controller (KIP-700).
 * Since v1 endpointType (KIP-919).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const DescribeClusterRequest = {
  apiKey: 60,
  versions: [0, 1],
  flexibleSince: 0,
  fields: {
    includeClusterAuthorizedOperations: { type: 'bool' },
    endpointType: { type: 'int8', since: 1, default: 1 },
  },
} as const satisfies MessageSpec;
export type DescribeClusterRequest = TypeOf<typeof DescribeClusterRequest>;

export const DescribeClusterResponse = {
  apiKey: 60,
  versions: [0, 1],
  flexibleSince: 0,
  fields: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: true, default: null },
    endpointType: { type: 'int8', since: 1, default: 1 },
    clusterId: { type: 'string' },
    controllerId: { type: 'int32', default: -1 },
    brokers: {
      type: 'array',
      of: {
        brokerId: { type: 'int32' },
        host: { type: 'string' },
        port: { type: 'int32' },
        rack: { type: 'string', nullable: true, default: null },
      },
    },
    clusterAuthorizedOperations: { type: 'int32', default: -2147483648 },
  },
} as const satisfies MessageSpec;
export type DescribeClusterResponse = TypeOf<typeof DescribeClusterResponse>;

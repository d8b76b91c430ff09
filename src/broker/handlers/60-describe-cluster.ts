/**
 * DescribeCluster (60): v0–1. Cluster id, controller and brokers, as this broker's metadata knows them.
 * Versions: v1 endpoint type (KIP-919); a ZooKeeper-mode broker only knows brokers, type 1.
 */
import { errorCode } from '../../protocol/errors';
import {
  DescribeClusterRequest,
  DescribeClusterResponse,
} from '../../protocol/messages/60-describe-cluster';
import { ALL_CLUSTER_OPERATIONS, NOT_REQUESTED } from '../authorized-operations';
import { defineHandler } from '../handler';

const ENDPOINT_TYPE_BROKERS = 1;

export const describeCluster = defineHandler({
  request: DescribeClusterRequest,
  response: DescribeClusterResponse,
  versions: [0, 1],
  handle: ({ broker, connection }, request) => {
    if (request.endpointType !== ENDPOINT_TYPE_BROKERS) {
      return {
        throttleTimeMs: 0,
        errorCode: errorCode('UNSUPPORTED_ENDPOINT_TYPE'),
        errorMessage: `Unsupported endpoint type ${String(request.endpointType)}`,
        endpointType: request.endpointType,
        clusterId: '',
        brokers: [],
      };
    }
    return {
      throttleTimeMs: 0,
      errorCode: errorCode('NONE'),
      endpointType: ENDPOINT_TYPE_BROKERS,
      clusterId: broker.clusterId,
      controllerId: broker.metadata.controllerId,
      brokers: broker.metadata.aliveBrokers().flatMap((alive) => {
        const endpoint = broker.metadata.endpoint(alive.id, connection.listenerName);
        return endpoint
          ? [{ brokerId: alive.id, host: endpoint.host, port: endpoint.port, rack: alive.rack }]
          : [];
      }),
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
        ? ALL_CLUSTER_OPERATIONS
        : NOT_REQUESTED,
    };
  },
});

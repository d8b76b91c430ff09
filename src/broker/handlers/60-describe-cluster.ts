/**
 * DescribeCluster (60): v0–1. Cluster id, controller and brokers, as this broker's metadata knows them.
 * Versions: v1 endpoint type (KIP-919); a ZooKeeper-mode broker only knows brokers, type 1.
 */
import { errorCode } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import {
  DescribeClusterRequest,
  DescribeClusterResponse,
} from '../../protocol/messages/60-describe-cluster';
import { ALL_CLUSTER_OPERATIONS, NOT_REQUESTED } from '../authorized-operations';
import { defineHandler } from '../handler';

const ENDPOINT_TYPE_BROKERS = 1;
const ENDPOINT_TYPE_CONTROLLERS = 2;

function refused(endpointType: number, error: ErrorName, errorMessage: string) {
  return {
    throttleTimeMs: 0,
    errorCode: errorCode(error),
    errorMessage,
    endpointType,
    clusterId: '',
    brokers: [],
  };
}

export const describeCluster = defineHandler({
  request: DescribeClusterRequest,
  response: DescribeClusterResponse,
  versions: [0, 1],
  handle: ({ broker, connection }, request) => {
    const { endpointType } = request;
    if (endpointType === ENDPOINT_TYPE_CONTROLLERS) {
      const message =
        'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER';
      return refused(endpointType, 'MISMATCHED_ENDPOINT_TYPE', message);
    }
    if (endpointType !== ENDPOINT_TYPE_BROKERS) {
      const message = `Unsupported endpoint type ${String(endpointType)}`;
      return refused(endpointType, 'UNSUPPORTED_ENDPOINT_TYPE', message);
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

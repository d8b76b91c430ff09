/**
 * StopReplica (5): v0–4. The controller takes replicas off this broker, perhaps deleting them.
 * Versions: v1 broker epoch · v2 flexible · v3 leader epoch and deletion by partition · v4 isKRaftController.
 */
import { errorCode } from '../../protocol/errors';
import { StopReplicaRequest, StopReplicaResponse } from '../../protocol/messages/05-stop-replica';
import { defineHandler } from '../handler';

export const stopReplica = defineHandler({
  request: StopReplicaRequest,
  response: StopReplicaResponse,
  versions: [0, 4],
  handle: async ({ broker }, request) => {
    await broker.whenRegistered();
    const { error, partitions } = broker.replicas.stopReplicas(request);
    return {
      errorCode: errorCode(error),
      partitionErrors: partitions.map(({ topic, partition, error: partitionError }) => ({
        topicName: topic,
        partitionIndex: partition,
        errorCode: errorCode(partitionError),
      })),
    };
  },
});

/**
 * LeaderAndIsr (4): v0–7. The controller gives replicas of this broker their roles. Settings of topics
 * that are new here are read first, since a replica's log is made with them.
 * Versions: v2 broker epoch · v3 reassignment · v4 flexible · v5 topic ids · v6 recovery state · v7 isKRaftController.
 */
import { errorCode } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import {
  LeaderAndIsrRequest,
  LeaderAndIsrResponse,
} from '../../protocol/messages/04-leader-and-isr';
import { defineHandler } from '../handler';

const FIRST_VERSION_BY_TOPIC_ID = 5;

function topicsOf(request: LeaderAndIsrRequest): string[] {
  const named = request.topicStates.map(({ topicName }) => topicName);
  const ungrouped = request.ungroupedPartitionStates.map(({ topicName }) => topicName);
  return [...new Set([...named, ...ungrouped])];
}

/** A refused request is refused for each of its partitions too. */
function allRefused(request: LeaderAndIsrRequest, error: ErrorName) {
  const named = request.topicStates.flatMap(({ topicName, partitionStates }) =>
    partitionStates.map(({ partitionIndex }) => ({ topicName, partitionIndex })),
  );
  return [...named, ...request.ungroupedPartitionStates].map(({ topicName, partitionIndex }) => ({
    topicName,
    partitionIndex,
    errorCode: errorCode(error),
  }));
}

export const leaderAndIsr = defineHandler({
  request: LeaderAndIsrRequest,
  response: LeaderAndIsrResponse,
  versions: [0, 7],
  handle: async ({ broker, apiVersion }, request) => {
    await broker.whenRegistered();
    await broker.topicConfigs.load(topicsOf(request));
    const { error, partitions } = broker.replicas.becomeLeaderOrFollower(request);
    const partitionErrors =
      error === 'NONE'
        ? partitions.map(({ topic, partition, error: partitionError }) => ({
            topicName: topic,
            partitionIndex: partition,
            errorCode: errorCode(partitionError),
          }))
        : allRefused(request, error);
    if (apiVersion < FIRST_VERSION_BY_TOPIC_ID) {
      return { errorCode: errorCode(error), partitionErrors };
    }
    const topics = request.topicStates.map(({ topicName, topicId }) => ({
      topicId,
      partitionErrors: partitionErrors.filter((each) => each.topicName === topicName),
    }));
    return { errorCode: errorCode(error), topics };
  },
});

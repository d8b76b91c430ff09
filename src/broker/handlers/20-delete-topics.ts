/**
 * DeleteTopics (20): v0–6. Marks topics for deletion on the controller; answers once they are gone here.
 * Versions: v4 flexible · v5 error message · v6 topics by id (KIP-516).
 */
import { errorCode, ProtocolError } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import {
  DeleteTopicsRequest,
  DeleteTopicsResponse,
} from '../../protocol/messages/20-delete-topics';
import { ZERO_UUID } from '../../protocol/schema';
import type { InputOf } from '../../protocol/schema';
import { defineHandler } from '../handler';
import type { RequestContext } from '../handler';

type Result = InputOf<typeof DeleteTopicsResponse>['responses'][number];

interface Wanted {
  readonly name: string | null;
  readonly topicId: string;
}

const FIRST_VERSION_WITH_DISABLED_ERROR = 3;

function wantedTopics(request: DeleteTopicsRequest): readonly Wanted[] {
  return request.topics.length > 0
    ? request.topics
    : request.topicNames.map((name) => ({ name, topicId: ZERO_UUID }));
}

function result(wanted: Wanted, error: ErrorName, message: string | null = null): Result {
  return {
    name: wanted.name,
    topicId: wanted.topicId,
    errorCode: errorCode(error),
    errorMessage: message,
  };
}

async function deleteOne(
  { broker }: RequestContext,
  wanted: Wanted,
  deadlineMs: number,
): Promise<Result> {
  const { metadata, topicAdmin, zookeeper } = broker;
  const name = wanted.name ?? metadata.topicName(wanted.topicId);
  if (name === undefined) return result(wanted, 'UNKNOWN_TOPIC_ID');
  if (!metadata.topic(name)) {
    return result(
      wanted,
      'UNKNOWN_TOPIC_OR_PARTITION',
      'This server does not host this topic-partition.',
    );
  }
  await zookeeper.topics.markForDeletion(name);
  const isGone = await topicAdmin.awaitMetadata(name, deadlineMs, () => !metadata.topic(name));
  return result({ name, topicId: wanted.topicId }, isGone ? 'NONE' : 'REQUEST_TIMED_OUT');
}

export const deleteTopics = defineHandler({
  request: DeleteTopicsRequest,
  response: DeleteTopicsResponse,
  versions: [0, 6],
  handle: async (context, request) => {
    const { broker, apiVersion } = context;
    const wanted = wantedTopics(request);
    if (wanted.some(({ name, topicId }) => name !== null && topicId !== ZERO_UUID)) {
      return { responses: wanted.map((each) => result(each, 'INVALID_REQUEST')) };
    }
    if (!broker.controller.isActive) {
      return { responses: wanted.map((each) => result(each, 'NOT_CONTROLLER')) };
    }
    if (!broker.config.values['delete.topic.enable']) {
      const error =
        apiVersion < FIRST_VERSION_WITH_DISABLED_ERROR
          ? 'INVALID_REQUEST'
          : 'TOPIC_DELETION_DISABLED';
      return {
        responses: wanted.map((each) => result(each, error, new ProtocolError(error).message)),
      };
    }
    const deadlineMs = broker.platform.clock.monotonicMs() + request.timeoutMs;
    return {
      responses: await Promise.all(wanted.map((each) => deleteOne(context, each, deadlineMs))),
    };
  },
});

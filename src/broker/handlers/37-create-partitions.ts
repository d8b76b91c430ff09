/**
 * CreatePartitions (37): v0–3. Adds partitions to topics (KIP-195), on the controller; answers once they
 * have leaders here.
 * Versions: v2 flexible · v3 THROTTLING_QUOTA_EXCEEDED possible.
 */
import { errorCode, ProtocolError } from '../../protocol/errors';
import {
  CreatePartitionsRequest,
  CreatePartitionsResponse,
} from '../../protocol/messages/37-create-partitions';
import type { InputOf } from '../../protocol/schema';
import { defineHandler } from '../handler';
import type { RequestContext } from '../handler';

type Topic = CreatePartitionsRequest['topics'][number];
type Result = InputOf<typeof CreatePartitionsResponse>['results'][number];

function refused(name: string, error: ProtocolError): Result {
  return { name, errorCode: errorCode(error.errorName), errorMessage: error.message };
}

async function addTo(
  { broker: { topicAdmin } }: RequestContext,
  topic: Topic,
  options: { readonly validateOnly: boolean; readonly deadlineMs: number },
): Promise<Result> {
  const { name, count } = topic;
  try {
    await topicAdmin.addPartitions({
      name,
      count,
      assignments: topic.assignments?.map(({ brokerIds }) => brokerIds) ?? null,
      validateOnly: options.validateOnly,
    });
  } catch (error) {
    if (error instanceof ProtocolError) return refused(name, error);
    throw error;
  }
  const isComplete =
    options.validateOnly ||
    (await topicAdmin.awaitMetadata(name, options.deadlineMs, () =>
      topicAdmin.hasLeaders(name, count),
    ));
  return isComplete
    ? { name, errorCode: errorCode('NONE'), errorMessage: null }
    : refused(name, new ProtocolError('REQUEST_TIMED_OUT'));
}

export const createPartitions = defineHandler({
  request: CreatePartitionsRequest,
  response: CreatePartitionsResponse,
  versions: [0, 3],
  handle: async (context, request) => {
    const { broker } = context;
    if (!broker.controller.isActive) {
      const error = new ProtocolError('NOT_CONTROLLER');
      return { throttleTimeMs: 0, results: request.topics.map(({ name }) => refused(name, error)) };
    }
    const options = {
      validateOnly: request.validateOnly,
      deadlineMs: broker.platform.clock.monotonicMs() + request.timeoutMs,
    };
    const counts = new Map<string, number>();
    for (const { name } of request.topics) counts.set(name, (counts.get(name) ?? 0) + 1);
    const unique = new Map(request.topics.map((topic) => [topic.name, topic]));
    const results = await Promise.all(
      [...unique.values()].map(async (topic) =>
        counts.get(topic.name) === 1
          ? addTo(context, topic, options)
          : refused(
              topic.name,
              new ProtocolError('INVALID_REQUEST', 'Duplicate topic in request.'),
            ),
      ),
    );
    return { throttleTimeMs: 0, results };
  },
});

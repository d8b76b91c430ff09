/**
 * CreateTopics (19): v0–7. Creates topics on the controller; answers once every partition has a leader here.
 * Versions: v1 validateOnly · v4 −1 for the broker's defaults (KIP-464) · v5 flexible, settings in the
 * answer (KIP-525) · v7 topic id.
 */
import { describeTopicConfig } from '../../config/describe';
import { errorCode, ProtocolError } from '../../protocol/errors';
import {
  CreateTopicsRequest,
  CreateTopicsResponse,
} from '../../protocol/messages/19-create-topics';
import type { InputOf } from '../../protocol/schema';
import { defineHandler } from '../handler';
import type { RequestContext } from '../handler';
import type { CreatedTopic } from '../topic-admin';

type Topic = CreateTopicsRequest['topics'][number];
/** Kafka without ZooKeeper keeps its own metadata in a topic of this name; it is reserved here too. */
const CLUSTER_METADATA_TOPIC = '__cluster_metadata';

type Result = InputOf<typeof CreateTopicsResponse>['topics'][number];

function refused(name: string, error: ProtocolError): Result {
  return { name, errorCode: errorCode(error.errorName), errorMessage: error.message };
}

function created({ broker }: RequestContext, name: string, topic: CreatedTopic): Result {
  return {
    name,
    topicId: topic.topicId,
    errorCode: errorCode('NONE'),
    errorMessage: null,
    numPartitions: topic.replicas.length,
    replicationFactor: topic.replicas[0]?.length ?? 0,
    configs: describeTopicConfig(broker.config, topic.config).map((entry) => ({
      name: entry.name,
      value: entry.value,
      readOnly: entry.readOnly,
      configSource: entry.configSource,
      isSensitive: entry.isSensitive,
    })),
  };
}

async function createOne(
  context: RequestContext,
  topic: Topic,
  options: { readonly validateOnly: boolean; readonly deadlineMs: number },
): Promise<Result> {
  const { topicAdmin } = context.broker;
  const { name } = topic;
  try {
    const result = await topicAdmin.create(
      {
        name,
        partitionCount: topic.numPartitions,
        replicationFactor: topic.replicationFactor,
        manual: topic.assignments.map(({ partitionIndex, brokerIds }) => ({
          partition: partitionIndex,
          replicas: brokerIds,
        })),
        configs: Object.fromEntries(topic.configs.map((config) => [config.name, config.value])),
      },
      options.validateOnly,
    );
    if (options.validateOnly) return created(context, name, result);
    const isComplete = await topicAdmin.awaitMetadata(name, options.deadlineMs, () =>
      topicAdmin.hasLeaders(name, result.replicas.length),
    );
    if (isComplete) return created(context, name, result);
    return refused(name, new ProtocolError('REQUEST_TIMED_OUT'));
  } catch (error) {
    if (error instanceof ProtocolError) return refused(name, error);
    throw error;
  }
}

function repeatedNames(topics: readonly Topic[]): Set<string> {
  const seen = new Set<string>();
  return new Set(
    topics.map(({ name }) => name).filter((name) => seen.size === seen.add(name).size),
  );
}

function refusalOf(
  { clientId }: RequestContext,
  name: string,
  repeated: ReadonlySet<string>,
): ProtocolError | undefined {
  if (repeated.has(name)) {
    return new ProtocolError(
      'INVALID_REQUEST',
      `Create topics request from client \`${clientId}\` contains multiple entries for the following topics: ${name}`,
    );
  }
  return name === CLUSTER_METADATA_TOPIC
    ? new ProtocolError('INVALID_REQUEST', `Creation of internal topic ${name} is prohibited.`)
    : undefined;
}

export const createTopics = defineHandler({
  request: CreateTopicsRequest,
  response: CreateTopicsResponse,
  versions: [0, 7],
  handle: async (context, request) => {
    const { broker } = context;
    if (!broker.controller.isActive) {
      const error = new ProtocolError('NOT_CONTROLLER');
      return { topics: request.topics.map(({ name }) => refused(name, error)) };
    }
    const repeated = repeatedNames(request.topics);
    const options = {
      validateOnly: request.validateOnly,
      deadlineMs: broker.platform.clock.monotonicMs() + request.timeoutMs,
    };
    const topics = await Promise.all(
      request.topics.map(async (topic) => {
        const refusal = refusalOf(context, topic.name, repeated);
        return refusal ? refused(topic.name, refusal) : createOne(context, topic, options);
      }),
    );
    return { topics };
  },
});

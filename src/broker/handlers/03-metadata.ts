/**
 * Metadata (3): v0–12. Brokers, controller and topics as this broker knows them; creates missing topics
 * where that is allowed.
 * Versions: v0 an empty list means all topics, from v1 on null does · v4 auto-creation can be declined ·
 * v7 leader epoch · v8 authorized operations · v9 flexible · v10 topic id · v12 topics by id.
 */
import type { BrokerImage, PartitionImage } from '../../metadata/state/cluster-image';
import { errorCode } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import { MetadataRequest, MetadataResponse } from '../../protocol/messages/03-metadata';
import { ZERO_UUID } from '../../protocol/schema';
import type { InputOf } from '../../protocol/schema';
import {
  ALL_CLUSTER_OPERATIONS,
  ALL_TOPIC_OPERATIONS,
  NOT_REQUESTED,
} from '../authorized-operations';
import { defineHandler } from '../handler';
import type { RequestContext } from '../handler';
import { isInternalTopic, topicNameProblem } from '../topic-name';

type TopicAnswer = InputOf<typeof MetadataResponse>['topics'][number];
type PartitionAnswer = TopicAnswer['partitions'][number];

const FIRST_VERSION_WITH_NULL_FOR_ALL = 1;
const FIRST_VERSION_WITH_AUTO_CREATION_FLAG = 4;
const FIRST_VERSION_WITH_LISTENER_ERROR = 6;
const FIRST_VERSION_BY_ID = 12;

function isOnListener({ broker, connection }: RequestContext, brokerId: number): boolean {
  return broker.metadata.endpoint(brokerId, connection.listenerName) !== undefined;
}

function partitionAnswer(context: RequestContext, state: PartitionImage): PartitionAnswer {
  const { apiVersion, broker } = context;
  const isLeaderReachable = isOnListener(context, state.leader);
  let error: ErrorName = 'NONE';
  if (!isLeaderReachable) {
    const isListenerMissing =
      broker.metadata.hasAliveBroker(state.leader) &&
      apiVersion >= FIRST_VERSION_WITH_LISTENER_ERROR;
    error = isListenerMissing ? 'LISTENER_NOT_FOUND' : 'LEADER_NOT_AVAILABLE';
  }
  const reachable = (ids: readonly number[]): readonly number[] =>
    apiVersion === 0 ? ids.filter((id) => isOnListener(context, id)) : ids;
  const replicaNodes = reachable(state.replicas);
  const isrNodes = reachable(state.isr);
  const isReplicaMissing =
    replicaNodes.length < state.replicas.length || isrNodes.length < state.isr.length;
  if (error === 'NONE' && isReplicaMissing) error = 'REPLICA_NOT_AVAILABLE';
  return {
    errorCode: errorCode(error),
    partitionIndex: state.partition,
    leaderId: isLeaderReachable ? state.leader : -1,
    leaderEpoch: state.leaderEpoch,
    replicaNodes,
    isrNodes,
    offlineReplicas: state.replicas.filter(
      (id) => state.offlineReplicas.includes(id) || !isOnListener(context, id),
    ),
  };
}

function knownTopic(context: RequestContext, request: MetadataRequest, name: string): TopicAnswer {
  const topic = context.broker.metadata.topic(name);
  return {
    errorCode: errorCode('NONE'),
    name,
    topicId: topic?.topicId ?? ZERO_UUID,
    isInternal: isInternalTopic(name),
    partitions: [...(topic?.partitions.values() ?? [])].map((each) =>
      partitionAnswer(context, each),
    ),
    topicAuthorizedOperations: request.includeTopicAuthorizedOperations
      ? ALL_TOPIC_OPERATIONS
      : NOT_REQUESTED,
  };
}

function missingTopic(error: ErrorName, name: string | null, topicId = ZERO_UUID): TopicAnswer {
  return {
    errorCode: errorCode(error),
    name,
    topicId,
    isInternal: name !== null && isInternalTopic(name),
    partitions: [],
  };
}

async function missingTopics(
  { broker, apiVersion }: RequestContext,
  request: MetadataRequest,
  names: readonly string[],
): Promise<TopicAnswer[]> {
  // Until the controller has spoken, what seems to be missing may well be there.
  if (broker.metadata.aliveBrokers().length === 0) {
    return names.map((name) => missingTopic('LEADER_NOT_AVAILABLE', name));
  }
  const mayCreate =
    broker.config.values['auto.create.topics.enable'] &&
    (apiVersion < FIRST_VERSION_WITH_AUTO_CREATION_FLAG || request.allowAutoTopicCreation);
  const errors =
    mayCreate && names.length > 0
      ? await broker.topicAdmin.autoCreate(names)
      : new Map<string, ErrorName>();
  return names.map((name) => missingTopic(errors.get(name) ?? unknownNameError(name), name));
}

function unknownNameError(name: string): ErrorName {
  return topicNameProblem(name) === undefined
    ? 'UNKNOWN_TOPIC_OR_PARTITION'
    : 'INVALID_TOPIC_EXCEPTION';
}

/** Before v12 a client may only ask by name, though v10 and v11 have room for an id. */
function isAskingByIdTooEarly(
  { apiVersion }: RequestContext,
  topics: NonNullable<MetadataRequest['topics']>,
): boolean {
  return (
    apiVersion < FIRST_VERSION_BY_ID &&
    topics.some(({ name, topicId }) => name === null || topicId !== ZERO_UUID)
  );
}

async function topicAnswers(
  context: RequestContext,
  request: MetadataRequest,
): Promise<TopicAnswer[]> {
  const { metadata } = context.broker;
  const { topics } = request;
  if (topics !== null && isAskingByIdTooEarly(context, topics)) {
    return topics.map(({ name, topicId }) => missingTopic('INVALID_REQUEST', name ?? '', topicId));
  }
  const wantsAll =
    topics === null ||
    (topics.length === 0 && context.apiVersion < FIRST_VERSION_WITH_NULL_FOR_ALL);
  if (wantsAll)
    return [...metadata.topics.keys()].map((name) => knownTopic(context, request, name));
  const names = new Set<string>();
  const unknownIds: TopicAnswer[] = [];
  // Once one topic is asked for by its id, the names of all are ignored: the Java client sends empty ones.
  const isById = topics.some(({ topicId }) => topicId !== ZERO_UUID);
  for (const { name, topicId } of topics) {
    if (isById && topicId === ZERO_UUID) continue;
    const resolved = isById ? metadata.topicName(topicId) : (name ?? undefined);
    if (resolved === undefined) unknownIds.push(missingTopic('UNKNOWN_TOPIC_ID', null, topicId));
    else names.add(resolved);
  }
  const known = [...names].filter((name) => metadata.topic(name));
  const missing = [...names].filter((name) => !metadata.topic(name));
  return [
    ...unknownIds,
    ...(await missingTopics(context, request, missing)),
    ...known.map((name) => knownTopic(context, request, name)),
  ];
}

function brokerAnswers({ broker, connection }: RequestContext) {
  return broker.metadata.aliveBrokers().flatMap(({ id, rack }: BrokerImage) => {
    const endpoint = broker.metadata.endpoint(id, connection.listenerName);
    return endpoint ? [{ nodeId: id, host: endpoint.host, port: endpoint.port, rack }] : [];
  });
}

export const metadata = defineHandler({
  request: MetadataRequest,
  response: MetadataResponse,
  versions: [0, 12],
  handle: async (context, request) => ({
    topics: await topicAnswers(context, request),
    brokers: brokerAnswers(context),
    clusterId: context.broker.clusterId,
    controllerId: context.broker.metadata.controllerId,
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
      ? ALL_CLUSTER_OPERATIONS
      : NOT_REQUESTED,
  }),
});

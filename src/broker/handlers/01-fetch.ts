/**
 * Fetch (1): v0–17. Reads record batches, for consumers and for followers, waiting for `minBytes`.
 * Versions 0–3 ask for message formats before 2, to which batches are converted (`down-conversion.ts`).
 * Versions: v7 sessions (KIP-227) · v9 leader epoch · v12 flexible, truncation on fetch (KIP-595) ·
 * v13 topic ids (KIP-516) · v15 replica state (KIP-903) · v16 current leader (KIP-951).
 */
import { errorCode } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import { FetchRequest, FetchResponse } from '../../protocol/messages/01-fetch';
import { ZERO_UUID } from '../../protocol/schema';
import type { InputOf } from '../../protocol/schema';
import type { FetchReader } from '../../replication/fetch-query';
import { maxAnswerBytes } from '../answer-size';
import { convertForClient } from '../down-conversion';
import { FetchPartition } from '../fetch-partition';
import { FetchRequestReader } from '../fetch-request';
import type { FetchResult } from '../fetch-request';
import type { FetchScope } from '../fetch-session-cache';
import { defineHandler } from '../handler';
import type { RequestContext } from '../handler';
import { currentLeader, nodeEndpoints } from '../hosted-partition';

type TopicAnswer = InputOf<typeof FetchResponse>['responses'][number];
type PartitionAnswer = TopicAnswer['partitions'][number];

/** Before it a first batch larger than the limits was never sent (KIP-74). */
const FIRST_VERSION_WITH_PROGRESS = 3;
const FIRST_VERSION_WITH_TOPIC_IDS = 13;
const FIRST_VERSION_WITH_REPLICA_STATE = 15;
const FIRST_VERSION_WITH_LEADER = 16;
const READ_COMMITTED = 1;
const DEBUG_REPLICA_ID = -2;
const UNKNOWN_BROKER_EPOCH = -1;

function readerOf(apiVersion: number, request: FetchRequest): FetchReader {
  const { replicaId: brokerId, replicaEpoch: brokerEpoch } =
    apiVersion >= FIRST_VERSION_WITH_REPLICA_STATE
      ? request.replicaState
      : { replicaId: request.replicaId, replicaEpoch: UNKNOWN_BROKER_EPOCH };
  if (brokerId >= 0) return { kind: 'follower', brokerId, brokerEpoch };
  if (brokerId === DEBUG_REPLICA_ID) return { kind: 'debug' };
  const isolation =
    request.isolationLevel === READ_COMMITTED ? 'read_committed' : 'read_uncommitted';
  return { kind: 'consumer', isolation };
}

function requestedPartitions(context: RequestContext, request: FetchRequest): FetchPartition[] {
  const usesTopicIds = context.apiVersion >= FIRST_VERSION_WITH_TOPIC_IDS;
  const { metadata } = context.broker;
  const partitions: FetchPartition[] = [];
  for (const { topic, topicId, partitions: asked } of request.topics) {
    const name = usesTopicIds ? metadata.topicName(topicId) : topic;
    for (const each of asked) {
      const names = {
        partition: each.partition,
        topicId: usesTopicIds ? topicId : ZERO_UUID,
        topic: name,
      };
      const start = {
        fetchOffset: each.fetchOffset,
        maxBytes: each.partitionMaxBytes,
        currentLeaderEpoch: each.currentLeaderEpoch,
        lastFetchedEpoch: each.lastFetchedEpoch,
        logStartOffset: each.logStartOffset,
      };
      partitions.push(new FetchPartition(names, start));
    }
  }
  return partitions;
}

function scopeOf(context: RequestContext, request: FetchRequest): FetchScope | ErrorName {
  const usesTopicIds = context.apiVersion >= FIRST_VERSION_WITH_TOPIC_IDS;
  const reader = readerOf(context.apiVersion, request);
  return context.broker.fetchSessions.scopeOf({
    sessionId: request.sessionId,
    sessionEpoch: request.sessionEpoch,
    usesTopicIds,
    followerId: reader.kind === 'follower' ? reader.brokerId : undefined,
    partitions: requestedPartitions(context, request),
    forgotten: request.forgottenTopicsData.flatMap(({ topic, topicId, partitions }) =>
      partitions.map((partition) => ({
        topic,
        topicId: usesTopicIds ? topicId : ZERO_UUID,
        partition,
      })),
    ),
  });
}

function answerOf(context: RequestContext, result: FetchResult): PartitionAnswer {
  const { request, error, position, data, aborted } = result;
  const sendsLeader =
    context.apiVersion >= FIRST_VERSION_WITH_LEADER &&
    (error === 'NOT_LEADER_OR_FOLLOWER' || error === 'FENCED_LEADER_EPOCH');
  return {
    partitionIndex: request.partition,
    errorCode: errorCode(error),
    highWatermark: position?.highWatermark ?? -1,
    lastStableOffset: position?.lastStableOffset ?? -1,
    logStartOffset: position?.logStartOffset ?? -1,
    abortedTransactions: aborted,
    records: data?.buffers ?? [],
    ...(position?.divergingEpoch ? { divergingEpoch: position.divergingEpoch } : {}),
    ...(sendsLeader
      ? { currentLeader: currentLeader(context.broker, request.topic ?? '', request.partition) }
      : {}),
  };
}

/** Names, or in an incremental session leaves out, each partition; neighbours of one topic share an entry. */
function responsesOf(
  context: RequestContext,
  scope: FetchScope,
  results: readonly FetchResult[],
): TopicAnswer[] {
  const topics: { topic: string; topicId: string; partitions: PartitionAnswer[] }[] = [];
  for (const result of results) {
    const { request, error, position, data, isAtRest } = result;
    const isNews =
      !scope.session ||
      scope.session.recordNews(request, {
        hasRecords: (data?.sizeBytes ?? 0) > 0,
        hasError: error !== 'NONE',
        isDiverging: position?.divergingEpoch !== undefined,
        highWatermark: position?.highWatermark ?? -1,
        logStartOffset: position?.logStartOffset ?? -1,
        isAtRest,
      });
    if (scope.isIncremental && !isNews) continue;
    const answer = answerOf(context, result);
    const last = topics.at(-1);
    const topic = request.topic ?? '';
    if (last && last.topic === topic && last.topicId === request.topicId) {
      last.partitions.push(answer);
    } else topics.push({ topic, topicId: request.topicId, partitions: [answer] });
  }
  return topics;
}

function noteSent(
  { broker }: RequestContext,
  reader: FetchReader,
  results: readonly FetchResult[],
): void {
  const { traffic } = broker.metrics;
  for (const { partition, data } of results) {
    if (!partition || !data || data.sizeBytes === 0) continue;
    if (reader.kind !== 'follower') traffic.noteSent(partition.topic, data.sizeBytes);
    else {
      const isMoving = partition.assignment.adding.includes(reader.brokerId);
      traffic.noteReplicated(data.sizeBytes, isMoving);
    }
  }
}

async function fetchScope(
  context: RequestContext,
  request: FetchRequest,
  scope: FetchScope,
): Promise<readonly FetchResult[]> {
  const { config, readMemory } = context.broker;
  const maxBytes = maxAnswerBytes(
    Math.min(request.maxBytes, config.values['fetch.max.bytes']),
    readMemory,
  );
  const reader = readerOf(context.apiVersion, request);
  const requestReader = new FetchRequestReader(
    context.broker,
    reader,
    context.apiVersion >= FIRST_VERSION_WITH_TOPIC_IDS,
    {
      maxWaitMs: request.maxWaitMs,
      minBytes: Math.min(request.minBytes, maxBytes),
      maxBytes,
      mustProgress: context.apiVersion >= FIRST_VERSION_WITH_PROGRESS,
    },
  );
  const results = await requestReader.fetch(scope);
  const converted = await convertForClient(context, results, reader.kind === 'follower');
  noteSent(context, reader, converted);
  return converted;
}

export const fetch = defineHandler({
  request: FetchRequest,
  response: FetchResponse,
  versions: [0, 17],
  kindOf: (request, apiVersion) =>
    readerOf(apiVersion, request).kind === 'follower' ? 'FetchFollower' : 'FetchConsumer',
  handle: async (context, request) => {
    const scope = scopeOf(context, request);
    if (typeof scope === 'string') return { errorCode: errorCode(scope), responses: [] };
    const results = await fetchScope(context, request, scope);
    for (const { data } of results) if (data) context.onSent(() => data.release());
    const responses = responsesOf(context, scope, results);
    const leaders = responses.flatMap(({ partitions }) =>
      partitions.flatMap(({ currentLeader: leader }) => leader?.leaderId ?? []),
    );
    return {
      errorCode: errorCode('NONE'),
      sessionId: scope.session?.id ?? 0,
      responses,
      nodeEndpoints:
        leaders.length === 0
          ? []
          : nodeEndpoints(context.broker, leaders, context.connection.listenerName),
    };
  },
});

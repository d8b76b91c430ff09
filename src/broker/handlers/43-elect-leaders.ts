/**
 * ElectLeaders (43): v0–2. Elects preferred leaders (KIP-183) or, at the price of records, any replica that is
 * alive (KIP-460); on the controller. Answers once the leaders are known here.
 * Versions: v1 election type, error of the whole request · v2 flexible.
 */
import type { ElectionResult } from '../../controller/elections';
import type { ElectionType } from '../../controller/state/requested-election';
import { errorCode } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import {
  ElectLeadersRequest,
  ElectLeadersResponse,
} from '../../protocol/messages/43-elect-leaders';
import type { InputOf } from '../../protocol/schema';
import { partitionKey } from '../../protocol/topic-partition';
import type { TopicPartition } from '../../protocol/topic-partition';
import type { PendingElection } from '../delayed-elections';
import { defineHandler } from '../handler';
import type { BrokerServices } from '../services';

type Answer = InputOf<typeof ElectLeadersResponse>;
type PartitionResult = Answer['replicaElectionResults'][number]['partitionResult'][number];

/** By their numbers on the wire. */
const ELECTION_TYPES: readonly ElectionType[] = ['PREFERRED', 'UNCLEAN'];

interface Outcome extends TopicPartition {
  readonly error: ErrorName;
  readonly message: string | null;
}

/** Every partition asked for, once; all that are known here if none are named. */
function wantedPartitions(
  { metadata }: BrokerServices,
  { topicPartitions }: ElectLeadersRequest,
): TopicPartition[] {
  if (topicPartitions === null) {
    return [...metadata.topics.values()].flatMap(({ name, partitions }) =>
      [...partitions.keys()].map((partition) => ({ topic: name, partition })),
    );
  }
  const named = topicPartitions.flatMap(({ topic, partitions }) =>
    partitions.map((partition) => ({ topic, partition })),
  );
  const unique = new Map(named.map((each) => [partitionKey(each.topic, each.partition), each]));
  return [...unique.values()];
}

async function awaitLeaders(
  { delayedElections }: BrokerServices,
  results: readonly ElectionResult[],
  timeoutMs: number,
): Promise<Outcome[]> {
  const pending = results.flatMap((result): PendingElection[] =>
    result.error === undefined ? [{ ...result, error: undefined }] : [],
  );
  await delayedElections.awaitLeaders(pending, timeoutMs);
  const refused = results.flatMap((result) => (result.error === undefined ? [] : [result]));
  const settled = pending.map(({ topic, partition, error = 'NONE' }) => ({
    topic,
    partition,
    error,
    message: null,
  }));
  return [...settled, ...refused];
}

function answerOf(error: ErrorName, outcomes: readonly Outcome[]): Answer {
  const byTopic = new Map<string, PartitionResult[]>();
  for (const { topic, partition, error: outcome, message } of outcomes) {
    const results = byTopic.get(topic) ?? [];
    byTopic.set(topic, results);
    results.push({
      partitionId: partition,
      errorCode: errorCode(outcome),
      errorMessage: message,
    });
  }
  return {
    throttleTimeMs: 0,
    errorCode: errorCode(error),
    replicaElectionResults: [...byTopic].map(([topic, partitionResult]) => ({
      topic,
      partitionResult,
    })),
  };
}

export const electLeaders = defineHandler({
  request: ElectLeadersRequest,
  response: ElectLeadersResponse,
  versions: [0, 2],
  handle: async ({ broker }, request) => {
    const { clock } = broker.platform;
    const deadlineMs = clock.monotonicMs() + request.timeoutMs;
    const isForAll = request.topicPartitions === null;
    const wanted = wantedPartitions(broker, request);
    const type = ELECTION_TYPES[request.electionType];
    if (type === undefined) {
      const error = 'UNKNOWN_SERVER_ERROR';
      const outcomes = isForAll
        ? []
        : wanted.map((each) => ({ ...each, error, message: null }) as const);
      return answerOf(error, outcomes);
    }
    const results = await broker.controller.electLeaders(wanted, type);
    const outcomes = await awaitLeaders(broker, results, deadlineMs - clock.monotonicMs());
    // Who asks for all wants to hear of what was done, not of what was right already.
    return answerOf(
      'NONE',
      isForAll ? outcomes.filter(({ error }) => error !== 'ELECTION_NOT_NEEDED') : outcomes,
    );
  },
});

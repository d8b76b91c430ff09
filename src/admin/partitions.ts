/** Partitions: added to topics, given other leaders, moved to other brokers. All by the controller. */
import { errorName } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import {
  CreatePartitionsRequest,
  CreatePartitionsResponse,
} from '../protocol/messages/37-create-partitions';
import { ElectLeadersRequest, ElectLeadersResponse } from '../protocol/messages/43-elect-leaders';
import {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from '../protocol/messages/45-alter-partition-reassignments';
import {
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
} from '../protocol/messages/46-list-partition-reassignments';
import { partitionKey } from '../protocol/topic-partition';
import type { TopicPartition } from '../protocol/topic-partition';
import type { AdminClient } from './admin-client';
import { refuseUnlessNone } from './admin-error';

/** By their numbers on the wire (KIP-460). */
const ELECTIONS = { preferred: 0, unclean: 1 } as const;
export type Election = keyof typeof ELECTIONS;

export interface PartitionOutcome extends TopicPartition {
  readonly error: ErrorName;
  readonly message: string | null;
}

export interface Move extends TopicPartition {
  /** Where it shall be; `null` ends a move that is under way. */
  readonly replicas: readonly number[] | null;
}

export interface Reassignment extends TopicPartition {
  readonly replicas: readonly number[];
  readonly adding: readonly number[];
  readonly removing: readonly number[];
}

/** `count` is what there shall be in the end. */
export async function createPartitions(
  client: AdminClient,
  topic: string,
  { count, validateOnly }: { readonly count: number; readonly validateOnly: boolean },
): Promise<void> {
  const message = {
    topics: [{ name: topic, count, assignments: null }],
    timeoutMs: client.requestTimeoutMs,
    validateOnly,
  };
  const check = ({ results }: CreatePartitionsResponse): void => {
    const what = `topic ${topic} cannot be given ${String(count)} partitions`;
    refuseUnlessNone(what, results[0]?.errorCode ?? -1, results[0]?.errorMessage);
  };
  await client.askController(CreatePartitionsRequest, CreatePartitionsResponse, message, check);
}

function topicPartitions(
  partitions: readonly TopicPartition[],
): { topic: string; partitions: number[] }[] {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions)
    topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  return [...topics].map(([topic, ofIt]) => ({ topic, partitions: ofIt }));
}

/** `partitions` `null` asks for all of the cluster: then only those are told that something was done about. */
export async function electLeaders(
  client: AdminClient,
  election: Election,
  partitions: readonly TopicPartition[] | null,
): Promise<PartitionOutcome[]> {
  const message = {
    electionType: ELECTIONS[election],
    topicPartitions: partitions && topicPartitions(partitions),
    timeoutMs: client.requestTimeoutMs,
  };
  const answer = await client.askController(
    ElectLeadersRequest,
    ElectLeadersResponse,
    message,
    ({ errorCode, replicaElectionResults }) => {
      refuseUnlessNone('no leader can be elected', errorCode);
      const moved = replicaElectionResults
        .flatMap(({ partitionResult }) => partitionResult)
        .find((each) => errorName(each.errorCode) === 'NOT_CONTROLLER');
      if (moved) refuseUnlessNone('no leader can be elected', moved.errorCode);
    },
  );
  return answer.replicaElectionResults.flatMap(({ topic, partitionResult }) =>
    partitionResult.map(({ partitionId, errorCode, errorMessage }) => ({
      topic,
      partition: partitionId,
      error: errorName(errorCode),
      message: errorMessage,
    })),
  );
}

/** Begins or ends moves; the outcome of each. */
export async function alterReassignments(
  client: AdminClient,
  moves: readonly Move[],
): Promise<PartitionOutcome[]> {
  const replicas = new Map(
    moves.map((each) => [partitionKey(each.topic, each.partition), each.replicas] as const),
  );
  const message = {
    timeoutMs: client.requestTimeoutMs,
    topics: topicPartitions(moves).map(({ topic, partitions }) => ({
      name: topic,
      partitions: partitions.map((partition) => ({
        partitionIndex: partition,
        replicas: replicas.get(partitionKey(topic, partition)) ?? null,
      })),
    })),
  };
  const answer = await client.askController(
    AlterPartitionReassignmentsRequest,
    AlterPartitionReassignmentsResponse,
    message,
    ({ errorCode, errorMessage }) =>
      refuseUnlessNone('no partition can be moved', errorCode, errorMessage),
  );
  return answer.responses.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, errorCode, errorMessage }) => ({
      topic: name,
      partition: partitionIndex,
      error: errorName(errorCode),
      message: errorMessage,
    })),
  );
}

/** Moves under way, of all topics. */
export async function listReassignments(client: AdminClient): Promise<Reassignment[]> {
  const answer = await client.askController(
    ListPartitionReassignmentsRequest,
    ListPartitionReassignmentsResponse,
    { timeoutMs: client.requestTimeoutMs, topics: null },
    ({ errorCode, errorMessage }) =>
      refuseUnlessNone('the moves under way cannot be read', errorCode, errorMessage),
  );
  return answer.topics.flatMap(({ name, partitions }) =>
    partitions.map((each) => ({
      topic: name,
      partition: each.partitionIndex,
      replicas: each.replicas,
      adding: each.addingReplicas,
      removing: each.removingReplicas,
    })),
  );
}

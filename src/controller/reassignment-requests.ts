/** AlterPartitionReassignments and ListPartitionReassignments as the wire has them. */
import { errorCode, ERRORS } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import type {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from '../protocol/messages/45-alter-partition-reassignments';
import type {
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
} from '../protocol/messages/46-list-partition-reassignments';
import type { InputOf } from '../protocol/schema';
import { partitionKey } from '../protocol/topic-partition';
import type { Reassignments, WantedReassignment } from './reassignments';
import type { ControllerContext, PartitionContext } from './state/context';

export type AlterReassignmentsAnswer = InputOf<typeof AlterPartitionReassignmentsResponse>;
export type ReassignmentsAnswer = InputOf<typeof ListPartitionReassignmentsResponse>;

/** Answers once the moves have begun or were refused. Of several entries for one partition the last counts. */
export async function alterReassignments(
  reassignments: Reassignments,
  { topics }: AlterPartitionReassignmentsRequest,
): Promise<AlterReassignmentsAnswer> {
  const unique = new Map<string, WantedReassignment>();
  for (const { name, partitions } of topics) {
    for (const { partitionIndex: partition, replicas } of partitions)
      unique.set(partitionKey(name, partition), { topic: name, partition, replicas });
  }
  const wanted = [...unique.values()];
  const results = await reassignments.reassign(wanted);
  const answered = wanted.map(({ topic, partition }, index) => ({
    topic,
    partitionIndex: partition,
    errorCode: errorCode(results[index]?.error ?? 'UNKNOWN_SERVER_ERROR'),
    errorMessage: results[index]?.message ?? null,
  }));
  const names = new Set(wanted.map(({ topic }) => topic));
  return {
    throttleTimeMs: 0,
    errorCode: errorCode('NONE'),
    errorMessage: '',
    responses: [...names].map((name) => ({
      name,
      partitions: answered.filter(({ topic }) => topic === name),
    })),
  };
}

export function refuseAlterReassignments(error: ErrorName): AlterReassignmentsAnswer {
  const { message } = ERRORS[error];
  return { throttleTimeMs: 0, errorCode: errorCode(error), errorMessage: message, responses: [] };
}

/** The partitions on the move, of all or of those asked for. */
export function listReassignments(
  { reassigning }: ControllerContext,
  { topics }: ListPartitionReassignmentsRequest,
): ReassignmentsAnswer {
  const asked = topics?.flatMap(({ name, partitionIndexes }) =>
    partitionIndexes.map((index) => partitionKey(name, index)),
  );
  const isAsked = asked && new Set(asked);
  const byTopic = new Map<string, PartitionContext[]>();
  for (const each of reassigning) {
    if (isAsked && !isAsked.has(each.key)) continue;
    byTopic.set(each.topic.name, [...(byTopic.get(each.topic.name) ?? []), each]);
  }
  return {
    throttleTimeMs: 0,
    errorCode: errorCode('NONE'),
    errorMessage: '',
    topics: [...byTopic].map(([name, partitions]) => ({
      name,
      partitions: partitions.map(({ partition, assignment: { replicas, adding, removing } }) => ({
        partitionIndex: partition,
        replicas,
        addingReplicas: adding,
        removingReplicas: removing,
      })),
    })),
  };
}

export function refuseListReassignments(error: ErrorName): ReassignmentsAnswer {
  const { message } = ERRORS[error];
  return { throttleTimeMs: 0, errorCode: errorCode(error), errorMessage: message, topics: [] };
}

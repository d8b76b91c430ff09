/** OffsetCommit, OffsetFetch and OffsetDelete between their wire form and the coordinator's types. */

import { errorCode } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import type {
  OffsetCommitRequest,
  OffsetCommitResponse,
} from '../../protocol/messages/08-offset-commit';
import type {
  OffsetFetchRequest,
  OffsetFetchResponse,
} from '../../protocol/messages/09-offset-fetch';
import type {
  OffsetDeleteRequest,
  OffsetDeleteResponse,
} from '../../protocol/messages/47-offset-delete';
import type { InputOf } from '../../protocol/schema';
import { partitionKey } from '../../protocol/topic-partition';
import type { TopicPartition } from '../../protocol/topic-partition';
import type { PartitionOffset } from './state/offsets';

export type CommitResponse = InputOf<typeof OffsetCommitResponse>;
export type FetchResponse = InputOf<typeof OffsetFetchResponse>;
export type DeleteResponse = InputOf<typeof OffsetDeleteResponse>;

type FetchedTopic = NonNullable<FetchResponse['topics']>[number];
export type FetchedPartition = FetchedTopic['partitions'][number];

/** The topics of one group as an OffsetFetch names them; `null` asks for all. */
export type RequestedTopics = OffsetFetchRequest['topics'];

/** What one group answers to OffsetFetch. */
export interface FetchedGroup {
  readonly groupId: string;
  readonly error: ErrorName;
  readonly topics: readonly FetchedTopic[];
}

/** In the order of the request; each offset with its own times (v1 sends the one, v2–4 may send the other). */
export function offsetsOf(request: OffsetCommitRequest, nowMs: number): PartitionOffset[] {
  const { retentionTimeMs } = request;
  return request.topics.flatMap((topic) =>
    topic.partitions.map((partition) => ({
      topic: topic.name,
      partition: partition.partitionIndex,
      value: {
        offset: partition.committedOffset,
        leaderEpoch: partition.committedLeaderEpoch,
        metadata: partition.committedMetadata ?? '',
        commitTimestampMs: partition.commitTimestamp < 0 ? nowMs : partition.commitTimestamp,
        expireTimestampMs: retentionTimeMs < 0 ? undefined : nowMs + retentionTimeMs,
      },
    })),
  );
}

export function partitionsOf(request: OffsetDeleteRequest): TopicPartition[] {
  return request.topics.flatMap((topic) =>
    topic.partitions.map(({ partitionIndex }) => ({
      topic: topic.name,
      partition: partitionIndex,
    })),
  );
}

/** The error of any partition: from `errorOf` for the `known` ones, else from `otherwise`. */
export function byPartition<T extends TopicPartition>(
  known: readonly T[],
  errorOf: (each: T) => ErrorName,
  otherwise: () => ErrorName,
): (each: TopicPartition) => ErrorName {
  const errors = new Map(known.map((each) => [keyOf(each), errorOf(each)]));
  return (each) => errors.get(keyOf(each)) ?? otherwise();
}

export function commitResponseOf(
  request: OffsetCommitRequest,
  errorOf: (each: TopicPartition) => ErrorName,
): CommitResponse {
  return { topics: topicErrors(request.topics, errorOf) };
}

export function deleteResponseOf(
  request: OffsetDeleteRequest,
  errorOf: (each: TopicPartition) => ErrorName,
): DeleteResponse {
  const topics = topicErrors(request.topics, errorOf);
  return { errorCode: errorCode('NONE'), throttleTimeMs: 0, topics };
}

export function deleteRefusal(error: ErrorName): DeleteResponse {
  return { errorCode: errorCode(error), throttleTimeMs: 0, topics: [] };
}

function topicErrors(
  topics: OffsetDeleteRequest['topics'],
  errorOf: (each: TopicPartition) => ErrorName,
): DeleteResponse['topics'] {
  return topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => ({
      partitionIndex,
      errorCode: errorCode(errorOf({ topic: name, partition: partitionIndex })),
    })),
  }));
}

function keyOf({ topic, partition }: TopicPartition): string {
  return partitionKey(topic, partition);
}

/** The groups that an OffsetFetch asks for: one before v8. */
export function requestedGroups(
  request: OffsetFetchRequest,
  version: number,
): { readonly groupId: string; readonly topics: RequestedTopics }[] {
  return version < 8 ? [request] : [...request.groups];
}

export function fetchResponseOf(groups: readonly FetchedGroup[], version: number): FetchResponse {
  if (version >= 8) {
    return {
      groups: groups.map(({ groupId, topics, error }) => ({
        groupId,
        topics,
        errorCode: errorCode(error),
      })),
    };
  }
  const [group] = groups;
  return { topics: group?.topics ?? [], errorCode: errorCode(group?.error ?? 'NONE') };
}

/** An offset as OffsetFetch tells it; without one, −1. */
export function fetchedPartition(
  partitionIndex: number,
  offset: PartitionOffset['value'] | undefined,
  error: ErrorName = 'NONE',
): FetchedPartition {
  return {
    partitionIndex,
    committedOffset: offset?.offset ?? -1,
    committedLeaderEpoch: offset?.leaderEpoch ?? -1,
    metadata: offset?.metadata ?? '',
    errorCode: errorCode(error),
  };
}

/** A group that cannot be read. Before v2 there is no room for that but on each partition. */
export function fetchRefusal(
  groupId: string,
  topics: RequestedTopics,
  error: ErrorName,
  version: number,
): FetchedGroup {
  if (version >= 2) return { groupId, error, topics: [] };
  const refused = (topics ?? []).map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.map((index) => fetchedPartition(index, undefined, error)),
  }));
  return { groupId, error, topics: refused };
}

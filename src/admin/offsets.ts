/** Where partitions begin and end, and which offset a time has (ListOffsets). */
import { errorName } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import { ListOffsetsRequest, ListOffsetsResponse } from '../protocol/messages/02-list-offsets';
import { partitionKey } from '../protocol/topic-partition';
import type { TopicPartition } from '../protocol/topic-partition';
import { AdminError } from './admin-error';
import { isPassing } from './admin-client';
import type { AdminClient } from './admin-client';

/** Timestamps that stand for places (`org.apache.kafka.common.requests.ListOffsetsRequest`). */
export const EARLIEST = -2;
export const LATEST = -1;

const CONSUMER = -1;
/** Any replica answers it, not only the leader. */
const DEBUGGER = -2;

export interface OffsetQuery extends TopicPartition {
  /** Milliseconds since the epoch, or one of the places above. */
  readonly timestamp: number;
}

/** `offset` −1: no record has that timestamp or a later one. */
export type OffsetAnswer = { readonly offset: number } | { readonly error: ErrorName };

type Answers = Map<string, OffsetAnswer>;

function byTopic(queries: readonly OffsetQuery[]) {
  const topics = new Map<string, { partitionIndex: number; timestamp: number }[]>();
  for (const { topic, partition, timestamp } of queries) {
    const partitions = topics.get(topic) ?? [];
    topics.set(topic, partitions);
    partitions.push({ partitionIndex: partition, timestamp });
  }
  return [...topics].map(([name, partitions]) => ({ name, partitions }));
}

async function ask(
  client: AdminClient,
  broker: number,
  replicaId: number,
  queries: readonly OffsetQuery[],
): Promise<Answers> {
  const { topics } = await client.askBroker(broker, ListOffsetsRequest, ListOffsetsResponse, {
    replicaId,
    topics: byTopic(queries),
  });
  const answers: Answers = new Map();
  for (const { name, partitions } of topics) {
    for (const { partitionIndex, errorCode, offset } of partitions) {
      const error = errorName(errorCode);
      answers.set(partitionKey(name, partitionIndex), error === 'NONE' ? { offset } : { error });
    }
  }
  return answers;
}

/** Asks each leader about its partitions. What has no leader, or does not exist, has an error instead of an offset. */
export async function listOffsets(
  client: AdminClient,
  queries: readonly OffsetQuery[],
): Promise<ReadonlyMap<string, OffsetAnswer>> {
  if (queries.length === 0) return new Map();
  let last: Answers = new Map();
  const attempt = async (): Promise<Answers> => {
    last = await askLeaders(client, queries);
    const passing = [...last.values()].find((each) => 'error' in each && isPassing(each.error));
    if (passing && 'error' in passing)
      throw new AdminError('a leader is not there', { errorName: passing.error });
    return last;
  };
  try {
    return await client.retrying(attempt);
  } catch (error) {
    // The others have their answers: one partition without a leader must not hide them.
    if (error instanceof AdminError && error.errorName !== undefined) return last;
    throw error;
  }
}

async function askLeaders(client: AdminClient, queries: readonly OffsetQuery[]): Promise<Answers> {
  const names = [...new Set(queries.map(({ topic }) => topic))];
  const { topics } = await client.metadata(names);
  const leaders = new Map<string, number>();
  for (const { partitions } of topics)
    for (const { topic, partition, leader } of partitions)
      leaders.set(partitionKey(topic, partition), leader);
  const answers: Answers = new Map();
  const byLeader = new Map<number, OffsetQuery[]>();
  for (const query of queries) {
    const key = partitionKey(query.topic, query.partition);
    const leader = leaders.get(key);
    if (leader === undefined) answers.set(key, { error: 'UNKNOWN_TOPIC_OR_PARTITION' });
    else if (leader < 0) answers.set(key, { error: 'LEADER_NOT_AVAILABLE' });
    else byLeader.set(leader, [...(byLeader.get(leader) ?? []), query]);
  }
  const parts = [...byLeader].map(([leader, ofIt]) => ask(client, leader, CONSUMER, ofIt));
  for (const part of await Promise.all(parts))
    for (const [key, answer] of part) answers.set(key, answer);
  return answers;
}

/** The end offsets of one broker's own replicas, whether it leads them or follows. */
export async function replicaEnds(
  client: AdminClient,
  broker: number,
  partitions: readonly TopicPartition[],
): Promise<ReadonlyMap<string, OffsetAnswer>> {
  const queries = partitions.map((each) => ({ ...each, timestamp: LATEST }));
  return queries.length === 0 ? new Map() : ask(client, broker, DEBUGGER, queries);
}

/** Commit, fetch and delete offsets of one group, which is here and loaded. */

import type { ErrorName } from '../../protocol/errors';
import type { TopicPartition } from '../../protocol/topic-partition';
import { partitionKey } from '../../protocol/topic-partition';
import { offsetWriteError } from '../runtime/write-errors';
import type { GroupPartition } from './group-partition';
import type { LiveGroup } from './live-group';
import { fetchedPartition } from './offset-messages';
import type { FetchedGroup, FetchedPartition, RequestedTopics } from './offset-messages';
import { encodeOffsetKey, encodeOffsetValue } from './records';
import type { CommitRequest } from './state/commit-rules';
import { isSubscribed } from './state/expiration';
import { CONSUMER_PROTOCOL_TYPE } from './state/consumer-protocol';
import type { PartitionOffset } from './state/offsets';
import { isStorable } from './storable';

/** Answers the error of each offset: one for all, except that metadata may be too large for some. */
export async function commitOffsets(
  home: GroupPartition,
  groupId: string,
  request: CommitRequest,
  offsets: readonly PartitionOffset[],
): Promise<(offset: PartitionOffset) => ErrorName> {
  const live = groupToCommitTo(home, groupId, request);
  const refusal = live ? live.admitCommit(request) : 'ILLEGAL_GENERATION';
  if (!live || refusal !== 'NONE') return () => refusal;
  const limit = home.environment.settings['offset.metadata.max.bytes'];
  const fits = ({ value }: PartitionOffset): boolean =>
    value.metadata.length <= limit && isStorable(value.metadata);
  const error = await writeOffsets(home, live, offsets.filter(fits));
  return (offset) => (fits(offset) ? error : 'OFFSET_METADATA_TOO_LARGE');
}

/** A client outside of group management may commit to a group that nobody knows. */
function groupToCommitTo(
  home: GroupPartition,
  groupId: string,
  request: CommitRequest,
): LiveGroup | undefined {
  return request.generation < 0 ? home.findOrCreate(groupId) : home.find(groupId);
}

async function writeOffsets(
  home: GroupPartition,
  live: LiveGroup,
  offsets: readonly PartitionOffset[],
): Promise<ErrorName> {
  if (offsets.length === 0) return 'NONE';
  // Of one partition named twice the last counts, and only that is written.
  const unique = [...new Map(offsets.map((each) => [keyOf(each), each])).values()];
  const records = unique.map(({ topic, partition, value }) => ({
    key: encodeOffsetKey(live.group.id, topic, partition),
    value: encodeOffsetValue(value),
  }));
  live.offsets.beginCommit(unique);
  const { order, committed } = home.append(records);
  const error = await committed;
  live.offsets.endCommit(unique, order, error === 'NONE');
  return offsetWriteError(error);
}

/** Never an offset that is older than one acknowledged; `requireStable` also none that may change (KIP-447). */
export function fetchOffsets(
  live: LiveGroup | undefined,
  groupId: string,
  topics: RequestedTopics,
  requireStable: boolean,
): FetchedGroup {
  const wanted = topics ?? (live ? committedTopics(live) : []);
  const fetched = wanted.map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.map((index) => fetchOne(live, name, index, requireStable)),
  }));
  return { groupId, error: 'NONE', topics: fetched };
}

function fetchOne(
  live: LiveGroup | undefined,
  topic: string,
  partition: number,
  requireStable: boolean,
): FetchedPartition {
  if (requireStable && live?.offsets.isPending(topic, partition)) {
    return fetchedPartition(partition, undefined, 'UNSTABLE_OFFSET_COMMIT');
  }
  return fetchedPartition(partition, live?.offsets.get(topic, partition));
}

function committedTopics(live: LiveGroup): { name: string; partitionIndexes: number[] }[] {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of live.offsets.all()) {
    const partitions = topics.get(topic);
    if (partitions) partitions.push(partition);
    else topics.set(topic, [partition]);
  }
  return [...topics].map(([name, partitionIndexes]) => ({ name, partitionIndexes }));
}

/** An error of the group, or the error of each partition. */
export interface Deletion {
  readonly error: ErrorName;
  readonly errorOf: (partition: TopicPartition) => ErrorName;
}

/**
 * OffsetDelete (KIP-496): offsets of an empty group, or of topics that a consumer group does not
 * read.
 */
export async function deleteOffsets(
  home: GroupPartition,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<Deletion> {
  const nothing = (error: ErrorName): Deletion => ({ error, errorOf: () => error });
  const live = home.find(groupId);
  if (!live) return nothing('GROUP_ID_NOT_FOUND');
  const isEmpty = live.group.state === 'Empty';
  if (!isEmpty && live.group.protocolType !== CONSUMER_PROTOCOL_TYPE) {
    return nothing('NON_EMPTY_GROUP');
  }
  const isInUse = ({ topic }: TopicPartition): boolean =>
    !isEmpty && isSubscribed(live.group, topic);
  const unused = partitions.filter((each) => !isInUse(each));
  const inUse = new Set(partitions.filter(isInUse).map(keyOf));
  const error = offsetWriteError(await home.removeOffsets(live, unused));
  return {
    error: 'NONE',
    errorOf: (each) => (inUse.has(keyOf(each)) ? 'GROUP_SUBSCRIBED_TO_TOPIC' : error),
  };
}

function keyOf({ topic, partition }: TopicPartition): string {
  return partitionKey(topic, partition);
}

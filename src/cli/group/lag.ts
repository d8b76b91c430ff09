/** How far a group is behind, as kafka-consumer-groups reckons it. */
import type { OffsetAnswer } from '../../admin/offsets';
import type { CommittedOffset, GroupMember } from '../../admin/groups';
import { partitionKey } from '../../protocol/topic-partition';
import type { TopicPartition } from '../../protocol/topic-partition';

export interface PartitionLag extends TopicPartition {
  /** `undefined`: nothing is committed. */
  readonly committed: number | undefined;
  /** The offset after the last record that consumers may see; `undefined` if no leader tells it. */
  readonly end: number | undefined;
  /** `undefined` where one of the two is. Never below 0: a log that was truncated has nothing left to read. */
  readonly lag: number | undefined;
  readonly member: GroupMember | undefined;
}

export function endOf(answer: OffsetAnswer | undefined): number | undefined {
  return answer && 'offset' in answer ? answer.offset : undefined;
}

/** All partitions that have a committed offset or a member, ascending. */
export function partitionsOfGroup(
  committed: readonly CommittedOffset[],
  members: readonly GroupMember[],
): TopicPartition[] {
  const all = [...committed, ...members.flatMap(({ assignment }) => assignment)];
  const unique = new Map(
    all.map(({ topic, partition }) => [partitionKey(topic, partition), { topic, partition }]),
  );
  return [...unique.values()].sort((a, b) =>
    a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1,
  );
}

export function lagOf(
  committed: readonly CommittedOffset[],
  members: readonly GroupMember[],
  ends: ReadonlyMap<string, OffsetAnswer>,
): PartitionLag[] {
  const offsets = new Map(
    committed.map(({ topic, partition, offset }) => [partitionKey(topic, partition), offset]),
  );
  const owners = new Map<string, GroupMember>();
  for (const member of members)
    for (const { topic, partition } of member.assignment)
      owners.set(partitionKey(topic, partition), member);
  return partitionsOfGroup(committed, members).map(({ topic, partition }) => {
    const key = partitionKey(topic, partition);
    const offset = offsets.get(key);
    const end = endOf(ends.get(key));
    const lag = offset === undefined || end === undefined ? undefined : Math.max(0, end - offset);
    return { topic, partition, committed: offset, end, lag, member: owners.get(key) };
  });
}

/** What is known, added up; `isWhole` is false if the lag of a partition is not known. */
export function totalLag(partitions: readonly PartitionLag[]): { lag: number; isWhole: boolean } {
  const known = partitions.flatMap(({ lag }) => (lag === undefined ? [] : [lag]));
  return {
    lag: known.reduce((sum, each) => sum + each, 0),
    isWhole: known.length === partitions.length,
  };
}

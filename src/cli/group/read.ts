/** Reads what the group commands show and plan with. */
import type { AdminClient } from '../../admin/admin-client';
import { NO_SUCH_GROUP, committedOffsets, describeGroup } from '../../admin/groups';
import type { CommittedOffset, GroupDescription } from '../../admin/groups';
import { EARLIEST, LATEST, listOffsets } from '../../admin/offsets';
import type { OffsetAnswer, OffsetQuery } from '../../admin/offsets';
import { partitionKey } from '../../protocol/topic-partition';
import type { TopicPartition } from '../../protocol/topic-partition';
import { OperatorError, notFound } from '../failure';
import { lagOf, partitionsOfGroup } from './lag';
import type { PartitionLag } from './lag';
import type { PartitionFacts, ResetTarget } from './reset-plan';

export interface GroupReading {
  readonly description: GroupDescription;
  readonly committed: readonly CommittedOffset[];
  readonly partitions: readonly PartitionLag[];
}

/** Throws an `OperatorError` if there is no such group. */
export async function readGroup(client: AdminClient, group: string): Promise<GroupReading> {
  const [description, committed] = await Promise.all([
    describeGroup(client, group),
    committedOffsets(client, group),
  ]);
  if (description.state === NO_SUCH_GROUP) throw notFound(`there is no group ${group}`);
  const { members } = description;
  const ends = await listOffsets(client, at(LATEST, partitionsOfGroup(committed, members)));
  return { description, committed, partitions: lagOf(committed, members, ends) };
}

function at(timestamp: number, partitions: readonly TopicPartition[]): OffsetQuery[] {
  return partitions.map(({ topic, partition }) => ({ topic, partition, timestamp }));
}

/** Throws an `OperatorError` for the first partition whose leader does not tell. */
function offsetOf(
  answers: ReadonlyMap<string, OffsetAnswer>,
  { topic, partition }: TopicPartition,
): number {
  const key = partitionKey(topic, partition);
  const answer = answers.get(key) ?? { error: 'UNKNOWN_TOPIC_OR_PARTITION' as const };
  if ('offset' in answer) return answer.offset;
  throw new OperatorError(`${key} tells no offset: ${answer.error}`);
}

/** What a plan for these partitions needs to know. */
export async function readFacts(
  client: AdminClient,
  partitions: readonly TopicPartition[],
  committed: readonly CommittedOffset[],
  target: ResetTarget,
): Promise<PartitionFacts[]> {
  const offsets = new Map(
    committed.map((each) => [partitionKey(each.topic, each.partition), each.offset]),
  );
  const times = target.kind === 'time' ? at(target.timestamp, partitions) : [];
  const [earliest, latest, atTime] = await Promise.all([
    listOffsets(client, at(EARLIEST, partitions)),
    listOffsets(client, at(LATEST, partitions)),
    listOffsets(client, times),
  ]);
  return partitions.map((each) => ({
    ...each,
    earliest: offsetOf(earliest, each),
    latest: offsetOf(latest, each),
    committed: offsets.get(partitionKey(each.topic, each.partition)),
    ...(target.kind === 'time' ? { atTime: offsetOf(atTime, each) } : {}),
  }));
}

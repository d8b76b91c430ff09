/** What `group reset` would commit for each partition. Rules of kafka-consumer-groups --reset-offsets. */
import { partitionKey } from '../../protocol/topic-partition';
import type { TopicPartition } from '../../protocol/topic-partition';

export type ResetTarget =
  | { readonly kind: 'earliest' | 'latest' | 'current' }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'shift'; readonly by: number }
  /** The first record with this timestamp or a later one. */
  | { readonly kind: 'time'; readonly timestamp: number }
  /** By partition key. */
  | { readonly kind: 'each'; readonly offsets: ReadonlyMap<string, number> };

export interface PartitionFacts extends TopicPartition {
  readonly earliest: number;
  readonly latest: number;
  readonly committed: number | undefined;
  /** For a target that is a time: the offset found, −1 if all records are older. */
  readonly atTime?: number | undefined;
}

export interface PlannedOffset extends TopicPartition {
  readonly from: number | undefined;
  readonly to: number;
  /** Why it is not exactly what was asked for; empty if it is. */
  readonly note: string;
}

/** Why nothing can be planned for a partition. */
export interface UnplannedPartition extends TopicPartition {
  readonly problem: string;
}

function wanted(facts: PartitionFacts, target: ResetTarget): number | string {
  switch (target.kind) {
    case 'earliest':
      return facts.earliest;
    case 'latest':
      return facts.latest;
    case 'current':
      return facts.committed ?? facts.latest;
    case 'offset':
      return target.offset;
    case 'shift':
      return facts.committed === undefined
        ? 'nothing is committed to shift from'
        : facts.committed + target.by;
    case 'time':
      return facts.atTime === undefined || facts.atTime < 0 ? facts.latest : facts.atTime;
    case 'each':
      return (
        target.offsets.get(partitionKey(facts.topic, facts.partition)) ??
        'the file does not name it'
      );
  }
}

function noteOf(facts: PartitionFacts, target: ResetTarget, asked: number): string {
  if (asked < facts.earliest) return `${String(asked)} is before the log: its start instead`;
  if (asked > facts.latest) return `${String(asked)} is after the log: its end instead`;
  if (target.kind === 'current' && facts.committed === undefined)
    return 'nothing is committed: the end of the log';
  if (target.kind === 'time' && (facts.atTime ?? -1) < 0)
    return 'no record is that new: the end of the log';
  return '';
}

/** An offset outside of the log becomes its nearest end, as Kafka's tool does with a warning. */
export function planReset(
  facts: PartitionFacts,
  target: ResetTarget,
): PlannedOffset | UnplannedPartition {
  const { topic, partition, earliest, latest, committed } = facts;
  const asked = wanted(facts, target);
  if (typeof asked === 'string') return { topic, partition, problem: asked };
  const to = Math.min(Math.max(asked, earliest), latest);
  return { topic, partition, from: committed, to, note: noteOf(facts, target, asked) };
}

/** How partitions are named at the command line: `topic`, `topic:0,2,5` or `topic:0-3`. */
import type { AdminClient } from '../admin/admin-client';
import type { TopicPartition } from '../protocol/topic-partition';
import { OperatorError, notFound } from './failure';

export interface TopicSelection {
  readonly topic: string;
  /** All of the topic's if `undefined`. */
  readonly partitions: readonly number[] | undefined;
}

const RANGE = /^(\d+)(?:-(\d+))?$/;
/** Nobody means more by a range: what is larger is a slip of the finger. */
const LARGEST_RANGE = 100_000;

function range(text: string, whole: string): number[] {
  const [, first, last = first] = RANGE.exec(text.trim()) ?? [];
  const count = Number(last) - Number(first) + 1;
  if (!(count >= 1 && count <= LARGEST_RANGE))
    throw new OperatorError(
      `"${whole}" does not name partitions: topic:0,2 or topic:0-3 is needed, or the topic alone`,
    );
  return Array.from({ length: count }, (_, i) => Number(first) + i);
}

/** Throws an `OperatorError`. A topic's name holds no colon. */
export function parseTopicSelection(text: string): TopicSelection {
  const colon = text.indexOf(':');
  if (colon === 0 || text === '') throw new OperatorError(`"${text}" names no topic`);
  if (colon < 0) return { topic: text, partitions: undefined };
  const partitions = text
    .slice(colon + 1)
    .split(',')
    .flatMap((each) => range(each, text));
  return { topic: text.slice(0, colon), partitions: [...new Set(partitions)] };
}

/** The partitions meant, ascending. Throws an `OperatorError` for a topic or partition that does not exist. */
export function selectedPartitions(
  selections: readonly TopicSelection[],
  /** Of each topic that exists. */
  existing: ReadonlyMap<string, readonly number[]>,
): TopicPartition[] {
  const all = selections.flatMap(({ topic, partitions }) => {
    const known = existing.get(topic);
    if (!known) throw notFound(`there is no topic ${topic}`);
    const missing = partitions?.find((each) => !known.includes(each));
    if (missing !== undefined) throw notFound(`topic ${topic} has no partition ${String(missing)}`);
    return (partitions ?? known).map((partition) => ({ topic, partition }));
  });
  const unique = new Map(all.map((each) => [`${each.topic}:${String(each.partition)}`, each]));
  return [...unique.values()].sort((a, b) =>
    a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1,
  );
}

/** The partitions of each of these topics that exist; of all topics for `null`. */
export async function existingPartitions(
  client: AdminClient,
  topics: readonly string[] | null,
): Promise<Map<string, number[]>> {
  const { topics: found } = await client.metadata(topics);
  return new Map(
    found
      .filter(({ error }) => error === 'NONE' || error === 'LEADER_NOT_AVAILABLE')
      .map(({ name, partitions }) => [name, partitions.map(({ partition }) => partition)]),
  );
}

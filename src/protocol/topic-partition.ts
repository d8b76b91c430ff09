/** Names of partitions, and the one-way map keys made from them. */

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** `topic-partition`, unique because a topic's name is followed by the last dash. Used as map key and as folder name. */
export function partitionKey(topic: string, partition: number): string {
  return `${topic}-${String(partition)}`;
}

/** The inverse of `partitionKey`; `undefined` if `key` is not such a name. */
export function parsePartitionKey(key: string): TopicPartition | undefined {
  const match = /^(.+)-(0|[1-9]\d*)$/.exec(key);
  return match ? { topic: match[1] as string, partition: Number(match[2]) } : undefined;
}

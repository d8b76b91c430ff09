/** Topics as the brokers tell of them. */
import type { TopicMetadata } from '../../admin/metadata';
import { speaksPlainText, withAdminClient } from '../admin';
import type { ClientOptions } from '../arguments';
import { notFound } from '../failure';
import { withAdmin } from '../kafka';

export type SeenTopic = Pick<TopicMetadata, 'name'> & {
  /** Ascending; the leader is −1 while nobody leads. */
  readonly partitions: readonly Pick<
    TopicMetadata['partitions'][number],
    'partition' | 'leader' | 'replicas' | 'isr'
  >[];
};

async function byKafkaJs(options: ClientOptions): Promise<SeenTopic[]> {
  const { topics } = await withAdmin(options, (admin) => admin.fetchTopicMetadata());
  return topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions
      .map(({ partitionId, leader, replicas, isr }) => ({
        partition: partitionId,
        leader,
        replicas,
        isr,
      }))
      .sort((a, b) => a.partition - b.partition),
  }));
}

/**
 * All topics, by name. kafkajs, which alone speaks TLS and SASL, tells of none while any partition has no leader:
 * just when an operator asks.
 */
export async function seenTopics(options: ClientOptions): Promise<SeenTopic[]> {
  if (!speaksPlainText(options.properties)) return byKafkaJs(options);
  const { topics } = await withAdminClient(options, (client) => client.metadata(null));
  return topics.filter(({ error }) => error === 'NONE' || error === 'LEADER_NOT_AVAILABLE');
}

/** The topics of these names, in their order. Throws an `OperatorError` with all the names that do not exist. */
export async function existingTopics(
  names: readonly string[],
  options: ClientOptions,
): Promise<SeenTopic[]> {
  const seen = new Map((await seenTopics(options)).map((topic) => [topic.name, topic]));
  const unknown = names.filter((name) => !seen.has(name));
  if (unknown.length > 0) throw notFound(`there is no topic ${unknown.join(', ')}`);
  return names.flatMap((name) => seen.get(name) ?? []);
}

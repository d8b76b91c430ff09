/** `KAFKA_CREATE_TOPICS`, as wurstmeister/kafka has it: `name:partitions:replicas[:cleanup.policy]`, separated by commas. */
import { ConfigError } from '../config-error';

export interface TopicToCreate {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config: Readonly<Record<string, string>>;
}

const TOPIC = /^([\w.-]+):(\d+):(\d+)(?::([a-z,]+))?$/;
/** How bash writes a character that cannot be typed, and how the separator is given in compose files. */
const QUOTED = /^\$'(.*)'$/;

function separatorOf(text: string): string {
  const [, quoted] = QUOTED.exec(text) ?? [];
  return quoted === undefined ? text : quoted.replaceAll('\\n', '\n').replaceAll('\\t', '\t');
}

/** Throws a `ConfigError` that names each item which says no topic. */
export function parseTopicsToCreate(text: string, separator = ','): TopicToCreate[] {
  const problems: string[] = [];
  const items = text.split(separatorOf(separator)).map((item) => item.trim());
  const topics = items
    .filter((item) => item !== '')
    .flatMap((item) => {
      const [, topic, partitions, replicas, policy] = TOPIC.exec(item) ?? [];
      if (topic === undefined || Number(partitions) === 0 || Number(replicas) === 0) {
        problems.push(
          `'${item}' is not name:partitions:replicas or name:partitions:replicas:policy`,
        );
        return [];
      }
      const config: Record<string, string> =
        policy === undefined ? {} : { 'cleanup.policy': policy };
      return [
        { topic, partitions: Number(partitions), replicationFactor: Number(replicas), config },
      ];
    });
  if (problems.length > 0) throw new ConfigError('KAFKA_CREATE_TOPICS', problems);
  return topics;
}

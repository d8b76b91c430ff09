/** Which names a topic may have (`org.apache.kafka.common.internals.Topic`). */

const MAX_NAME_LENGTH = 249;

/** Why `name` is no topic's name, in Kafka's words; `undefined` if it may be one. */
export function topicNameProblem(name: string): string | undefined {
  if (name === '') return 'Topic name is invalid: the empty string is not allowed';
  if (name === '.' || name === '..') return `Topic name is invalid: '${name}' is not allowed`;
  if (name.length > MAX_NAME_LENGTH) {
    return `Topic name is invalid: the length of '${name}' is longer than the max allowed length ${String(MAX_NAME_LENGTH)}`;
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    return `Topic name is invalid: '${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`;
  }
  return undefined;
}

/** True for two different names that metrics cannot tell apart. */
export function collides(a: string, b: string): boolean {
  return a !== b && a.replaceAll('.', '_') === b.replaceAll('.', '_');
}

export const GROUP_METADATA_TOPIC = '__consumer_offsets';

const INTERNAL_TOPICS = new Set([GROUP_METADATA_TOPIC, '__transaction_state']);

/** Topics that only coordinators write. */
export function isInternalTopic(name: string): boolean {
  return INTERNAL_TOPICS.has(name);
}

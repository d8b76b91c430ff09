/**
 * The one look the coordinator takes into members' metadata: the topics of a consumer subscription,
 * so that offsets of topics nobody reads can expire and be deleted (KIP-496). Version 0 is a prefix
 * of all later versions of the embedded protocol (Kafka's `ConsumerProtocol`).
 */

import type { Member } from './member';

export const CONSUMER_PROTOCOL_TYPE = 'consumer';

/**
 * The topics that the members of a `consumer` group subscribe to. `undefined` if the group is of
 * another type or a member's metadata does not parse.
 */
export function subscribedTopics(
  protocolType: string | undefined,
  protocolName: string | undefined,
  members: Iterable<Member>,
): ReadonlySet<string> | undefined {
  if (protocolType !== CONSUMER_PROTOCOL_TYPE) return undefined;
  const topics = new Set<string>();
  for (const member of members) {
    const subscription = topicsOfSubscription(member.metadataFor(protocolName));
    if (!subscription) return undefined;
    for (const topic of subscription) topics.add(topic);
  }
  return topics;
}

/** Version INT16, then ARRAY of STRING; what follows is not read. */
export function topicsOfSubscription(metadata: Uint8Array): string[] | undefined {
  const view = new DataView(metadata.buffer, metadata.byteOffset, metadata.byteLength);
  if (metadata.length < 6 || view.getInt16(0) < 0) return undefined;
  const count = view.getInt32(2);
  // Each topic takes at least its length: more of them than bytes is not a subscription.
  if (count < 0 || count * 2 > metadata.length) return undefined;
  const topics: string[] = [];
  let position = 6;
  for (let index = 0; index < count; index++) {
    if (position + 2 > metadata.length) return undefined;
    const start = position + 2;
    const end = start + view.getInt16(position);
    if (end < start || end > metadata.length) return undefined;
    topics.push(asciiString(metadata.subarray(start, end)));
    position = end;
  }
  return topics;
}

/** Topic names are ASCII; any other byte makes a name that matches no topic. */
function asciiString(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

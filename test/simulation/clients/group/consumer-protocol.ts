/** What members of a consumer group tell each other through the coordinator (Kafka's `ConsumerProtocol`). */
import { codecOf } from '../../../../src/protocol/codec';
import type { MessageSpec } from '../../../../src/protocol/schema';
import type { TopicPartition } from '../../history';

/** Since v1 ownedPartitions (KIP-429) · v2 generationId · v3 rackId (KIP-881). */
const SubscriptionSpec = {
  versions: [0, 3],
  fields: {
    topics: { type: 'array', of: 'string' },
    userData: { type: 'bytes', nullable: true, default: null },
    ownedPartitions: {
      type: 'array',
      since: 1,
      of: { topic: { type: 'string' }, partitions: { type: 'array', of: 'int32' } },
    },
    generationId: { type: 'int32', since: 2, default: -1 },
    rackId: { type: 'string', since: 3, nullable: true, default: null },
  },
} as const satisfies MessageSpec;

const AssignmentSpec = {
  versions: [0, 3],
  fields: {
    assignedPartitions: {
      type: 'array',
      of: { topic: { type: 'string' }, partitions: { type: 'array', of: 'int32' } },
    },
    userData: { type: 'bytes', nullable: true, default: null },
  },
} as const satisfies MessageSpec;

export const SUBSCRIPTION_VERSIONS = [1, 3] as const;

export interface Subscription {
  readonly topics: readonly string[];
  readonly owned: readonly TopicPartition[];
  /** In which it came to own them; −1 if it is not told. */
  readonly generation: number;
}

function grouped(
  partitions: readonly TopicPartition[],
): { readonly topic: string; readonly partitions: readonly number[] }[] {
  return [...new Set(partitions.map(({ topic }) => topic))].map((topic) => ({
    topic,
    partitions: partitions.filter((each) => each.topic === topic).map((each) => each.partition),
  }));
}

function flattened(
  topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[],
): TopicPartition[] {
  return topics.flatMap(({ topic, partitions }) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}

function versioned(version: number, body: readonly Buffer[]): Buffer {
  const prefix = Buffer.alloc(2);
  prefix.writeInt16BE(version);
  return Buffer.concat([prefix, ...body]);
}

export function encodeSubscription(subscription: Subscription, version: number): Buffer {
  const { topics, owned, generation: generationId } = subscription;
  const message = { topics, ownedPartitions: grouped(owned), generationId };
  return versioned(version, codecOf(SubscriptionSpec).encode(message, version));
}

/** Throws on what is no subscription. */
export function decodeSubscription(bytes: Buffer): Subscription {
  const version = Math.min(bytes.readInt16BE(0), SubscriptionSpec.versions[1]);
  const { message } = codecOf(SubscriptionSpec).decode(bytes, version, 2);
  const { topics, ownedPartitions, generationId: generation } = message;
  return { topics, owned: flattened(ownedPartitions), generation };
}

export function encodeAssignment(partitions: readonly TopicPartition[]): Buffer {
  const message = { assignedPartitions: grouped(partitions) };
  return versioned(0, codecOf(AssignmentSpec).encode(message, 0));
}

/** No bytes at all are an assignment of nothing: the coordinator's, for a member that the leader left out. */
export function decodeAssignment(bytes: Buffer): TopicPartition[] {
  if (bytes.length === 0) return [];
  const version = Math.min(bytes.readInt16BE(0), AssignmentSpec.versions[1]);
  return flattened(codecOf(AssignmentSpec).decode(bytes, version, 2).message.assignedPartitions);
}

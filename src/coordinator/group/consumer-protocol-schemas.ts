/**
 * What the members of a consumer group tell their leader, and it them, in Kafka's formats
 * (`ConsumerProtocolSubscription.json`, `ConsumerProtocolAssignment.json`), each preceded by its version as INT16. The
 * coordinator passes them on unread; they are here for those who look into its records.
 */

import type { MessageSpec } from '../../protocol/schema';

const TOPIC_PARTITIONS = {
  topic: { type: 'string' },
  partitions: { type: 'array', of: 'int32' },
} as const;

export const ConsumerProtocolSubscription = {
  versions: [0, 3],
  fields: {
    topics: { type: 'array', of: 'string' },
    userData: { type: 'bytes', nullable: true, default: null },
    ownedPartitions: { type: 'array', of: TOPIC_PARTITIONS, since: 1, ignorable: true },
    generationId: { type: 'int32', since: 2, default: -1, ignorable: true },
    rackId: { type: 'string', since: 3, nullable: true, default: null, ignorable: true },
  },
} as const satisfies MessageSpec;

export const ConsumerProtocolAssignment = {
  versions: [0, 3],
  fields: {
    assignedPartitions: { type: 'array', of: TOPIC_PARTITIONS },
    userData: { type: 'bytes', nullable: true, default: null },
  },
} as const satisfies MessageSpec;

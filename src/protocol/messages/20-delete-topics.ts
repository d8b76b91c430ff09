/**
 * DeleteTopics (20), versions 0 to 6. Deletes topics by name or id; on the controller.
 * Since v1 throttleTimeMs · v3 TOPIC_DELETION_DISABLED · v4 flexible · v5 errorMessage,
 * THROTTLING_QUOTA_EXCEEDED (KIP-599) · v6 topics, topicId, topic ids (KIP-516).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const DeleteTopicsRequest = {
  apiKey: 20,
  versions: [0, 6],
  flexibleSince: 4,
  fields: {
    topics: {
      type: 'array',
      since: 6,
      of: {
        name: { type: 'string', nullable: true, default: null },
        topicId: { type: 'uuid' },
      },
    },
    topicNames: { type: 'array', of: 'string', until: 5, ignorable: true },
    timeoutMs: { type: 'int32' },
  },
} as const satisfies MessageSpec;
export type DeleteTopicsRequest = TypeOf<typeof DeleteTopicsRequest>;

export const DeleteTopicsResponse = {
  apiKey: 20,
  versions: [0, 6],
  flexibleSince: 4,
  fields: {
    throttleTimeMs: { type: 'int32', since: 1, ignorable: true },
    responses: {
      type: 'array',
      of: {
        name: { type: 'string', nullable: { since: 6 } },
        topicId: { type: 'uuid', since: 6, ignorable: true },
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', since: 5, nullable: true, default: null, ignorable: true },
      },
    },
  },
} as const satisfies MessageSpec;
export type DeleteTopicsResponse = TypeOf<typeof DeleteTopicsResponse>;

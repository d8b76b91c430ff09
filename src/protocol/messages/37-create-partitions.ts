/**
 * CreatePartitions (37), versions 0 to 3. Adds partitions to topics; on the controller.
 * Since v2 flexible · v3 THROTTLING_QUOTA_EXCEEDED (KIP-599).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const CreatePartitionsRequest = {
  apiKey: 37,
  versions: [0, 3],
  flexibleSince: 2,
  fields: {
    topics: {
      type: 'array',
      of: {
        name: { type: 'string' },
        count: { type: 'int32' },
        assignments: {
          type: 'array',
          nullable: true,
          of: {
            brokerIds: { type: 'array', of: 'int32' },
          },
        },
      },
    },
    timeoutMs: { type: 'int32' },
    validateOnly: { type: 'bool' },
  },
} as const satisfies MessageSpec;
export type CreatePartitionsRequest = TypeOf<typeof CreatePartitionsRequest>;

export const CreatePartitionsResponse = {
  apiKey: 37,
  versions: [0, 3],
  flexibleSince: 2,
  fields: {
    throttleTimeMs: { type: 'int32' },
    results: {
      type: 'array',
      of: {
        name: { type: 'string' },
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: true, default: null },
      },
    },
  },
} as const satisfies MessageSpec;
export type CreatePartitionsResponse = TypeOf<typeof CreatePartitionsResponse>;

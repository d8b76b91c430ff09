/**
 * OffsetDelete (47), versions 0. Deletes committed offsets of a group (KIP-496).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const OffsetDeleteRequest = {
  apiKey: 47,
  versions: [0, 0],
  fields: {
    groupId: { type: 'string' },
    topics: {
      type: 'array',
      of: {
        name: { type: 'string' },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type OffsetDeleteRequest = TypeOf<typeof OffsetDeleteRequest>;

export const OffsetDeleteResponse = {
  apiKey: 47,
  versions: [0, 0],
  fields: {
    errorCode: { type: 'int16' },
    throttleTimeMs: { type: 'int32', ignorable: true },
    topics: {
      type: 'array',
      of: {
        name: { type: 'string' },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type OffsetDeleteResponse = TypeOf<typeof OffsetDeleteResponse>;

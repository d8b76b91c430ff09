/**
 * DeleteRecords (21), versions 0 to 2. Raises the log start offset of partitions; on their leader.
 * Since v2 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const DeleteRecordsRequest = {
  apiKey: 21,
  versions: [0, 2],
  flexibleSince: 2,
  fields: {
    topics: {
      type: 'array',
      of: {
        name: { type: 'string' },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            offset: { type: 'int64' },
          },
        },
      },
    },
    timeoutMs: { type: 'int32' },
  },
} as const satisfies MessageSpec;
export type DeleteRecordsRequest = TypeOf<typeof DeleteRecordsRequest>;

export const DeleteRecordsResponse = {
  apiKey: 21,
  versions: [0, 2],
  flexibleSince: 2,
  fields: {
    throttleTimeMs: { type: 'int32' },
    topics: {
      type: 'array',
      of: {
        name: { type: 'string' },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            lowWatermark: { type: 'int64' },
            errorCode: { type: 'int16' },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type DeleteRecordsResponse = TypeOf<typeof DeleteRecordsResponse>;

/**
 * DescribeProducers (61), versions 0. Active producers of partitions; on their leader (KIP-664).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const DescribeProducersRequest = {
  apiKey: 61,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    topics: {
      type: 'array',
      of: {
        name: { type: 'string' },
        partitionIndexes: { type: 'array', of: 'int32' },
      },
    },
  },
} as const satisfies MessageSpec;
export type DescribeProducersRequest = TypeOf<typeof DescribeProducersRequest>;

export const DescribeProducersResponse = {
  apiKey: 61,
  versions: [0, 0],
  flexibleSince: 0,
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
            errorCode: { type: 'int16' },
            errorMessage: { type: 'string', nullable: true, default: null },
            activeProducers: {
              type: 'array',
              of: {
                producerId: { type: 'int64' },
                producerEpoch: { type: 'int32' },
                lastSequence: { type: 'int32', default: -1 },
                lastTimestamp: { type: 'int64', default: -1 },
                coordinatorEpoch: { type: 'int32' },
                currentTxnStartOffset: { type: 'int64', default: -1 },
              },
            },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type DescribeProducersResponse = TypeOf<typeof DescribeProducersResponse>;

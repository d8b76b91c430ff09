/**
 * WriteTxnMarkers (27), versions 0 to 1. Transaction coordinator to leaders: write commit or abort
 * markers.
 * Since v1 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const WriteTxnMarkersRequest = {
  apiKey: 27,
  versions: [0, 1],
  flexibleSince: 1,
  fields: {
    markers: {
      type: 'array',
      of: {
        producerId: { type: 'int64' },
        producerEpoch: { type: 'int16' },
        transactionResult: { type: 'bool' },
        topics: {
          type: 'array',
          of: {
            name: { type: 'string' },
            partitionIndexes: { type: 'array', of: 'int32' },
          },
        },
        coordinatorEpoch: { type: 'int32' },
      },
    },
  },
} as const satisfies MessageSpec;
export type WriteTxnMarkersRequest = TypeOf<typeof WriteTxnMarkersRequest>;

export const WriteTxnMarkersResponse = {
  apiKey: 27,
  versions: [0, 1],
  flexibleSince: 1,
  fields: {
    markers: {
      type: 'array',
      of: {
        producerId: { type: 'int64' },
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
    },
  },
} as const satisfies MessageSpec;
export type WriteTxnMarkersResponse = TypeOf<typeof WriteTxnMarkersResponse>;

/**
 * DescribeTransactions (65), versions 0. State of transactions, on their coordinator (KIP-664).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const DescribeTransactionsRequest = {
  apiKey: 65,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    transactionalIds: { type: 'array', of: 'string' },
  },
} as const satisfies MessageSpec;
export type DescribeTransactionsRequest = TypeOf<typeof DescribeTransactionsRequest>;

export const DescribeTransactionsResponse = {
  apiKey: 65,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    throttleTimeMs: { type: 'int32' },
    transactionStates: {
      type: 'array',
      of: {
        errorCode: { type: 'int16' },
        transactionalId: { type: 'string' },
        transactionState: { type: 'string' },
        transactionTimeoutMs: { type: 'int32' },
        transactionStartTimeMs: { type: 'int64' },
        producerId: { type: 'int64' },
        producerEpoch: { type: 'int16' },
        topics: {
          type: 'array',
          of: {
            topic: { type: 'string' },
            partitions: { type: 'array', of: 'int32' },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type DescribeTransactionsResponse = TypeOf<typeof DescribeTransactionsResponse>;

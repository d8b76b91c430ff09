/**
 * ListTransactions (66), versions 0 to 1. Lists the transactions of this coordinator (KIP-664).
 * Since v1 durationFilter (KIP-994).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const ListTransactionsRequest = {
  apiKey: 66,
  versions: [0, 1],
  flexibleSince: 0,
  fields: {
    stateFilters: { type: 'array', of: 'string' },
    producerIdFilters: { type: 'array', of: 'int64' },
    durationFilter: { type: 'int64', since: 1, default: -1 },
  },
} as const satisfies MessageSpec;
export type ListTransactionsRequest = TypeOf<typeof ListTransactionsRequest>;

export const ListTransactionsResponse = {
  apiKey: 66,
  versions: [0, 1],
  flexibleSince: 0,
  fields: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    unknownStateFilters: { type: 'array', of: 'string' },
    transactionStates: {
      type: 'array',
      of: {
        transactionalId: { type: 'string' },
        producerId: { type: 'int64' },
        transactionState: { type: 'string' },
      },
    },
  },
} as const satisfies MessageSpec;
export type ListTransactionsResponse = TypeOf<typeof ListTransactionsResponse>;

/**
 * EndTxn (26), versions 0 to 4. Commits or aborts a transaction.
 * Since v2 PRODUCER_FENCED · v3 flexible · v4 TRANSACTION_ABORTABLE (KIP-890).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const EndTxnRequest = {
  apiKey: 26,
  versions: [0, 4],
  flexibleSince: 3,
  fields: {
    transactionalId: { type: 'string' },
    producerId: { type: 'int64' },
    producerEpoch: { type: 'int16' },
    committed: { type: 'bool' },
  },
} as const satisfies MessageSpec;
export type EndTxnRequest = TypeOf<typeof EndTxnRequest>;

export const EndTxnResponse = {
  apiKey: 26,
  versions: [0, 4],
  flexibleSince: 3,
  fields: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
  },
} as const satisfies MessageSpec;
export type EndTxnResponse = TypeOf<typeof EndTxnResponse>;

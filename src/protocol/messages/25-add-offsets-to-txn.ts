/**
 * AddOffsetsToTxn (25), versions 0 to 4. Registers the offsets partition of a group in a
 * transaction.
 * Since v2 PRODUCER_FENCED · v3 flexible · v4 TRANSACTION_ABORTABLE (KIP-890).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const AddOffsetsToTxnRequest = {
  apiKey: 25,
  versions: [0, 4],
  flexibleSince: 3,
  fields: {
    transactionalId: { type: 'string' },
    producerId: { type: 'int64' },
    producerEpoch: { type: 'int16' },
    groupId: { type: 'string' },
  },
} as const satisfies MessageSpec;
export type AddOffsetsToTxnRequest = TypeOf<typeof AddOffsetsToTxnRequest>;

export const AddOffsetsToTxnResponse = {
  apiKey: 25,
  versions: [0, 4],
  flexibleSince: 3,
  fields: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
  },
} as const satisfies MessageSpec;
export type AddOffsetsToTxnResponse = TypeOf<typeof AddOffsetsToTxnResponse>;

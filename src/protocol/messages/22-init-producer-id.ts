/**
 * InitProducerId (22), versions 0 to 5. Gives a producer its id and epoch.
 * Since v2 flexible · v3 producerId, producerEpoch, an id to keep (KIP-360) · v4 PRODUCER_FENCED ·
 * v5 TRANSACTION_ABORTABLE (KIP-890).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const InitProducerIdRequest = {
  apiKey: 22,
  versions: [0, 5],
  flexibleSince: 2,
  fields: {
    transactionalId: { type: 'string', nullable: true },
    transactionTimeoutMs: { type: 'int32' },
    producerId: { type: 'int64', since: 3, default: -1 },
    producerEpoch: { type: 'int16', since: 3, default: -1 },
  },
} as const satisfies MessageSpec;
export type InitProducerIdRequest = TypeOf<typeof InitProducerIdRequest>;

export const InitProducerIdResponse = {
  apiKey: 22,
  versions: [0, 5],
  flexibleSince: 2,
  fields: {
    throttleTimeMs: { type: 'int32', ignorable: true },
    errorCode: { type: 'int16' },
    producerId: { type: 'int64', default: -1 },
    producerEpoch: { type: 'int16' },
  },
} as const satisfies MessageSpec;
export type InitProducerIdResponse = TypeOf<typeof InitProducerIdResponse>;

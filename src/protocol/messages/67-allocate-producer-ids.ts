/**
 * AllocateProducerIds (67), versions 0. Broker to controller: a block of producer ids (KIP-730).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const AllocateProducerIdsRequest = {
  apiKey: 67,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    brokerId: { type: 'int32' },
    brokerEpoch: { type: 'int64', default: -1 },
  },
} as const satisfies MessageSpec;
export type AllocateProducerIdsRequest = TypeOf<typeof AllocateProducerIdsRequest>;

export const AllocateProducerIdsResponse = {
  apiKey: 67,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    producerIdStart: { type: 'int64' },
    producerIdLen: { type: 'int32' },
  },
} as const satisfies MessageSpec;
export type AllocateProducerIdsResponse = TypeOf<typeof AllocateProducerIdsResponse>;

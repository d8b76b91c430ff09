/**
 * Envelope (58), versions 0. Broker to controller: a request forwarded for a client (KIP-590).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const EnvelopeRequest = {
  apiKey: 58,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    requestData: { type: 'bytes' },
    requestPrincipal: { type: 'bytes', nullable: true },
    clientHostAddress: { type: 'bytes' },
  },
} as const satisfies MessageSpec;
export type EnvelopeRequest = TypeOf<typeof EnvelopeRequest>;

export const EnvelopeResponse = {
  apiKey: 58,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    responseData: { type: 'bytes', nullable: true, default: null },
    errorCode: { type: 'int16' },
  },
} as const satisfies MessageSpec;
export type EnvelopeResponse = TypeOf<typeof EnvelopeResponse>;

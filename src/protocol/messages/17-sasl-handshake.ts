/**
 * SaslHandshake (17), versions 0 to 1. Chooses a SASL mechanism.
 * Since v1 tokens travel in SaslAuthenticate.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const SaslHandshakeRequest = {
  apiKey: 17,
  versions: [0, 1],
  fields: {
    mechanism: { type: 'string' },
  },
} as const satisfies MessageSpec;
export type SaslHandshakeRequest = TypeOf<typeof SaslHandshakeRequest>;

export const SaslHandshakeResponse = {
  apiKey: 17,
  versions: [0, 1],
  fields: {
    errorCode: { type: 'int16' },
    mechanisms: { type: 'array', of: 'string' },
  },
} as const satisfies MessageSpec;
export type SaslHandshakeResponse = TypeOf<typeof SaslHandshakeResponse>;

/**
 * SaslAuthenticate (36), versions 0 to 2. Carries SASL tokens.
 * Since v1 sessionLifetimeMs (KIP-368) · v2 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const SaslAuthenticateRequest = {
  apiKey: 36,
  versions: [0, 2],
  flexibleSince: 2,
  fields: {
    authBytes: { type: 'bytes' },
  },
} as const satisfies MessageSpec;
export type SaslAuthenticateRequest = TypeOf<typeof SaslAuthenticateRequest>;

export const SaslAuthenticateResponse = {
  apiKey: 36,
  versions: [0, 2],
  flexibleSince: 2,
  fields: {
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: true },
    authBytes: { type: 'bytes' },
    sessionLifetimeMs: { type: 'int64', since: 1, default: 0, ignorable: true },
  },
} as const satisfies MessageSpec;
export type SaslAuthenticateResponse = TypeOf<typeof SaslAuthenticateResponse>;

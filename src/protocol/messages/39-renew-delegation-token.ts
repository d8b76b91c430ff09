/**
 * RenewDelegationToken (39), versions 0 to 2. Renews a delegation token.
 * Since v2 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const RenewDelegationTokenRequest = {
  apiKey: 39,
  versions: [0, 2],
  flexibleSince: 2,
  fields: {
    hmac: { type: 'bytes' },
    renewPeriodMs: { type: 'int64' },
  },
} as const satisfies MessageSpec;
export type RenewDelegationTokenRequest = TypeOf<typeof RenewDelegationTokenRequest>;

export const RenewDelegationTokenResponse = {
  apiKey: 39,
  versions: [0, 2],
  flexibleSince: 2,
  fields: {
    errorCode: { type: 'int16' },
    expiryTimestampMs: { type: 'int64' },
    throttleTimeMs: { type: 'int32' },
  },
} as const satisfies MessageSpec;
export type RenewDelegationTokenResponse = TypeOf<typeof RenewDelegationTokenResponse>;

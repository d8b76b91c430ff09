/**
 * ExpireDelegationToken (40), versions 0 to 2. Expires a delegation token.
 * Since v2 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const ExpireDelegationTokenRequest = {
  apiKey: 40,
  versions: [0, 2],
  flexibleSince: 2,
  fields: {
    hmac: { type: 'bytes' },
    expiryTimePeriodMs: { type: 'int64' },
  },
} as const satisfies MessageSpec;
export type ExpireDelegationTokenRequest = TypeOf<typeof ExpireDelegationTokenRequest>;

export const ExpireDelegationTokenResponse = {
  apiKey: 40,
  versions: [0, 2],
  flexibleSince: 2,
  fields: {
    errorCode: { type: 'int16' },
    expiryTimestampMs: { type: 'int64' },
    throttleTimeMs: { type: 'int32' },
  },
} as const satisfies MessageSpec;
export type ExpireDelegationTokenResponse = TypeOf<typeof ExpireDelegationTokenResponse>;

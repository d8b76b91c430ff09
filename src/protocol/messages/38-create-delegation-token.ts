/**
 * CreateDelegationToken (38), versions 0 to 3. Creates a delegation token.
 * Since v2 flexible · v3 ownerPrincipalType, ownerPrincipalName, tokenRequesterPrincipalType,
 * tokenRequesterPrincipalName, another owner (KIP-373).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const CreateDelegationTokenRequest = {
  apiKey: 38,
  versions: [0, 3],
  flexibleSince: 2,
  fields: {
    ownerPrincipalType: { type: 'string', since: 3, nullable: true },
    ownerPrincipalName: { type: 'string', since: 3, nullable: true },
    renewers: {
      type: 'array',
      of: {
        principalType: { type: 'string' },
        principalName: { type: 'string' },
      },
    },
    maxLifetimeMs: { type: 'int64' },
  },
} as const satisfies MessageSpec;
export type CreateDelegationTokenRequest = TypeOf<typeof CreateDelegationTokenRequest>;

export const CreateDelegationTokenResponse = {
  apiKey: 38,
  versions: [0, 3],
  flexibleSince: 2,
  fields: {
    errorCode: { type: 'int16' },
    principalType: { type: 'string' },
    principalName: { type: 'string' },
    tokenRequesterPrincipalType: { type: 'string', since: 3 },
    tokenRequesterPrincipalName: { type: 'string', since: 3 },
    issueTimestampMs: { type: 'int64' },
    expiryTimestampMs: { type: 'int64' },
    maxTimestampMs: { type: 'int64' },
    tokenId: { type: 'string' },
    hmac: { type: 'bytes' },
    throttleTimeMs: { type: 'int32' },
  },
} as const satisfies MessageSpec;
export type CreateDelegationTokenResponse = TypeOf<typeof CreateDelegationTokenResponse>;

/**
 * DescribeDelegationToken (41), versions 0 to 3. Lists delegation tokens.
 * Since v2 flexible · v3 tokenRequesterPrincipalType, tokenRequesterPrincipalName (KIP-373).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const DescribeDelegationTokenRequest = {
  apiKey: 41,
  versions: [0, 3],
  flexibleSince: 2,
  fields: {
    owners: {
      type: 'array',
      nullable: true,
      of: {
        principalType: { type: 'string' },
        principalName: { type: 'string' },
      },
    },
  },
} as const satisfies MessageSpec;
export type DescribeDelegationTokenRequest = TypeOf<typeof DescribeDelegationTokenRequest>;

export const DescribeDelegationTokenResponse = {
  apiKey: 41,
  versions: [0, 3],
  flexibleSince: 2,
  fields: {
    errorCode: { type: 'int16' },
    tokens: {
      type: 'array',
      of: {
        principalType: { type: 'string' },
        principalName: { type: 'string' },
        tokenRequesterPrincipalType: { type: 'string', since: 3 },
        tokenRequesterPrincipalName: { type: 'string', since: 3 },
        issueTimestamp: { type: 'int64' },
        expiryTimestamp: { type: 'int64' },
        maxTimestamp: { type: 'int64' },
        tokenId: { type: 'string' },
        hmac: { type: 'bytes' },
        renewers: {
          type: 'array',
          of: {
            principalType: { type: 'string' },
            principalName: { type: 'string' },
          },
        },
      },
    },
    throttleTimeMs: { type: 'int32' },
  },
} as const satisfies MessageSpec;
export type DescribeDelegationTokenResponse = TypeOf<typeof DescribeDelegationTokenResponse>;

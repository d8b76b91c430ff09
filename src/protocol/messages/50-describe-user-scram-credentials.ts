/**
 * DescribeUserScramCredentials (50), versions 0. Lists SCRAM mechanisms and iterations of users
 * (KIP-554).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const DescribeUserScramCredentialsRequest = {
  apiKey: 50,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    users: {
      type: 'array',
      nullable: true,
      of: {
        name: { type: 'string' },
      },
    },
  },
} as const satisfies MessageSpec;
export type DescribeUserScramCredentialsRequest = TypeOf<
  typeof DescribeUserScramCredentialsRequest
>;

export const DescribeUserScramCredentialsResponse = {
  apiKey: 50,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: true },
    results: {
      type: 'array',
      of: {
        user: { type: 'string' },
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: true },
        credentialInfos: {
          type: 'array',
          of: {
            mechanism: { type: 'int8' },
            iterations: { type: 'int32' },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type DescribeUserScramCredentialsResponse = TypeOf<
  typeof DescribeUserScramCredentialsResponse
>;

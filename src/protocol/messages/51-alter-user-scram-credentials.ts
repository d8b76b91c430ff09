/**
 * AlterUserScramCredentials (51), versions 0. Sets or deletes SCRAM credentials; on the controller
 * (KIP-554).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const AlterUserScramCredentialsRequest = {
  apiKey: 51,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    deletions: {
      type: 'array',
      of: {
        name: { type: 'string' },
        mechanism: { type: 'int8' },
      },
    },
    upsertions: {
      type: 'array',
      of: {
        name: { type: 'string' },
        mechanism: { type: 'int8' },
        iterations: { type: 'int32' },
        salt: { type: 'bytes' },
        saltedPassword: { type: 'bytes' },
      },
    },
  },
} as const satisfies MessageSpec;
export type AlterUserScramCredentialsRequest = TypeOf<typeof AlterUserScramCredentialsRequest>;

export const AlterUserScramCredentialsResponse = {
  apiKey: 51,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    throttleTimeMs: { type: 'int32' },
    results: {
      type: 'array',
      of: {
        user: { type: 'string' },
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: true },
      },
    },
  },
} as const satisfies MessageSpec;
export type AlterUserScramCredentialsResponse = TypeOf<typeof AlterUserScramCredentialsResponse>;

/**
 * AlterClientQuotas (49), versions 0 to 1. Changes client quotas (KIP-546).
 * Since v1 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const AlterClientQuotasRequest = {
  apiKey: 49,
  versions: [0, 1],
  flexibleSince: 1,
  fields: {
    entries: {
      type: 'array',
      of: {
        entity: {
          type: 'array',
          of: {
            entityType: { type: 'string' },
            entityName: { type: 'string', nullable: true },
          },
        },
        ops: {
          type: 'array',
          of: {
            key: { type: 'string' },
            value: { type: 'float64' },
            remove: { type: 'bool' },
          },
        },
      },
    },
    validateOnly: { type: 'bool' },
  },
} as const satisfies MessageSpec;
export type AlterClientQuotasRequest = TypeOf<typeof AlterClientQuotasRequest>;

export const AlterClientQuotasResponse = {
  apiKey: 49,
  versions: [0, 1],
  flexibleSince: 1,
  fields: {
    throttleTimeMs: { type: 'int32' },
    entries: {
      type: 'array',
      of: {
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: true },
        entity: {
          type: 'array',
          of: {
            entityType: { type: 'string' },
            entityName: { type: 'string', nullable: true },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type AlterClientQuotasResponse = TypeOf<typeof AlterClientQuotasResponse>;

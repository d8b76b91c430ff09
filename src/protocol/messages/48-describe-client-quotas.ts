/**
 * DescribeClientQuotas (48), versions 0 to 1. Lists client quotas that match a filter (KIP-546).
 * Since v1 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const DescribeClientQuotasRequest = {
  apiKey: 48,
  versions: [0, 1],
  flexibleSince: 1,
  fields: {
    components: {
      type: 'array',
      of: {
        entityType: { type: 'string' },
        matchType: { type: 'int8' },
        match: { type: 'string', nullable: true },
      },
    },
    strict: { type: 'bool' },
  },
} as const satisfies MessageSpec;
export type DescribeClientQuotasRequest = TypeOf<typeof DescribeClientQuotasRequest>;

export const DescribeClientQuotasResponse = {
  apiKey: 48,
  versions: [0, 1],
  flexibleSince: 1,
  fields: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: true },
    entries: {
      type: 'array',
      nullable: true,
      of: {
        entity: {
          type: 'array',
          of: {
            entityType: { type: 'string' },
            entityName: { type: 'string', nullable: true },
          },
        },
        values: {
          type: 'array',
          of: {
            key: { type: 'string' },
            value: { type: 'float64' },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type DescribeClientQuotasResponse = TypeOf<typeof DescribeClientQuotasResponse>;

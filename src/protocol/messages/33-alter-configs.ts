/**
 * AlterConfigs (33), versions 0 to 2. Replaces all settings of topics or brokers.
 * Since v2 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const AlterConfigsRequest = {
  apiKey: 33,
  versions: [0, 2],
  flexibleSince: 2,
  fields: {
    resources: {
      type: 'array',
      of: {
        resourceType: { type: 'int8' },
        resourceName: { type: 'string' },
        configs: {
          type: 'array',
          of: {
            name: { type: 'string' },
            value: { type: 'string', nullable: true },
          },
        },
      },
    },
    validateOnly: { type: 'bool' },
  },
} as const satisfies MessageSpec;
export type AlterConfigsRequest = TypeOf<typeof AlterConfigsRequest>;

export const AlterConfigsResponse = {
  apiKey: 33,
  versions: [0, 2],
  flexibleSince: 2,
  fields: {
    throttleTimeMs: { type: 'int32' },
    responses: {
      type: 'array',
      of: {
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: true },
        resourceType: { type: 'int8' },
        resourceName: { type: 'string' },
      },
    },
  },
} as const satisfies MessageSpec;
export type AlterConfigsResponse = TypeOf<typeof AlterConfigsResponse>;

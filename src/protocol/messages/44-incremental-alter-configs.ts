/**
 * IncrementalAlterConfigs (44), versions 0 to 1. Changes single settings of topics, brokers and
 * broker loggers.
 * Since v1 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const IncrementalAlterConfigsRequest = {
  apiKey: 44,
  versions: [0, 1],
  flexibleSince: 1,
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
            configOperation: { type: 'int8' },
            value: { type: 'string', nullable: true },
          },
        },
      },
    },
    validateOnly: { type: 'bool' },
  },
} as const satisfies MessageSpec;
export type IncrementalAlterConfigsRequest = TypeOf<typeof IncrementalAlterConfigsRequest>;

export const IncrementalAlterConfigsResponse = {
  apiKey: 44,
  versions: [0, 1],
  flexibleSince: 1,
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
export type IncrementalAlterConfigsResponse = TypeOf<typeof IncrementalAlterConfigsResponse>;

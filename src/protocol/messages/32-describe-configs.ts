/**
 * DescribeConfigs (32), versions 0 to 4. Reads the settings of topics, brokers and broker loggers.
 * Since v1 includeSynonyms, configSource, synonyms (KIP-226) · v3 includeDocumentation, configType,
 * documentation (KIP-569) · v4 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const DescribeConfigsRequest = {
  apiKey: 32,
  versions: [0, 4],
  flexibleSince: 4,
  fields: {
    resources: {
      type: 'array',
      of: {
        resourceType: { type: 'int8' },
        resourceName: { type: 'string' },
        configurationKeys: { type: 'array', of: 'string', nullable: true },
      },
    },
    includeSynonyms: { type: 'bool', since: 1, default: false },
    includeDocumentation: { type: 'bool', since: 3, default: false },
  },
} as const satisfies MessageSpec;
export type DescribeConfigsRequest = TypeOf<typeof DescribeConfigsRequest>;

export const DescribeConfigsResponse = {
  apiKey: 32,
  versions: [0, 4],
  flexibleSince: 4,
  fields: {
    throttleTimeMs: { type: 'int32' },
    results: {
      type: 'array',
      of: {
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: true },
        resourceType: { type: 'int8' },
        resourceName: { type: 'string' },
        configs: {
          type: 'array',
          of: {
            name: { type: 'string' },
            value: { type: 'string', nullable: true },
            readOnly: { type: 'bool' },
            isDefault: { type: 'bool', until: 0 },
            configSource: { type: 'int8', since: 1, default: -1, ignorable: true },
            isSensitive: { type: 'bool' },
            synonyms: {
              type: 'array',
              since: 1,
              ignorable: true,
              of: {
                name: { type: 'string' },
                value: { type: 'string', nullable: true },
                source: { type: 'int8' },
              },
            },
            configType: { type: 'int8', since: 3, default: 0, ignorable: true },
            documentation: { type: 'string', since: 3, nullable: true, ignorable: true },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type DescribeConfigsResponse = TypeOf<typeof DescribeConfigsResponse>;

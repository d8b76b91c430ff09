/**
 * ApiVersions (18), versions 0 to 4. Tells which APIs, versions and features this broker has.
 * Responses always have header version 0.
 * Since v1 throttleTimeMs · v3 clientSoftwareName, clientSoftwareVersion, supportedFeatures,
 * finalizedFeaturesEpoch, finalizedFeatures, zkMigrationReady, flexible · v4 minVersion 0 in
 * supportedFeatures.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const ApiVersionsRequest = {
  apiKey: 18,
  versions: [0, 4],
  flexibleSince: 3,
  fields: {
    clientSoftwareName: { type: 'string', since: 3, ignorable: true },
    clientSoftwareVersion: { type: 'string', since: 3, ignorable: true },
  },
} as const satisfies MessageSpec;
export type ApiVersionsRequest = TypeOf<typeof ApiVersionsRequest>;

export const ApiVersionsResponse = {
  apiKey: 18,
  versions: [0, 4],
  flexibleSince: 3,
  fields: {
    errorCode: { type: 'int16' },
    apiKeys: {
      type: 'array',
      of: {
        apiKey: { type: 'int16' },
        minVersion: { type: 'int16' },
        maxVersion: { type: 'int16' },
      },
    },
    throttleTimeMs: { type: 'int32', since: 1, ignorable: true },
    supportedFeatures: {
      type: 'array',
      since: 3,
      ignorable: true,
      tag: 0,
      of: {
        name: { type: 'string' },
        minVersion: { type: 'int16' },
        maxVersion: { type: 'int16' },
      },
    },
    finalizedFeaturesEpoch: { type: 'int64', since: 3, default: -1, ignorable: true, tag: 1 },
    finalizedFeatures: {
      type: 'array',
      since: 3,
      ignorable: true,
      tag: 2,
      of: {
        name: { type: 'string' },
        maxVersionLevel: { type: 'int16' },
        minVersionLevel: { type: 'int16' },
      },
    },
    zkMigrationReady: { type: 'bool', since: 3, default: false, ignorable: true, tag: 3 },
  },
} as const satisfies MessageSpec;
export type ApiVersionsResponse = TypeOf<typeof ApiVersionsResponse>;

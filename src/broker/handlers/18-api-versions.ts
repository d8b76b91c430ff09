/**
 * ApiVersions (18): v0–4. Which APIs and versions this broker answers; exactly the list of handlers.
 * Versions: v1 throttleTimeMs · v3 flexible, client software name and version (KIP-511), features (KIP-584).
 */
import { errorCode } from '../../protocol/errors';
import { ApiVersionsRequest, ApiVersionsResponse } from '../../protocol/messages/18-api-versions';
import { defineHandler } from '../handler';

const SOFTWARE_PATTERN = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;
const FIRST_VERSION_WITH_SOFTWARE = 3;

export const apiVersions = defineHandler({
  request: ApiVersionsRequest,
  response: ApiVersionsResponse,
  versions: [0, 4],
  handle: ({ broker, apiVersion }, request) => {
    const isInvalid =
      apiVersion >= FIRST_VERSION_WITH_SOFTWARE &&
      !(
        SOFTWARE_PATTERN.test(request.clientSoftwareName) &&
        SOFTWARE_PATTERN.test(request.clientSoftwareVersion)
      );
    if (isInvalid) return { errorCode: errorCode('INVALID_REQUEST'), apiKeys: [] };
    return {
      errorCode: errorCode('NONE'),
      apiKeys: broker.servedApis.map(({ apiKey, versions: [minVersion, maxVersion] }) => ({
        apiKey,
        minVersion,
        maxVersion,
      })),
      finalizedFeaturesEpoch: broker.finalizedFeaturesEpoch(),
    };
  },
});

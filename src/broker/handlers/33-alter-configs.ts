/**
 * AlterConfigs (33): v0–2. Replaces all settings of topics, of this broker, or of all brokers.
 * Versions: v2 flexible.
 */
import { ProtocolError } from '../../protocol/errors';
import {
  AlterConfigsRequest,
  AlterConfigsResponse,
} from '../../protocol/messages/33-alter-configs';
import { alterResources } from '../alter-configs';
import { replaceValues, resourceOf } from '../config-resources';
import { defineHandler } from '../handler';

function replacement(
  configs: AlterConfigsRequest['resources'][number]['configs'],
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, value } of configs) {
    if (value === null) {
      throw new ProtocolError('INVALID_REQUEST', `Null value not supported for : ${name}`);
    }
    values[name] = value;
  }
  return values;
}

export const alterConfigs = defineHandler({
  request: AlterConfigsRequest,
  response: AlterConfigsResponse,
  versions: [0, 2],
  handle: async ({ broker }, request) => ({
    throttleTimeMs: 0,
    responses: await alterResources(request, ({ resourceType, resourceName, configs }) => {
      const resource = resourceOf(broker, resourceType, resourceName);
      return replaceValues(broker, resource, replacement(configs), request.validateOnly);
    }),
  }),
});

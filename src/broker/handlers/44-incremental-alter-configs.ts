/**
 * IncrementalAlterConfigs (44): v0–1. Sets, deletes, appends to and subtracts from single settings (KIP-339), and sets levels of loggers (KIP-412).
 * Versions: v1 flexible.
 */
import {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from '../../protocol/messages/44-incremental-alter-configs';
import { alterResources } from '../alter-configs';
import { alterLoggers } from '../broker-loggers';
import {
  appliedOperations,
  replaceValues,
  RESOURCE_TYPE,
  resourceOf,
  storedValues,
} from '../config-resources';
import { defineHandler } from '../handler';
import type { BrokerServices } from '../services';

async function alter(
  broker: BrokerServices,
  { resourceType, resourceName, configs }: IncrementalAlterConfigsRequest['resources'][number],
  validateOnly: boolean,
): Promise<void> {
  if (resourceType === RESOURCE_TYPE.brokerLogger) {
    alterLoggers(broker, { name: resourceName, operations: configs }, validateOnly);
    return;
  }
  const resource = resourceOf(broker, resourceType, resourceName);
  const values = appliedOperations(resource, await storedValues(broker, resource), configs);
  await replaceValues(broker, resource, values, validateOnly);
}

export const incrementalAlterConfigs = defineHandler({
  request: IncrementalAlterConfigsRequest,
  response: IncrementalAlterConfigsResponse,
  versions: [0, 1],
  handle: async ({ broker }, request) => ({
    throttleTimeMs: 0,
    responses: await alterResources(request, (asked) => alter(broker, asked, request.validateOnly)),
  }),
});

/**
 * IncrementalAlterConfigs (44): v0–1. Sets, deletes, appends to and subtracts from single settings (KIP-339).
 * Versions: v1 flexible.
 */
import {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from '../../protocol/messages/44-incremental-alter-configs';
import { alterResources } from '../alter-configs';
import { appliedOperations, storedValues } from '../config-resources';
import { defineHandler } from '../handler';

export const incrementalAlterConfigs = defineHandler({
  request: IncrementalAlterConfigsRequest,
  response: IncrementalAlterConfigsResponse,
  versions: [0, 1],
  handle: async ({ broker }, request) => ({
    throttleTimeMs: 0,
    responses: await alterResources(broker, request, async (resource, { configs }) =>
      appliedOperations(resource, await storedValues(broker, resource), configs),
    ),
  }),
});

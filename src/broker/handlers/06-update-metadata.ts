/**
 * UpdateMetadata (6): v0–8. The controller tells this broker of brokers, topics and leaders.
 * Versions: v1 endpoints · v2 rack · v3 listener names · v4 offline replicas · v5 by topic, broker epoch ·
 * v6 flexible · v7 topic ids · v8 isKRaftController.
 */
import { errorCode } from '../../protocol/errors';
import {
  UpdateMetadataRequest,
  UpdateMetadataResponse,
} from '../../protocol/messages/06-update-metadata';
import { defineHandler } from '../handler';

export const updateMetadata = defineHandler({
  request: UpdateMetadataRequest,
  response: UpdateMetadataResponse,
  versions: [0, 8],
  handle: async ({ broker }, request) => {
    await broker.whenRegistered();
    return { errorCode: errorCode(broker.replicas.updateMetadata(request)) };
  },
});

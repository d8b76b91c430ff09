/**
 * FindCoordinator (10): v0–6. Which broker coordinates a group. Creates `__consumer_offsets` when it is
 * missing, answering COORDINATOR_NOT_AVAILABLE until it has leaders.
 * Versions: v1 key type · v3 flexible · v4 several keys (KIP-699).
 */
import { errorCode } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import {
  FindCoordinatorRequest,
  FindCoordinatorResponse,
} from '../../protocol/messages/10-find-coordinator';
import { defineHandler } from '../handler';
import type { RequestContext } from '../handler';
import { GROUP_METADATA_TOPIC } from '../topic-name';

const KEY_TYPE_GROUP = 0;
const FIRST_BATCHED_VERSION = 4;

interface Coordinator {
  readonly error: ErrorName;
  readonly message: string | null;
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

function unavailable(error: ErrorName, message: string | null = null): Coordinator {
  return { error, message, nodeId: -1, host: '', port: -1 };
}

async function locate(
  { broker, connection }: RequestContext,
  keyType: number,
  key: string,
): Promise<Coordinator> {
  if (keyType !== KEY_TYPE_GROUP) {
    return unavailable('INVALID_REQUEST', `coordinator type ${String(keyType)} is not served`);
  }
  if (!broker.metadata.topic(GROUP_METADATA_TOPIC)) {
    await broker.topicAdmin.autoCreate([GROUP_METADATA_TOPIC]);
    return unavailable('COORDINATOR_NOT_AVAILABLE');
  }
  const partition = broker.groups.partitionFor(key);
  const leader = broker.metadata.partition(GROUP_METADATA_TOPIC, partition)?.leader ?? -1;
  const endpoint = broker.metadata.endpoint(leader, connection.listenerName);
  if (!endpoint) return unavailable('COORDINATOR_NOT_AVAILABLE');
  return { error: 'NONE', message: null, nodeId: leader, host: endpoint.host, port: endpoint.port };
}

export const findCoordinator = defineHandler({
  request: FindCoordinatorRequest,
  response: FindCoordinatorResponse,
  versions: [0, 6],
  handle: async (context, request) => {
    const { keyType } = request;
    if (context.apiVersion < FIRST_BATCHED_VERSION) {
      const found = await locate(context, keyType, request.key);
      return {
        errorCode: errorCode(found.error),
        errorMessage: found.message,
        nodeId: found.nodeId,
        host: found.host,
        port: found.port,
      };
    }
    const coordinators = await Promise.all(
      request.coordinatorKeys.map(async (key) => {
        const found = await locate(context, keyType, key);
        return {
          key,
          nodeId: found.nodeId,
          host: found.host,
          port: found.port,
          errorCode: errorCode(found.error),
          errorMessage: found.message,
        };
      }),
    );
    return { coordinators };
  },
});

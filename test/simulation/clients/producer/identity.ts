import { NetworkError } from '../../../../src/platform/ports';
import { errorName } from '../../../../src/protocol/errors';
import type { ErrorName } from '../../../../src/protocol/errors';
import {
  InitProducerIdRequest,
  InitProducerIdResponse,
} from '../../../../src/protocol/messages/22-init-producer-id';
import type { World } from '../../kernel/world';
import type { Client } from '../client';
import type { ClusterView } from '../cluster-view';
import type { Identity } from './batch';

/** No broker can give one just now. */
const WORTH_RETRYING: readonly ErrorName[] = [
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'REQUEST_TIMED_OUT',
];

const given = new WeakMap<World, Set<number>>();

/** Asks any broker for a producer id; `undefined` if none could give one now. No two producers may get the same. */
export async function askForIdentity(
  client: Client,
  view: ClusterView,
  timeoutMs: number,
): Promise<Identity | undefined> {
  try {
    const connection = await view.anyBroker();
    const version = client.random.between(...InitProducerIdRequest.versions);
    const answer = await connection.ask(
      InitProducerIdRequest,
      InitProducerIdResponse,
      { transactionalId: null, transactionTimeoutMs: timeoutMs },
      { timeoutMs, version: connection.served(InitProducerIdRequest, version) },
    );
    const { errorCode, producerId, producerEpoch } = answer;
    const error = errorName(errorCode);
    if (error === 'NONE') return accepted(client, connection.broker, { producerId, producerEpoch });
    if (!WORTH_RETRYING.includes(error))
      client.accuse(connection.broker, `InitProducerId: ${error}`);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
  }
  return undefined;
}

function accepted(client: Client, broker: string, identity: Identity): Identity {
  const { world } = client.context;
  const ids = given.get(world) ?? new Set();
  given.set(world, ids);
  const { producerId, producerEpoch } = identity;
  if (ids.has(producerId) || producerId < 0 || producerEpoch !== 0)
    client.accuse(
      broker,
      `producer id ${String(producerId)}, epoch ${String(producerEpoch)} is not new`,
    );
  ids.add(producerId);
  return identity;
}

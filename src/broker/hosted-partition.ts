/** Looking up a replica of this broker for a request, with the errors that clients are told. */
import { ProtocolError } from '../protocol/errors';
import type { Partition } from '../replication/partition';
import type { BrokerServices } from './services';

type HostedParts = Pick<BrokerServices, 'replicas' | 'metadata'>;

/** The replica; throws a `ProtocolError` that says why there is none here. */
export function requirePartition(broker: HostedParts, topic: string, partition: number): Partition {
  const found = broker.replicas.lookup(topic, partition);
  if (typeof found === 'string') throw new ProtocolError(found);
  return found;
}

interface NodeEndpoint {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

/** Who leads the partition now, for an answer that sends the client there (KIP-951). */
export function currentLeader(
  broker: HostedParts,
  topic: string,
  partition: number,
): { leaderId: number; leaderEpoch: number } {
  const known = broker.metadata.partition(topic, partition);
  return { leaderId: known?.leader ?? -1, leaderEpoch: known?.leaderEpoch ?? -1 };
}

/** Addresses of the brokers with these ids, each once, on the listener the client came in by. */
export function nodeEndpoints(
  broker: HostedParts,
  brokerIds: Iterable<number>,
  listenerName: string,
): NodeEndpoint[] {
  return [...new Set(brokerIds)].flatMap((nodeId) => {
    const endpoint = broker.metadata.endpoint(nodeId, listenerName);
    if (!endpoint) return [];
    const rack = broker.metadata.broker(nodeId)?.rack ?? null;
    return [{ nodeId, host: endpoint.host, port: endpoint.port, rack }];
  });
}

/** Looking up a replica of this broker for a request, with the errors that clients are told. */
import { ProtocolError } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import type { Partition } from '../replication/partition';
import type { BrokerServices } from './services';

type Parts = Pick<BrokerServices, 'replicas' | 'metadata'>;

/** The replica, or why there is none: offline, hosted elsewhere, or not known at all. */
export function findPartition(broker: Parts, topic: string, partition: number): Partition | ErrorName {
  const hosted = broker.replicas.partition(topic, partition);
  if (hosted?.kind === 'online') return hosted.partition;
  if (hosted?.kind === 'offline') return 'KAFKA_STORAGE_ERROR';
  return broker.metadata.partition(topic, partition)
    ? 'NOT_LEADER_OR_FOLLOWER'
    : 'UNKNOWN_TOPIC_OR_PARTITION';
}

/** The same, throwing a `ProtocolError`. */
export function requirePartition(broker: Parts, topic: string, partition: number): Partition {
  const found = findPartition(broker, topic, partition);
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
  broker: Parts,
  topic: string,
  partition: number,
): { leaderId: number; leaderEpoch: number } {
  const known = broker.metadata.partition(topic, partition);
  return { leaderId: known?.leader ?? -1, leaderEpoch: known?.leaderEpoch ?? -1 };
}

/** Addresses of the brokers with these ids, each once, on the listener the client came in by. */
export function nodeEndpoints(
  broker: Parts,
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

/** Connections to other brokers, in the forms in which controller and replication ask for them. */
import type { PeerConnector as ControllerPeers } from '../controller/ports';
import { BrokerClient } from '../network/broker-client';
import type { Platform } from '../platform/ports';
import type { PeerConnector as ReplicationPeers } from '../replication/ports';

export function controllerPeers(platform: Platform): ControllerPeers {
  return { connect: (address) => BrokerClient.connect(platform, address) };
}

export function replicationPeers(platform: Platform): ReplicationPeers {
  return {
    connect: ({ endpoint: { host, port }, clientId, timeoutMs }) =>
      BrokerClient.connect(platform, { host, port, clientId, connectTimeoutMs: timeoutMs }),
  };
}

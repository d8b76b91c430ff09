/** Where a broker can be reached: what it registers in ZooKeeper, and what it must not. */
import type { BrokerConfig } from '../config/broker-config';
import { ConfigError } from '../config/config-error';
import type { KafkaZooKeeper } from '../zookeeper/store';
import type { BrokerEndpoint, BrokerRegistration } from '../zookeeper/types';

/**
 * Better no broker than one that takes a secure listener's clients in the clear, or lets everybody do what an
 * authorizer was asked to forbid. Throws a `ConfigError`.
 */
export function refuseUnservedSecurity(
  { listeners, values }: BrokerConfig,
  source = 'server.properties',
): void {
  const insecure = listeners
    .filter(({ securityProtocol }) => securityProtocol !== 'PLAINTEXT')
    .map(
      ({ name, securityProtocol }) =>
        `listeners: ${name} uses ${securityProtocol}, but only PLAINTEXT is served so far`,
    );
  const unguarded = [
    [values['authorizer.class.name'] !== '', 'authorizer.class.name: ACLs are not checked'],
    [values['zookeeper.set.acl'], 'zookeeper.set.acl=true: znodes are open to everybody'],
    [values['zookeeper.ssl.client.enable'], 'zookeeper.ssl.client.enable=true: no TLS is spoken'],
  ] as const;
  const ignored = unguarded.flatMap(([isAsked, problem]) =>
    isAsked ? [`${problem} so far; remove the setting to start without it`] : [],
  );
  const problems = [...insecure, ...ignored];
  if (problems.length > 0) throw new ConfigError(source, problems);
}

/** `ports`: what each listener is bound to, for listeners on a free port. */
export function registrationOf(
  id: number,
  config: BrokerConfig,
  machine: { readonly hostName: string; readonly ports: ReadonlyMap<string, number> },
): BrokerRegistration {
  const endpoints = config.advertisedListeners.map(
    ({ name, host, port, securityProtocol }): BrokerEndpoint => ({
      name,
      host: host ?? machine.hostName,
      port: port === 0 ? (machine.ports.get(name) ?? 0) : port,
      securityProtocol,
    }),
  );
  return { id, endpoints, rack: config.values['broker.rack'] };
}

/**
 * Clients could not tell two brokers at one address apart (`KafkaServer.createBrokerInfo`). Rejects with a
 * `ConfigError` if another broker has registered an address of `own`.
 */
export async function refuseSharedEndpoints(
  zookeeper: KafkaZooKeeper,
  own: BrokerRegistration,
): Promise<void> {
  const addresses = new Set(own.endpoints.map(addressOf));
  const problems: string[] = [];
  for (const { id, endpoints } of (await zookeeper.brokers.all()).values()) {
    if (id === own.id) continue;
    const shared = endpoints.map(addressOf).filter((each) => addresses.has(each));
    if (shared.length > 0) {
      problems.push(`${shared.join(', ')} is already registered by broker ${String(id)}`);
    }
  }
  if (problems.length > 0) throw new ConfigError('advertised.listeners', problems);
}

function addressOf({ host, port }: BrokerEndpoint): string {
  return `${host}:${String(port)}`;
}

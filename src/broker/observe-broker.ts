/** Metrics that are read off the parts of a broker, when somebody asks. */
import type { MetricsRegistry } from '../metrics/registry';
import { observeServer } from '../network/server-metrics';
import type { KafkaServer } from '../network/server';
import { observeCluster } from './cluster-metrics';
import type { BrokerServices } from './services';

export interface ObservedBroker {
  readonly services: BrokerServices;
  /** `undefined` until the broker listens. */
  readonly server: () => KafkaServer | undefined;
}

export function observeBroker(
  registry: MetricsRegistry,
  { services, server }: ObservedBroker,
): void {
  const { config, fetchSessions, delayedAppends } = services;
  observeServer(registry, server, () => config.values['queued.max.request.bytes']);
  observePurgatories(registry, services);
  registry.gauge('kafka_server_delayedproducemetrics_expires_total', () => {
    return delayedAppends.expiredCount;
  });
  registry.gauge('kafka_server_fetchsessioncache_numincrementalfetchsessions', () => {
    return fetchSessions.size;
  });
  registry.gauge('kafka_server_fetchsessioncache_numincrementalfetchpartitionscached', () => {
    return fetchSessions.partitionCount;
  });
  registry.gauge('kafka_server_fetchsessioncache_incrementalfetchsessionevictions_total', () => {
    return fetchSessions.evictionCount;
  });
  observeCluster(registry, services);
}

/** Who waits in a group is parked there; Kafka has purgatories for rebalances and for sessions. */
function observePurgatories(registry: MetricsRegistry, services: BrokerServices): void {
  const { delayedAppends, delayedDeletions, delayedElections, delayedFetches, groups } = services;
  const countGroups = (matches: (state: string) => boolean): number => {
    let count = 0;
    for (const { state } of groups.snapshot()) if (matches(state)) count++;
    return count;
  };
  const countMembers = (): number => {
    let count = 0;
    for (const { memberCount } of groups.snapshot()) count += memberCount;
    return count;
  };
  const sizes: Readonly<Record<string, () => number>> = {
    Produce: () => delayedAppends.size,
    DeleteRecords: () => delayedDeletions.size,
    ElectLeader: () => delayedElections.size,
    Fetch: () => delayedFetches.size,
    Rebalance: () => countGroups((state) => state.endsWith('Rebalance')),
    Heartbeat: countMembers,
  };
  const samples = () =>
    Object.entries(sizes).map(([operation, size]) => ({ labels: [operation], value: size() }));
  registry.observe('kafka_server_delayedoperationpurgatory_purgatorysize', samples);
  registry.observe('kafka_server_delayedoperationpurgatory_numdelayedoperations', samples);
}

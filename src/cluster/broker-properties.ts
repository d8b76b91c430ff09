/** The settings of each broker of a cluster: Kafka's defaults, but for what a cluster on one machine needs. */
import type { ResolvedOptions } from './options';
import type { BrokerProperties } from './running-broker';

export interface Place {
  readonly id: number;
  readonly dataDir: string;
  readonly zookeeperConnect: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Of the metrics and health pages, likewise; `undefined` where they are not to be served. */
  readonly metricsPort: number | undefined;
}

/** `host:port`, with brackets around an IPv6 address. */
export function addressOf(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

export function brokerProperties(place: Place, options: ResolvedOptions): BrokerProperties {
  const replicas = Math.min(3, options.brokers);
  return {
    'offsets.topic.replication.factor': String(replicas),
    'transaction.state.log.replication.factor': String(replicas),
    'transaction.state.log.min.isr': String(Math.min(2, replicas)),
    // A group of a test has its members at once, and a cluster that stops has nobody to hand over to.
    'group.initial.rebalance.delay.ms': '0',
    'controlled.shutdown.retry.backoff.ms': '100',
    'zookeeper.session.timeout.ms': '6000',
    ...(options.logLevel === undefined
      ? {}
      : { 'odradek.log.level': options.logLevel.toUpperCase() }),
    ...options.settings,
    ...(place.metricsPort === undefined
      ? {}
      : { 'odradek.metrics.listener': addressOf(options.host, place.metricsPort) }),
    'broker.id': String(place.id),
    'log.dirs': place.dataDir,
    listeners: `PLAINTEXT://${addressOf(options.host, place.port)}`,
    'zookeeper.connect': place.zookeeperConnect,
  };
}

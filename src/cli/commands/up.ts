/** `odradek up`: a cluster on this machine. */
import type { Command } from 'commander';

import type { Cluster, ClusterOptions } from '../../cluster';
import { keyValue, port, wholeNumber, withLogOptions } from '../arguments';
import type { LogOptions } from '../arguments';
import { print } from '../output';
import { serve } from '../signals';

interface Options extends LogOptions {
  readonly brokers: number;
  readonly basePort: number;
  readonly zookeeperPort?: number;
  readonly zookeeper?: string;
  readonly dataDir?: string;
  readonly metricsPort?: number;
  readonly host: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly processes: boolean;
}

const DEFAULT_ZOOKEEPER_PORT = 2181;

export function define(command: Command): void {
  command
    .option('--brokers <count>', 'how many brokers', wholeNumber(1, 1_000), 3)
    .option('--base-port <port>', 'port of the first broker, 0 for free ones', port, 9092)
    .option(
      '--zookeeper-port <port>',
      `port of the embedded ZooKeeper (default: ${String(DEFAULT_ZOOKEEPER_PORT)})`,
      port,
    )
    .option(
      '--zookeeper <address>',
      'host:port/chroot of a real ZooKeeper, instead of the embedded one',
    )
    .option(
      '--data-dir <folder>',
      'keep the data there (default: a temporary folder, removed at the end)',
    )
    .option(
      '--metrics-port <port>',
      "port of the first broker's /metrics and /health, 0 for free ones (default: not served)",
      port,
    )
    .option('--host <address>', 'address to listen on, and told to clients', '127.0.0.1')
    .option(
      '--set <key=value>',
      'a broker setting, by its name in Kafka; may be repeated',
      keyValue,
    )
    .option('--processes', 'each broker in a process of its own', false);
  withLogOptions(command, 'warn').action(run);
}

function clusterOptions(options: Options): ClusterOptions {
  const zookeeper =
    options.zookeeper === undefined
      ? { zookeeperPort: options.zookeeperPort ?? DEFAULT_ZOOKEEPER_PORT }
      : { zookeeper: options.zookeeper };
  return {
    brokers: options.brokers,
    host: options.host,
    settings: options.set ?? {},
    processes: options.processes,
    logLevel: options.logLevel,
    logJson: options.logJson,
    ...zookeeper,
    ...(options.basePort === 0 ? {} : { basePort: options.basePort }),
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
    ...(options.metricsPort === undefined ? {} : { metricsPort: options.metricsPort }),
  };
}

/** Where the metrics are, if anywhere. */
function metricsOf({ brokers }: Cluster): string {
  const { addressOf } =
    require('../../cluster/broker-properties') as typeof import('../../cluster/broker-properties');
  const pages = brokers.flatMap(({ host, metricsPort }) =>
    metricsPort === undefined ? [] : `http://${addressOf(host, metricsPort)}/metrics`,
  );
  return pages.length === 0 ? '' : `metrics at ${pages.join(', ')}, `;
}

async function run(options: Options): Promise<void> {
  const { startCluster } = require('../../cluster') as typeof import('../../cluster');
  const kept = options.dataDir === undefined ? 'temporary, see --data-dir' : 'kept';
  await serve({
    start: () => startCluster(clusterOptions(options)),
    announce: (cluster) =>
      print(
        `odradek is up: ${String(options.brokers)} broker(s) at ${cluster.bootstrapServers}, ` +
          `ZooKeeper at ${cluster.zookeeperConnect}, ${metricsOf(cluster)}data in ${cluster.dataDir} (${kept})`,
      ),
    stop: (cluster) => cluster.stop(),
  });
}

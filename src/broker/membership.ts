/**
 * A broker's way into its cluster: the ZooKeeper session, the cluster's id, the broker's own id, and the
 * claim on its log directories. What contradicts the configuration ends the start with one clear line.
 */
import { join } from 'node:path';

import type { BrokerConfig } from '../config/broker-config';
import { inArea } from '../platform/log-levels';
import type { Platform } from '../platform/ports';
import { makeDurableDirectory } from '../storage/durable-directory';
import { filesFor } from '../storage/files-without-sync';
import { claimDirectories, readIdentity } from '../storage/meta-properties';
import type { MetricsRegistry } from '../metrics/registry';
import { connectZooKeeper } from '../zookeeper/connect';
import type { ZooKeeperOptions } from '../zookeeper/connect';
import type { ClientMaker } from '../zookeeper/session-client';
import { SessionMetrics } from '../zookeeper/session-metrics';
import { KafkaZooKeeper } from '../zookeeper/store';
import { Registration } from './registration';

const SESSION_FILE = 'odradek-session.json';
const CLUSTER_ID_BYTES = 16;

export interface Membership {
  readonly zookeeper: KafkaZooKeeper;
  readonly registration: Registration;
  readonly clusterId: string;
  readonly brokerId: number;
}

function zookeeperOptions(
  platform: Platform,
  config: BrokerConfig,
  createClient: ClientMaker | undefined,
): ZooKeeperOptions {
  const { values } = config;
  const sessionTimeoutMs = values['zookeeper.session.timeout.ms'];
  return {
    connect: values['zookeeper.connect'] ?? '',
    sessionTimeoutMs,
    connectionTimeoutMs: values['zookeeper.connection.timeout.ms'] ?? sessionTimeoutMs,
    maxInFlight: values['zookeeper.max.in.flight.requests'],
    platform: inArea(platform, 'zookeeper'),
    createClient,
  };
}

/** What joining needs besides the outside and the settings. */
export interface JoinOptions {
  readonly metrics: MetricsRegistry;
  /** Makes the clients of ZooKeeper, where they are not those of production. */
  readonly createClient?: ClientMaker | undefined;
}

/** Rejects with a `ZooKeeperError`, `MetaPropertiesError` or `FileError`; the session is closed then. */
export async function joinCluster(
  platform: Platform,
  config: BrokerConfig,
  { metrics, createClient }: JoinOptions,
): Promise<Membership> {
  const options = zookeeperOptions(platform, config, createClient);
  const session = await connectZooKeeper({ ...options, metrics: new SessionMetrics(metrics) });
  try {
    const zookeeper = new KafkaZooKeeper(session, inArea(platform, 'zookeeper'));
    await zookeeper.cluster.ensureRoots();
    const proposed = platform.random.bytes(CLUSTER_ID_BYTES).toString('base64url');
    const clusterId = await zookeeper.cluster.getOrCreateClusterId(proposed);
    const brokerId = await claimLogDirs(platform, config, zookeeper, clusterId);
    const registration = new Registration({
      ...platform,
      zookeeper,
      zookeeperOptions: options,
      sessionFile: join(config.logDirs[0] ?? '', SESSION_FILE),
    });
    return { zookeeper, registration, clusterId, brokerId };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Gives the broker's id: the configured one, the one its directories carry, or a new one from ZooKeeper. */
async function claimLogDirs(
  { files }: Platform,
  config: BrokerConfig,
  zookeeper: KafkaZooKeeper,
  clusterId: string,
): Promise<number> {
  const { logDirs, values } = config;
  const logFiles = filesFor(values['odradek.durability'], files);
  for (const directory of logDirs) makeDurableDirectory(logFiles, directory);
  const configured = values['broker.id'];
  const brokerId =
    configured >= 0
      ? configured
      : (readIdentity(files, logDirs).brokerId ??
        (await zookeeper.cluster.generateBrokerId(values['reserved.broker.max.id'])));
  claimDirectories(logFiles, logDirs, { clusterId, brokerId });
  return brokerId;
}

/**
 * The library: real clusters for tests and tools, with nothing to install.
 *
 *     import { startCluster } from 'odradek';
 *     await using cluster = await startCluster({ brokers: 3 });
 *     new Kafka({ brokers: cluster.bootstrapServers.split(',') });
 */
import { Cluster } from './cluster';
import type { ClusterOptions } from './options';

export { ClusterError } from './cluster-error';
export type { Cluster, ClusterBroker } from './cluster';
export type { ClusterOptions } from './options';

/** Starts brokers, and a ZooKeeper unless one is given; resolves once all of them serve. */
export function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  return Cluster.start(options);
}

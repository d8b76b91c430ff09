/** One cluster for a whole test file: three brokers in this process. */
import { startCluster } from '../../../src/cluster';
import type { Cluster } from '../../../src/cluster';

export const PYTHON = process.env['ODRADEK_PYTHON'] ?? '/usr/bin/python3';

/** Starts before the file's tests, stops after them. */
export function useCluster(settings: Record<string, string> = {}): () => Cluster {
  let cluster: Cluster | undefined;
  beforeAll(async () => {
    cluster = await startCluster({ brokers: 3, settings });
  }, 60_000);
  afterAll(() => cluster?.stop(), 60_000);
  return () => {
    if (!cluster) throw new Error('the cluster is not running');
    return cluster;
  };
}

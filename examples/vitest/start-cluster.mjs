import { startCluster } from 'odradek';

/** One cluster for the whole run; what is returned ends it. Tests get the address by `inject`. */
export async function setup({ provide }) {
  const cluster = await startCluster({ brokers: 3 });
  provide('bootstrapServers', cluster.bootstrapServers);
  return () => cluster.stop();
}

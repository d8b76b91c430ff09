const { startCluster } = require('odradek');

/** Workers of jest are other processes: the address reaches them by the environment. */
module.exports = async () => {
  globalThis.cluster = await startCluster({ brokers: 3 });
  process.env.KAFKA_BOOTSTRAP_SERVERS = globalThis.cluster.bootstrapServers;
};

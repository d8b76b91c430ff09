const PARTITIONS = 500;
const WARM_PARTITIONS = 50;
const BROKERS = 3;

export const create500 = {
  name: 'create-500',
  title: 'Create a topic of 500 partitions of 3 replicas on 3 brokers',
  goals: { createMs: { atMost: 0.5 }, peakMb: { atMost: 0.3 } },
  async measure({ startCluster, clients, scaled }) {
    const cluster = await startCluster(BROKERS);
    const replicas = BROKERS;
    await clients.createTopic(cluster, { topic: 'warm', partitions: WARM_PARTITIONS, replicas });
    const before = cluster.usage();
    const partitions = scaled(PARTITIONS);
    const createMs = await clients.createTopic(cluster, { topic: 'bench', partitions, replicas });
    const after = cluster.usage();
    return {
      createMs,
      cpuSeconds: after.cpuSeconds - before.cpuSeconds,
      peakMb: after.peakMb,
    };
  },
};

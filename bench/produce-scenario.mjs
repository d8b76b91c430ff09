/** The form of the produce scenarios: warm with a quarter of the load on a topic of its own, then measure. */
import { measureLoad } from './measure.mjs';

const WARM_SHARE = 0.25;

export function produceScenario({ name, title, brokers = 1, partitions, load }) {
  return {
    name,
    title,
    goals: {
      mbPerSecond: { atLeast: 1.5 },
      cpuMsPerMb: { atMost: 0.5 },
      peakMb: { atMost: 0.3 },
    },
    async measure({ startCluster, clients, scaled }) {
      const cluster = await startCluster(brokers);
      const records = scaled(load.records);
      const shape = { partitions, replicas: brokers };
      await clients.createTopic(cluster, { topic: 'warm', ...shape });
      await clients.createTopic(cluster, { topic: 'bench', ...shape });
      const warmRecords = Math.round(records * WARM_SHARE);
      await clients.produce(cluster, { ...load, topic: 'warm', records: warmRecords });
      const send = () => clients.produce(cluster, { ...load, topic: 'bench', records });
      const figures = await measureLoad(cluster, send);
      const held = await clients.countRecords(cluster, { bench: partitions });
      if (held !== records) throw new Error(`${held} records are there of ${records} sent`);
      return figures;
    },
  };
}

/** The form of the consume scenarios: 1 GB of 1 KB records, read several times, each time by a new group. */
import { measureLoad, medians } from './measure.mjs';

const RECORDS = 1_000_000;
const BYTES = 1024;
const WARM_SHARE = 0.5;

/** `prepare`: what happens to the cluster before each measured reading. */
export function consumeScenario({ name, title, passes, prepare }) {
  return {
    name,
    title,
    goals: { fetchMbPerSecond: { atLeast: 1 }, peakMb: { atMost: 0.3 } },
    async measure({ startCluster, clients, scaled }) {
      const cluster = await startCluster(1);
      const records = scaled(RECORDS);
      await clients.createTopic(cluster, { topic: 'bench' });
      await clients.produce(cluster, { topic: 'bench', records, bytes: BYTES });
      const read = (count) => clients.consume(cluster, { topic: 'bench', records: count });
      await read(Math.round(records * WARM_SHARE));
      const measured = [];
      for (let pass = 0; pass < passes; pass++) {
        await prepare(cluster);
        measured.push(await measureLoad(cluster, () => read(records)));
      }
      return medians(measured);
    },
  };
}

/**
 * The form of the consume scenarios: 2 GB of 1 KB records, read several times, each time by a new group. Each reading
 * is by a process of its own, which must be long enough: in its first second or two the client's compilers want the
 * cores that it shares with the broker.
 */
import { measureLoad, medians } from './measure.mjs';

const RECORDS = 2_000_000;
const BYTES = 1024;
const WARM_SHARE = 0.25;

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

import { measureLoad } from '../measure.mjs';

const RECORDS = 10_000;
const BYTES = 200;
const WARM_SHARE = 0.3;

export const latency = {
  name: 'latency',
  title: 'EndToEndLatency: 200-byte records one at a time, acks=1',
  goals: { averageMs: { atMost: 0.6 }, p99Ms: { atMost: 0.6 }, peakMb: { atMost: 0.3 } },
  async measure({ startCluster, clients, scaled }) {
    const cluster = await startCluster(1);
    const records = scaled(RECORDS);
    await clients.createTopic(cluster, { topic: 'warm' });
    await clients.createTopic(cluster, { topic: 'bench' });
    const warmRecords = Math.round(records * WARM_SHARE);
    await clients.endToEnd(cluster, { topic: 'warm', records: warmRecords, bytes: BYTES });
    const load = () => clients.endToEnd(cluster, { topic: 'bench', records, bytes: BYTES });
    return measureLoad(cluster, load);
  },
};

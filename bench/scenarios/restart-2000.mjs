import { until } from '../processes.mjs';

/** Segments of several sizes, in topics of 500 partitions each. */
const SEGMENT_BYTES = { small: 32 * 1024, medium: 128 * 1024, large: 1024 ** 2, huge: 1024 ** 3 };
const PARTITIONS = 500;
/** 100 KB for each partition. */
const RECORDS = 50_000;
const BYTES = 1024;
/** What comes after the clean start, so that the crash has something to recover in every partition. */
const DIRTY_SHARE = 0.2;

async function timedStart(cluster, topics, clients) {
  const startedAt = performance.now();
  const answerMs = await cluster.start();
  const records = await until('all partitions served', () =>
    clients.countRecords(cluster, topics).catch(() => undefined),
  );
  const servedMs = performance.now() - startedAt;
  return { answerMs, servedMs, cpuSeconds: cluster.usage().cpuSeconds, records };
}

export const restart2000 = {
  name: 'restart-2000',
  title: 'Start of a broker with 2,000 partitions, segments of 32 KiB to 1 GiB, 250 MB',
  goals: {
    cleanAnswerMs: { atMost: 0.33 },
    cleanServedMs: { atMost: 0.33 },
    crashServedMs: { atMost: 0.33 },
    peakMb: { atMost: 0.3 },
  },
  async measure({ startCluster, clients, scaled }) {
    const cluster = await startCluster(1, { 'zookeeper.session.timeout.ms': 6000 });
    const partitions = scaled(PARTITIONS);
    const topics = Object.fromEntries(Object.keys(SEGMENT_BYTES).map((name) => [name, partitions]));
    let expected = 0;
    const fill = async (records) => {
      for (const topic of Object.keys(topics)) {
        await clients.produce(cluster, { topic, records, bytes: BYTES });
        expected += records;
      }
    };
    for (const [topic, segmentBytes] of Object.entries(SEGMENT_BYTES)) {
      const config = { 'segment.bytes': segmentBytes };
      await clients.createTopic(cluster, { topic, partitions, config });
    }
    await fill(scaled(RECORDS));
    await cluster.stop();
    const clean = await timedStart(cluster, topics, clients);
    if (clean.records !== expected) throw new Error('records are gone after a clean stop');
    await fill(scaled(RECORDS * DIRTY_SHARE));
    await cluster.kill();
    const crash = await timedStart(cluster, topics, clients);
    if (crash.records !== expected) throw new Error('records are gone after a kill');
    return {
      cleanAnswerMs: clean.answerMs,
      cleanServedMs: clean.servedMs,
      cleanCpuSeconds: clean.cpuSeconds,
      crashAnswerMs: crash.answerMs,
      crashServedMs: crash.servedMs,
      crashCpuSeconds: crash.cpuSeconds,
      peakMb: cluster.usage().peakMb,
    };
  },
};

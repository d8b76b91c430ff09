import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { until } from '../processes.mjs';

const RECORDS = 5_000_000;
const QUICK_SHARE = 0.1;
const BYTES = 1024;
/** A fifth of the records: the rest is replaced by later ones. */
const RECORDS_PER_KEY = 5;
const SEGMENT_BYTES = 256 * 1024 ** 2;
const POLL_MS = 50;
const TIMEOUT_MS = 600_000;
const BYTES_PER_MB = 1e6;
const MS_PER_SECOND = 1000;

/** Where the cleaner has come to in the topic's only partition; both systems keep it in this file. */
function cleanedUpTo(directory, topic) {
  try {
    const text = readFileSync(join(directory, 'cleaner-offset-checkpoint'), 'utf8');
    return Number(new RegExp(`^${topic} 0 (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
}

const logFiles = (folder) => readdirSync(folder).filter((name) => /^\d+\.log$/.test(name));

/** Starts the cleaner by making the topic a compacted one, and times it by its files. */
async function timedCompaction(cluster, clients, config) {
  const directory = cluster.logDirectory(0);
  const folder = join(directory, 'bench-0');
  const activeBase = Math.max(...logFiles(folder).map((name) => parseInt(name, 10)));
  const compacted = { ...config, 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': 0.01 };
  await clients.alterTopic(cluster, 'bench', compacted);
  const wait = { everyMs: POLL_MS, timeoutMs: TIMEOUT_MS };
  await until(
    'a start of the cleaner',
    () => readdirSync(folder).some((name) => name.endsWith('.cleaned')),
    wait,
  );
  const before = cluster.usage();
  const startedAt = performance.now();
  await until('its end', () => cleanedUpTo(directory, 'bench') >= activeBase, wait);
  const seconds = (performance.now() - startedAt) / MS_PER_SECOND;
  const after = cluster.usage();
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  const leftBytes = logFiles(folder)
    .map((name) => statSync(join(folder, name)).size)
    .reduce((sum, size) => sum + size, 0);
  return {
    compactionSeconds: seconds,
    cpuSeconds,
    leftMb: leftBytes / BYTES_PER_MB,
    peakMb: after.peakMb,
  };
}

export const compaction = {
  name: 'compaction',
  title: 'Compaction of 5 GB: 1 KB records, five for each key',
  goals: { peakMb: { atMost: 0.3 } },
  /** One round takes minutes. */
  maxRounds: 1,
  async measure({ startCluster, clients, isQuick }) {
    const cluster = await startCluster(1, { 'log.cleaner.backoff.ms': 500 });
    const records = isQuick ? RECORDS * QUICK_SHARE : RECORDS;
    const config = { 'segment.bytes': isQuick ? SEGMENT_BYTES / 4 : SEGMENT_BYTES };
    await clients.createTopic(cluster, { topic: 'bench', config });
    const load = { topic: 'bench', records, bytes: BYTES, keys: records / RECORDS_PER_KEY };
    await clients.produceKeyed(cluster, load);
    const figures = await timedCompaction(cluster, clients, config);
    const producedMb = (records * BYTES) / BYTES_PER_MB;
    if (figures.leftMb > producedMb / 2) throw new Error(`${figures.leftMb} MB are left`);
    return figures;
  },
};

/**
 * One broker at full speed for a long time, with retention and compaction at work: whether its memory stays flat and
 * its event loop quick.
 *
 *     npm run soak -- [--minutes 30] [--write]
 *
 * Two producers and a consumer run all the time: 1 KB records into a topic that keeps 256 MB, keyed ones into a
 * compacted topic. Needs what the benchmarks need. Fails if memory grew or the loop was held.
 */
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Clients } from './clients.mjs';
import { Cluster } from './cluster.mjs';
import { kafkaJars } from './kafka-jars.mjs';
import { ChildProcess, endAll, freePorts } from './processes.mjs';
import { soakReport } from './soak-report.mjs';

const MS_PER_MINUTE = 60_000;
/** A row of the table; the percentile of the loop's delays is that of the minute. */
const SAMPLE_MS = MS_PER_MINUTE;
const RECORDS = 1_000_000;
const KEYED_RECORDS = 500_000;
const KEYS = 50_000;
const BYTES = 1024;
/** What is measured is the broker's own delay, not its wait for a core that a client has. */
const CLIENT_NICENESS = 10;
const MB = 1024 ** 2;
const PARTITIONS = 4;
const KEPT_BYTES = 256 * MB;
const PAGE = 'docs/reference/soak.md';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    write: { type: 'boolean', default: false },
  },
});
const durationMs = Number(options.minutes) * MS_PER_MINUTE;
if (!(durationMs > 0)) throw new Error('--minutes must be a number above 0');

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'odradek-soak-'));
const [zookeeperPort, metricsPort] = await freePorts(2);
const bench = { root, jars: await kafkaJars(root), heapMb: 0, zookeeperPort };
const cluster = new Cluster(bench, { system: 'odradek', folder: join(folder, 'b'), chroot: '/s' });
const clients = new Clients(bench, folder, { niceness: CLIENT_NICENESS });
const startedAt = performance.now();
const elapsedMs = () => performance.now() - startedAt;
const isOver = () => elapsedMs() >= durationMs;
const loads = { produced: 0, keyed: 0, consumed: 0 };

async function metrics() {
  const page = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const valueOf = (name) => {
    const line = page.split('\n').find((each) => each.startsWith(`${name} `));
    if (!line) throw new Error(`no metric ${name} in:\n${page.slice(0, 2000)}`);
    return Number(line.slice(name.length + 1));
  };
  const delayMs = (quantile) => valueOf(`nodejs_eventloop_lag_${quantile}_seconds`) * 1000;
  return {
    residentMb: valueOf('process_resident_memory_bytes') / MB,
    heapMb: valueOf('nodejs_heap_size_used_bytes') / MB,
    externalMb: valueOf('nodejs_external_memory_bytes') / MB,
    cpuSeconds: valueOf('process_cpu_seconds_total'),
    p99Ms: delayMs('p99'),
    maxMs: delayMs('max'),
  };
}

async function repeat(name, count, load) {
  while (!isOver()) {
    await load();
    loads[name] += count;
  }
}

async function sampled() {
  const samples = [];
  while (!isOver()) {
    await sleep(SAMPLE_MS);
    samples.push({ minute: samples.length + 1, ...(await metrics()), ...loads });
  }
  return samples;
}

/** How often the broker's log says so. */
function countInLog(text) {
  const log = readFileSync(join(folder, 'b', '0.properties.log'), 'utf8');
  return log.split(text).length - 1;
}

function logBytes(directory) {
  return readdirSync(directory, { recursive: true })
    .filter((name) => name.endsWith('.log'))
    .reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
}

async function soak() {
  await cluster.configure(1, {
    'odradek.metrics.listener': `127.0.0.1:${metricsPort}`,
    'log.retention.check.interval.ms': 5000,
    'log.initial.task.delay.ms': 5000,
    'log.cleaner.backoff.ms': 1000,
    'log.segment.delete.delay.ms': 1000,
  });
  await cluster.start();
  await cluster.whenFormed();
  const config = { 'segment.bytes': 32 * MB, 'file.delete.delay.ms': 1000 };
  const deleted = { ...config, 'retention.bytes': KEPT_BYTES / PARTITIONS };
  await clients.createTopic(cluster, { topic: 'kept', partitions: PARTITIONS, config: deleted });
  const compacted = { ...config, 'cleanup.policy': 'compact', 'delete.retention.ms': 1000 };
  await clients.createTopic(cluster, { topic: 'keyed', config: compacted });
  await clients.produce(cluster, { topic: 'kept', records: RECORDS, bytes: BYTES });
  const keyed = { topic: 'keyed', records: KEYED_RECORDS, bytes: BYTES, keys: KEYS };
  const [samples] = await Promise.all([
    sampled(),
    repeat('produced', RECORDS, () =>
      clients.produce(cluster, { topic: 'kept', records: RECORDS, bytes: BYTES }),
    ),
    repeat('keyed', KEYED_RECORDS, () => clients.produceKeyed(cluster, keyed)),
    repeat('consumed', RECORDS / PARTITIONS, () =>
      clients.consume(cluster, { topic: 'kept', records: Math.floor(RECORDS / PARTITIONS) }),
    ),
  ]);
  const keptBytes = logBytes(join(cluster.logDirectory(0)));
  return { samples, compactions: countInLog('compacted a log'), diskMb: keptBytes / MB };
}

const zookeeper = new ChildProcess(
  process.execPath,
  [
    ...[join(root, 'bin/odradek'), 'zookeeper', '--port', zookeeperPort],
    ...['--data-dir', join(folder, 'zookeeper')],
  ],
  join(folder, 'zookeeper.log'),
);
try {
  const { text, problems } = soakReport(await soak());
  console.log(text);
  if (options.write) {
    mkdirSync(dirname(join(root, PAGE)), { recursive: true });
    writeFileSync(join(root, PAGE), text);
  }
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await cluster.destroy();
  await zookeeper.end();
  await endAll();
  rmSync(folder, { recursive: true, force: true });
}

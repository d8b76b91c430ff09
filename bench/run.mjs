/**
 * Odradek beside Apache Kafka, in turns on the same machine: the same ZooKeeper, settings, clients and cores. The
 * order changes each round, and only the ratios mean anything.
 *
 *     npm run bench -- [--rounds 3] [--only start,latency] [--quick] [--heap 1024] [--write]
 *
 * Needs Java, Linux's /proc, and Maven unless KAFKA_LIBS names a folder with the jars of Apache Kafka.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Clients } from './clients.mjs';
import { Cluster } from './cluster.mjs';
import { kafkaJars } from './kafka-jars.mjs';
import { pageOf } from './page.mjs';
import { ChildProcess, endAll, freePorts } from './processes.mjs';
import { scenarioReport } from './report.mjs';
import { SCENARIOS } from './scenarios/index.mjs';

const QUICK_SHARE = 0.1;
/** What a single measurement may take before the scenario counts as failed. */
const MEASURE_TIMEOUT_MS = 15 * 60_000;
const SYSTEMS = ['odradek', 'kafka'];
const EXIT_CODE_OF_INTERRUPT = 130;

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    heap: { type: 'string', default: '1024' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a number above 0');
if (options.write && (options.only || options.quick)) {
  throw new Error('--write keeps whole runs only: without --only and --quick');
}

function chosenScenarios() {
  const names = options.only?.split(',') ?? SCENARIOS.map(({ name }) => name);
  return names.map((name) => {
    const scenario = SCENARIOS.find((each) => each.name === name);
    if (scenario) return scenario;
    throw new Error(`no scenario ${name}; there are ${SCENARIOS.map((each) => each.name).join()}`);
  });
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const chosen = chosenScenarios();
const folder = mkdtempSync(join(tmpdir(), 'odradek-bench-'));
const bench = { root, heapMb: Number(options.heap) };

async function startZooKeeper() {
  [bench.zookeeperPort] = await freePorts(1);
  const launcher = join(root, 'bin/odradek');
  const place = ['--port', bench.zookeeperPort, '--data-dir', join(folder, 'zookeeper')];
  return new ChildProcess(process.execPath, [launcher, 'zookeeper', ...place], `${folder}/zk.log`);
}

/** Ends everything when it takes too long: then all that waits for a process fails. */
async function withTimeout(work) {
  const timer = setTimeout(() => void endAll(), MEASURE_TIMEOUT_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

async function measure(scenario, system, round) {
  const id = `${scenario.name}-${system}-${round}`;
  const place = join(folder, id);
  const cluster = new Cluster(bench, { system, folder: place, chroot: `/${id}` });
  const startCluster = async (size, settings = {}) => {
    await cluster.configure(size, settings);
    await cluster.start();
    await cluster.whenFormed();
    return cluster;
  };
  const scaled = (count) => Math.round(options.quick ? count * QUICK_SHARE : count);
  const clients = new Clients(bench, place);
  try {
    return await withTimeout(
      scenario.measure({ startCluster, clients, scaled, isQuick: options.quick }),
    );
  } finally {
    await cluster.destroy();
  }
}

/** One round of a scenario: both systems in turn. A failure of one leaves the other's figures. */
async function runRound(scenario, round) {
  const result = {};
  for (const system of round % 2 === 1 ? SYSTEMS : SYSTEMS.toReversed()) {
    const startedAt = performance.now();
    try {
      result[system] = await measure(scenario, system, round);
    } catch (error) {
      console.error(error);
      result.failure = `${system}, round ${round}: ${error.message}`;
      process.exitCode = 1;
    }
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    console.error(`${scenario.name} ${system}, round ${round}, ${seconds} s:`, result[system]);
  }
  return result;
}

async function runAll() {
  const reports = [];
  for (const scenario of chosen) {
    const results = [];
    const count = Math.min(rounds, scenario.maxRounds ?? rounds);
    for (let round = 1; round <= count; round++) results.push(await runRound(scenario, round));
    const report = scenarioReport(scenario, results);
    reports.push(report);
    console.log(report);
  }
  return reports;
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    void endAll({ forGood: true }).finally(() => {
      rmSync(folder, { recursive: true, force: true });
      process.exit(EXIT_CODE_OF_INTERRUPT);
    });
  });
}

try {
  bench.jars = await kafkaJars(root);
  await startZooKeeper();
  const reports = await runAll();
  if (options.write) {
    mkdirSync(join(root, 'docs/reference'), { recursive: true });
    const page = await pageOf({ reports, rounds, heapMb: bench.heapMb, root, folder });
    writeFileSync(join(root, 'docs/reference/performance.md'), page);
  }
} finally {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
}

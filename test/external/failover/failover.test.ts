/**
 * Three brokers as processes, a real ZooKeeper, an idempotent producer at full speed, acks=all and
 * min.insync.replicas=2: brokers are killed, or stopped and continued, and nothing acknowledged may be
 * missing, moved or doubled.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Kafka, logLevel } from 'kafkajs';
import type { Admin } from 'kafkajs';

import { startCluster } from '../../../src/cluster';
import type { Cluster } from '../../../src/cluster';
import { eventually, run, startProcess, temporaryFolder } from '../../builders/process';
import type { RunningProcess } from '../../builders/process';
import { startRealZooKeeper } from '../../builders/zookeeper';
import type { RunningZooKeeper } from '../../builders/zookeeper';
import { PromisedClient } from '../../builders/zookeeper-client';
import { compareHistory } from './history';

const TOPIC = 'failover';
const PARTITIONS = 3;
const BROKERS = [1, 2, 3];
const SESSION_TIMEOUT_MS = 4000;
/** What the producer may have on its way: after so many more acknowledgements, all are of later records. */
const MAX_QUEUED = 20_000;
/** From a fault to the first record that the next leader acknowledges: the session ends, and then it is quick. */
const MAX_SILENCE_MS = SESSION_TIMEOUT_MS + 4000;
const PYTHON = process.env['ODRADEK_PYTHON'] ?? 'python3';

let folder: ReturnType<typeof temporaryFolder>;
let zookeeper: RunningZooKeeper;
let cluster: Cluster;
let admin: Admin;
/** Unlike a client of the brokers, this never asks one that is stopped. */
let client: PromisedClient;
let producer: RunningProcess;

beforeEach(async () => {
  folder = temporaryFolder('failover');
  zookeeper = await startRealZooKeeper({ tickTimeMs: 500 });
  client = await PromisedClient.connect(zookeeper.connectString);
  cluster = await startCluster({
    brokers: BROKERS.length,
    processes: true,
    zookeeper: zookeeper.connectString,
    settings: {
      'zookeeper.session.timeout.ms': String(SESSION_TIMEOUT_MS),
      'min.insync.replicas': '2',
      'default.replication.factor': '3',
      'replica.lag.time.max.ms': '5000',
      // Leaders move because of faults only.
      'auto.leader.rebalance.enable': 'false',
    },
  });
  admin = new Kafka({
    brokers: cluster.bootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
    // A broker that is stopped takes requests and never answers.
    requestTimeout: 2000,
    retry: { retries: 30, initialRetryTime: 200, maxRetryTime: 1000 },
  }).admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic: TOPIC, numPartitions: PARTITIONS, replicationFactor: 3 }],
  });
  producer = startProcess(PYTHON, [
    join(__dirname, 'producer.py'),
    cluster.bootstrapServers,
    TOPIC,
    String(PARTITIONS),
    String(MAX_QUEUED),
    join(folder.path, 'acked'),
  ]);
}, 120_000);

afterEach(async () => {
  producer.signal('SIGKILL');
  await admin.disconnect();
  await cluster.stop();
  client.raw.close();
  await zookeeper.stop();
  folder.remove();
}, 60_000);

async function znode(path: string): Promise<Record<string, number>> {
  return JSON.parse(await client.get(path)) as Record<string, number>;
}

/** The broker that leads partition 0, and its leader epoch. */
async function leader(): Promise<{ id: number; epoch: number }> {
  const state = await znode(`/brokers/topics/${TOPIC}/partitions/0/state`);
  return { id: state['leader'] ?? -1, epoch: state['leader_epoch'] ?? -1 };
}

/** The broker that is the controller, and the controller epoch. */
async function controller(): Promise<{ id: number; epoch: number }> {
  const { brokerid: id = -1 } = await znode('/controller');
  return { id, epoch: Number(await client.get('/controller_epoch')) };
}

function ackedByPartition(): number[] {
  const counts = /.*partitions (\d+) (\d+) (\d+)\n/s.exec(producer.output());
  return (counts?.slice(1) ?? [0, 0, 0]).map(Number);
}

/** Waits until every partition has acknowledged records that were sent after this was called. */
async function untilServing(): Promise<void> {
  const goals = ackedByPartition().map((count) => count + MAX_QUEUED + 1);
  await eventually(
    'further records in every partition',
    () => ackedByPartition().every((count, p) => count >= (goals[p] ?? 0)) || undefined,
    90_000,
  );
}

/** Waits until every partition has all brokers in its ISR again. */
async function untilWhole(): Promise<void> {
  await eventually(
    'every replica in the ISR',
    async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] });
      const partitions = topics[0]?.partitions ?? [];
      const isWhole = partitions.every(({ isr, leader }) => isr.length === 3 && leader > 0);
      return partitions.length === PARTITIONS && isWhole ? true : undefined;
    },
    90_000,
  );
}

/** A replica's log, byte by byte. */
function logOf(dataDir: string, partition: number): Buffer {
  const directory = join(dataDir, `${TOPIC}-${String(partition)}`);
  const segments = readdirSync(directory).filter((name) => name.endsWith('.log'));
  return Buffer.concat(segments.sort().map((name) => readFileSync(join(directory, name))));
}

async function expectSameReplicas(): Promise<void> {
  for (let partition = 0; partition < PARTITIONS; partition++) {
    await eventually(`replicas of partition ${String(partition)} that are equal`, () => {
      const [first, ...others] = cluster.brokers.map(({ dataDir }) => logOf(dataDir, partition));
      return first !== undefined && others.every((log) => log.equals(first)) ? true : undefined;
    });
  }
}

async function expectNothingLost(): Promise<void> {
  producer.stdin?.end();
  const [, acked] = await producer.until(/produced \d+ acked (\d+) left 0 failed 0/, 300_000);
  await untilWhole();
  await expectSameReplicas();
  const read = join(folder.path, 'read');
  await run(
    PYTHON,
    [join(__dirname, 'consumer.py'), cluster.bootstrapServers, TOPIC, String(PARTITIONS), read],
    { timeoutMs: 180_000 },
  );
  const report = compareHistory(join(folder.path, 'acked'), read);
  console.info(
    `${String(report.acked)} records acknowledged, longest silence of each partition ${report.longestSilenceMs.join(', ')} ms`,
  );
  expect(report).toMatchObject({ missing: [], moved: [], doubled: [], disordered: [], gaps: [] });
  expect(report.acked).toBe(Number(acked));
  expect(Math.max(...report.longestSilenceMs)).toBeLessThan(MAX_SILENCE_MS);
}

test.each([
  ['leader', leader],
  ['controller', controller],
] as const)(
  'the %s is killed three times',
  async (_, find) => {
    await untilServing();
    for (let round = 0; round < 3; round++) {
      const { id } = await find();
      await cluster.killBroker(id);
      await untilServing();
      expect((await find()).id).not.toBe(id);
      await cluster.restartBroker(id);
      await untilWhole();
    }
    await expectNothingLost();
  },
  600_000,
);

test.each([
  ['leader', leader],
  ['controller', controller],
] as const)(
  'the %s is killed three times and started again while its session lives',
  async (_, find) => {
    await untilServing();
    for (let round = 0; round < 3; round++) {
      const { id } = await find();
      const registered = await client.stat(`/brokers/ids/${String(id)}`);
      await cluster.killBroker(id);
      await cluster.restartBroker(id);
      const again = await client.stat(`/brokers/ids/${String(id)}`);
      expect(again?.czxid).not.toEqual(registered?.czxid);
      await untilServing();
      await untilWhole();
    }
    await expectNothingLost();
  },
  600_000,
);

test.each([
  ['leader', leader],
  ['controller', controller],
] as const)(
  'the %s sleeps for longer than its session and changes nothing when it wakes',
  async (_, find) => {
    await untilServing();
    const { id } = await find();
    const pid = cluster.brokers.find((broker) => broker.id === id)?.pid;
    if (pid === undefined) throw new Error('the broker is no process');
    process.kill(pid, 'SIGSTOP');
    try {
      // It led one of the partitions, so its session has ended when they all serve.
      await untilServing();
      expect((await find()).id).not.toBe(id);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    const before = await Promise.all([leader(), controller()]);
    await untilWhole();
    await untilServing();
    expect(await Promise.all([leader(), controller()])).toEqual(before);
    await expectNothingLost();
  },
  600_000,
);

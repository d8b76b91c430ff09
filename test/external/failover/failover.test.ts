/**
 * Three brokers as processes, a real ZooKeeper, an idempotent producer at full speed, acks=all and
 * min.insync.replicas=2: brokers are killed, or stopped and continued, and nothing acknowledged may be
 * missing, moved or doubled.
 */
import { join } from 'node:path';

import { Kafka, logLevel } from 'kafkajs';
import type { Admin } from 'kafkajs';

import { startCluster } from '../../../src/cluster';
import type { Cluster } from '../../../src/cluster';
import { eventually, run, startProcess, temporaryFolder } from '../../builders/process';
import type { RunningProcess } from '../../builders/process';
import { startRealZooKeeper } from '../../builders/zookeeper';
import type { RunningZooKeeper } from '../../builders/zookeeper';
import { compareHistory } from './history';

const TOPIC = 'failover';
const PARTITIONS = 3;
const BROKERS = [1, 2, 3];
const SESSION_TIMEOUT_MS = 4000;
const PYTHON = process.env['ODRADEK_PYTHON'] ?? 'python3';

let folder: ReturnType<typeof temporaryFolder>;
let zookeeper: RunningZooKeeper;
let cluster: Cluster;
let admin: Admin;
let producer: RunningProcess;

beforeEach(async () => {
  folder = temporaryFolder('failover');
  zookeeper = await startRealZooKeeper({ tickTimeMs: 500 });
  cluster = await startCluster({
    brokers: BROKERS.length,
    processes: true,
    zookeeper: zookeeper.connectString,
    settings: {
      'zookeeper.session.timeout.ms': String(SESSION_TIMEOUT_MS),
      'min.insync.replicas': '2',
      'default.replication.factor': '3',
      'replica.lag.time.max.ms': '5000',
    },
  });
  admin = new Kafka({
    brokers: cluster.bootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
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
    join(folder.path, 'acked'),
  ]);
}, 120_000);

afterEach(async () => {
  producer.signal('SIGKILL');
  await admin.disconnect();
  await cluster.stop();
  await zookeeper.stop();
  folder.remove();
}, 60_000);

async function leaderOf(partition: number): Promise<number> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] });
  const found = topics[0]?.partitions.find(({ partitionId }) => partitionId === partition);
  if (!found || found.leader < 0) throw new Error(`partition ${String(partition)} has no leader`);
  return found.leader;
}

async function controller(): Promise<number> {
  const { controller: id } = await admin.describeCluster();
  if (id === null || id < 0) throw new Error('there is no controller');
  return id;
}

/** Waits until the producer has had `more` further records acknowledged. */
async function untilAcked(more: number): Promise<void> {
  const acked = (): number => Number(/.*acked (\d+)/s.exec(producer.output())?.[1] ?? 0);
  const goal = acked() + more;
  await eventually(`${String(more)} more records`, () => (acked() >= goal ? true : undefined), 90_000);
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

async function expectNothingLost(): Promise<void> {
  producer.stdin?.end();
  const [, acked] = await producer.until(/produced \d+ acked (\d+) left 0 failed 0/, 300_000);
  expect(Number(acked)).toBeGreaterThan(0);
  await untilWhole();
  const read = join(folder.path, 'read');
  await run(
    PYTHON,
    [join(__dirname, 'consumer.py'), cluster.bootstrapServers, TOPIC, String(PARTITIONS), read],
    { timeoutMs: 180_000 },
  );
  const report = compareHistory(join(folder.path, 'acked'), read);
  expect(report).toMatchObject({ missing: [], moved: [], doubled: [], gaps: [] });
  expect(report.acked).toBe(Number(acked));
}

test('the leader is killed three times', async () => {
  await untilAcked(5000);
  for (let round = 0; round < 3; round++) {
    const leader = await leaderOf(0);
    await cluster.killBroker(leader);
    await untilAcked(5000);
    await cluster.restartBroker(leader);
    await untilWhole();
  }
  await expectNothingLost();
}, 600_000);

test('the controller is killed three times', async () => {
  await untilAcked(5000);
  for (let round = 0; round < 3; round++) {
    const id = await controller();
    await cluster.killBroker(id);
    await untilAcked(5000);
    await cluster.restartBroker(id);
    await untilWhole();
  }
  await expectNothingLost();
}, 600_000);

test.each([
  ['leader', () => leaderOf(0)],
  ['controller', controller],
] as const)(
  'the %s sleeps for longer than its session and changes nothing when it wakes',
  async (_, find) => {
    await untilAcked(5000);
    const id = await find();
    const pid = cluster.brokers.find((broker) => broker.id === id)?.pid;
    if (pid === undefined) throw new Error('the broker is no process');
    process.kill(pid, 'SIGSTOP');
    try {
      await eventually(
        'another broker leads',
        async () => ((await leaderOf(0)) !== id && (await controller()) !== id ? true : undefined),
        60_000,
      );
      await untilAcked(5000);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await untilWhole();
    await expectNothingLost();
  },
  600_000,
);

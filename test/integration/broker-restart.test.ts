/** Brokers that lose their ZooKeeper session, by a crash or by expiry, are back at once and go on serving. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Kafka, logLevel } from 'kafkajs';
import type { Admin, Producer } from 'kafkajs';

import { startCluster } from '../../src/cluster';
import type { Cluster } from '../../src/cluster';
import { nodePlatform } from '../../src/platform/node';
import { closeStaleSession } from '../../src/zookeeper/connect';
import { eventually } from '../builders/process';
import { PromisedClient } from '../builders/zookeeper-client';

const TOPIC = 'restart';
const PARTITIONS = 3;
/** So long that a test which waits for a session to expire fails. */
const SESSION_TIMEOUT_MS = 30_000;
const AT_ONCE_MS = 8_000;

let cluster: Cluster;
let zookeeper: PromisedClient;
let admin: Admin;
let producer: Producer;

beforeEach(async () => {
  cluster = await startCluster({
    settings: {
      'zookeeper.session.timeout.ms': String(SESSION_TIMEOUT_MS),
      'min.insync.replicas': '2',
    },
  });
  zookeeper = await PromisedClient.connect(cluster.zookeeperConnect);
  const kafka = new Kafka({
    brokers: cluster.bootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
    retry: { retries: 30, initialRetryTime: 50, maxRetryTime: 300 },
  });
  admin = kafka.admin();
  producer = kafka.producer({ idempotent: true });
  await Promise.all([admin.connect(), producer.connect()]);
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic: TOPIC, numPartitions: PARTITIONS, replicationFactor: 3 }],
  });
});

afterEach(async () => {
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  zookeeper.raw.close();
  await cluster.stop();
});

/**
 * One record to each partition, acknowledged by all in-sync replicas. One send for each: kafkajs forgets
 * records of a send whose partition moves, while it retries, to a broker that has answered for another one.
 */
async function produceToAll(value: string): Promise<void> {
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const messages = [{ partition, value }];
    const answers = await producer.send({ topic: TOPIC, acks: -1, messages });
    expect(answers).toHaveLength(1);
  }
}

async function untilWhole(): Promise<void> {
  await eventually('every replica in the ISR', async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] });
    const partitions = topics[0]?.partitions ?? [];
    return (
      (partitions.length === PARTITIONS && partitions.every(({ isr }) => isr.length === 3)) ||
      undefined
    );
  });
}

async function controllerId(): Promise<number> {
  const { brokerid } = JSON.parse(await zookeeper.get('/controller')) as { brokerid: number };
  return brokerid;
}

/** A broker that is the controller, or one that is not. */
async function brokerThatIs(role: string): Promise<number> {
  const controller = await controllerId();
  return role === 'the controller' ? controller : (controller % 3) + 1;
}

/** The broker epoch: the transaction that made its registration. */
async function epochOf(id: number): Promise<bigint> {
  const stat = await zookeeper.stat(`/brokers/ids/${String(id)}`);
  if (!stat) throw new Error(`broker ${String(id)} is not registered`);
  return stat.czxid.readBigInt64BE();
}

/** Ends a broker's session from outside, which to the broker is an expiry. */
async function expireSession(id: number): Promise<void> {
  const dataDir = cluster.brokers.find((broker) => broker.id === id)?.dataDir ?? '';
  const { sessionId, password } = JSON.parse(
    readFileSync(join(dataDir, 'odradek-session.json'), 'utf8'),
  ) as { sessionId: string; password: string };
  const outcome = await closeStaleSession(
    {
      connect: cluster.zookeeperConnect,
      sessionTimeoutMs: 5000,
      connectionTimeoutMs: 5000,
      platform: nodePlatform(),
    },
    { sessionId: BigInt(sessionId), password: Buffer.from(password, 'base64') },
  );
  expect(outcome).toBe('closed');
}

async function expectRecords(perPartition: number): Promise<void> {
  const offsets = await admin.fetchTopicOffsets(TOPIC);
  expect(offsets.map(({ low, high }) => [low, high])).toEqual(
    Array.from({ length: PARTITIONS }, () => ['0', String(perPartition)]),
  );
}

test.each(['the controller', 'another broker'])(
  '%s, killed and started again before its session ends, takes its place over at once',
  async (role) => {
    await produceToAll('before');
    const id = await brokerThatIs(role);
    const epoch = await epochOf(id);
    await cluster.killBroker(id);
    expect(await epochOf(id)).toBe(epoch);
    const startMs = performance.now();
    await cluster.restartBroker(id);
    await untilWhole();
    await produceToAll('after');
    expect(performance.now() - startMs).toBeLessThan(AT_ONCE_MS);
    expect(await epochOf(id)).toBeGreaterThan(epoch);
    await expectRecords(2);
  },
);

test.each(['the controller', 'another broker'])(
  '%s registers anew when its session has expired, and serves on',
  async (role) => {
    await produceToAll('before');
    const id = await brokerThatIs(role);
    const epoch = await epochOf(id);
    const startMs = performance.now();
    await expireSession(id);
    await produceToAll('after the session');
    await eventually('a newer registration', async () => (await epochOf(id)) > epoch || undefined);
    await eventually('a controller', controllerId);
    await untilWhole();
    await produceToAll('after the registration');
    expect(performance.now() - startMs).toBeLessThan(AT_ONCE_MS);
    await expectRecords(3);
  },
);

test('a session that expires again and again costs nothing but time', async () => {
  for (let round = 0; round < 3; round++) {
    const id = await eventually('a controller', controllerId);
    const epoch = await eventually('a registration', () => epochOf(id));
    await expireSession(id);
    await eventually('a newer registration', async () => (await epochOf(id)) > epoch || undefined);
    await produceToAll(`round ${String(round)}`);
  }
  await untilWhole();
  await expectRecords(3);
});

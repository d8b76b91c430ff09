/** ZooKeeper goes away and comes back: leaders serve on meanwhile, and afterwards fail-over works as before. */
import { Kafka, logLevel } from 'kafkajs';
import type { Admin, Producer } from 'kafkajs';

import { startCluster } from '../../src/cluster';
import type { Cluster } from '../../src/cluster';
import { eventually, freePorts, temporaryFolder } from '../builders/process';
import { eachZooKeeper } from '../builders/zookeeper';
import type { RunningZooKeeper } from '../builders/zookeeper';

const TOPIC = 'outage';
const SESSION_TIMEOUT_MS = 2000;
const LONGER_THAN_A_SESSION_MS = 3000;

eachZooKeeper((startZooKeeper) => {
  let folder: ReturnType<typeof temporaryFolder>;
  let port: number;
  let zookeeper: RunningZooKeeper;
  let cluster: Cluster;
  let admin: Admin;
  let producer: Producer;

  const start = (): Promise<RunningZooKeeper> =>
    startZooKeeper({ dataDir: folder.path, port, tickTimeMs: 200 });

  beforeEach(async () => {
    folder = temporaryFolder('outage');
    [port = 0] = await freePorts(1);
    zookeeper = await start();
    cluster = await startCluster({
      zookeeper: zookeeper.connectString,
      settings: {
        'zookeeper.session.timeout.ms': String(SESSION_TIMEOUT_MS),
        'min.insync.replicas': '2',
      },
    });
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
      topics: [{ topic: TOPIC, numPartitions: 1, replicationFactor: 3 }],
    });
  }, 60_000);

  afterEach(async () => {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
    await cluster.stop();
    await zookeeper.stop();
    folder.remove();
  }, 60_000);

  async function leader(): Promise<number> {
    const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] });
    return topics[0]?.partitions[0]?.leader ?? -1;
  }

  async function untilWhole(): Promise<void> {
    await eventually('every replica in the ISR', async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] });
      return topics[0]?.partitions[0]?.isr.length === 3 || undefined;
    });
  }

  const produce = async (value: string): Promise<void> => {
    await producer.send({ topic: TOPIC, acks: -1, messages: [{ value }] });
  };

  test.each([
    ['shorter', 0],
    ['longer', LONGER_THAN_A_SESSION_MS],
  ])(
    'for a time %s than a session',
    async (_, outageMs) => {
      await produce('before');
      const before = await leader();
      await zookeeper.kill();
      await produce('without ZooKeeper');
      await new Promise((resolve) => setTimeout(resolve, outageMs));
      await produce('still without ZooKeeper');
      zookeeper = await start();
      await produce('with ZooKeeper');
      await admin.createTopics({
        waitForLeaders: true,
        topics: [{ topic: 'later', numPartitions: 3, replicationFactor: 3 }],
      });
      await untilWhole();
      const last = await leader();
      expect(last).toBe(before);
      await cluster.killBroker(last);
      await produce('after a fail-over');
      expect(await leader()).not.toBe(last);
      await cluster.restartBroker(last);
      await untilWhole();
      expect(await admin.fetchTopicOffsets(TOPIC)).toMatchObject([{ low: '0', high: '5' }]);
    },
    60_000,
  );
});

/** A cluster in this process and kafkajs: the walk from produce to consume that everything else builds on. */
import { Kafka, logLevel } from 'kafkajs';
import type { Consumer } from 'kafkajs';

import { startCluster } from '../../src/cluster';
import type { Cluster } from '../../src/cluster';
import { eventually } from '../builders/process';
import { eachZooKeeper } from '../builders/zookeeper';

function clientOf(cluster: Cluster): Kafka {
  return new Kafka({
    clientId: 'test',
    brokers: cluster.bootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
    retry: { retries: 20, initialRetryTime: 50, maxRetryTime: 500 },
  });
}

interface Received {
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
}

/** Consumes into an array until `stop`. */
async function collect(
  kafka: Kafka,
  groupId: string,
  topic: string,
): Promise<{ received: Received[]; consumer: Consumer }> {
  const received: Received[] = [];
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: 6000,
    heartbeatInterval: 200,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: ({ partition, message }) => {
      received.push({
        partition,
        offset: Number(message.offset),
        value: message.value?.toString() ?? '',
      });
      return Promise.resolve();
    },
  });
  return { received, consumer };
}

const values = (count: number): { value: string }[] =>
  Array.from({ length: count }, (_, i) => ({ value: `v${String(i)}` }));

test('one broker: what is produced is consumed, in order', async () => {
  await using cluster = await startCluster({ brokers: 1 });
  const kafka = clientOf(cluster);
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'walk', messages: values(100) });
  await producer.disconnect();
  const { received, consumer } = await collect(kafka, 'walkers', 'walk');
  await eventually('all records', () => (received.length >= 100 ? true : undefined));
  await consumer.disconnect();
  expect(received.map(({ value }) => value)).toEqual(values(100).map(({ value }) => value));
  expect(received.map(({ offset }) => offset)).toEqual(received.map((_, index) => index));
}, 60_000);

eachZooKeeper((startZooKeeper) => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  async function threeBrokers(): Promise<{ cluster: Cluster; kafka: Kafka }> {
    const zookeeper = await startZooKeeper();
    const cluster = await startCluster({
      brokers: 3,
      zookeeper: zookeeper.connectString,
      settings: {
        'default.replication.factor': '3',
        'num.partitions': '3',
        'zookeeper.session.timeout.ms': '1500',
        'min.insync.replicas': '2',
        // The offsets topic may be created while a broker is down.
        'offsets.topic.replication.factor': '2',
        'offsets.topic.num.partitions': '3',
      },
    });
    cleanups.push(
      () => cluster.stop(),
      () => zookeeper.stop(),
    );
    return { cluster, kafka: clientOf(cluster) };
  }

  test('three brokers: a leader is killed, and nothing acknowledged is lost', async () => {
    const { cluster, kafka } = await threeBrokers();
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({
      topics: [{ topic: 'survives', numPartitions: 1, replicationFactor: 3 }],
      waitForLeaders: true,
    });
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    for (let i = 0; i < 50; i++) {
      await producer.send({ topic: 'survives', acks: -1, messages: [{ value: `v${String(i)}` }] });
      if (i === 25) {
        const [topic] = (await admin.fetchTopicMetadata({ topics: ['survives'] })).topics;
        await cluster.killBroker(topic?.partitions[0]?.leader ?? -1);
      }
    }
    const { received, consumer } = await collect(kafka, 'survivors', 'survives');
    await eventually('all records', () => (received.length >= 50 ? true : undefined));
    await consumer.disconnect();
    await producer.disconnect();
    await admin.disconnect();
    expect(received.map(({ value }) => value)).toEqual(values(50).map(({ value }) => value));
  }, 90_000);

  test('a killed broker comes back into the ISR', async () => {
    const { cluster, kafka } = await threeBrokers();
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({
      topics: [{ topic: 'heals', numPartitions: 3, replicationFactor: 3 }],
      waitForLeaders: true,
    });
    const isrSizes = async (): Promise<number[]> => {
      const [topic] = (await admin.fetchTopicMetadata({ topics: ['heals'] })).topics;
      return (topic?.partitions ?? []).map(({ isr }) => isr.length);
    };
    await cluster.killBroker(2);
    await eventually('ISRs without broker 2', async () =>
      (await isrSizes()).every((size) => size === 2) ? true : undefined,
    );
    await cluster.restartBroker(2);
    await eventually('whole ISRs', async () =>
      (await isrSizes()).every((size) => size === 3) ? true : undefined,
    );
    expect(await isrSizes()).toEqual([3, 3, 3]);
    await admin.disconnect();
  }, 90_000);

  test('a group shares partitions, and a member that leaves gives its own away', async () => {
    const { kafka } = await threeBrokers();
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({
      topics: [{ topic: 'shared', numPartitions: 4, replicationFactor: 3 }],
      waitForLeaders: true,
    });
    const first = await collect(kafka, 'sharers', 'shared');
    const second = await collect(kafka, 'sharers', 'shared');
    await eventually('two members', async () => {
      const { groups } = await admin.describeGroups(['sharers']);
      return groups[0]?.state === 'Stable' && groups[0].members.length === 2 ? true : undefined;
    });
    const producer = kafka.producer();
    await producer.connect();
    const send = (count: number): Promise<unknown> =>
      producer.send({
        topic: 'shared',
        messages: values(count).map((message, i) => ({ ...message, partition: i % 4 })),
      });
    await send(40);
    const total = (): number => first.received.length + second.received.length;
    await eventually('all records', () => (total() >= 40 ? true : undefined));
    expect(first.received.length).toBe(20);
    await first.consumer.disconnect();
    await send(40);
    await eventually('the other takes over', () =>
      second.received.length >= 60 ? true : undefined,
    );
    await second.consumer.disconnect();
    await producer.disconnect();
    await admin.disconnect();
  }, 90_000);
});

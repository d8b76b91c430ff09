/** A cluster for one file of tests, with Node's own test runner: node --test */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import kafkajs from 'kafkajs';
import { startCluster } from 'odradek';

const { Kafka, logLevel } = kafkajs;
let cluster;
let kafka;

before(async () => {
  // A killed broker is missed after its session: the shorter, the sooner the others take over.
  cluster = await startCluster({
    brokers: 3,
    settings: { 'zookeeper.session.timeout.ms': '2000' },
  });
  kafka = new Kafka({ brokers: cluster.bootstrapServers.split(','), logLevel: logLevel.NOTHING });
});

after(() => cluster.stop());

/** Resolves with the first `count` values of a topic. */
async function read(topic, count) {
  const consumer = kafka.consumer({ groupId: `readers-of-${topic}`, maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const values = [];
  await new Promise((resolve) => {
    void consumer.run({
      eachMessage: async ({ message }) => {
        values.push(message.value.toString());
        if (values.length === count) resolve();
      },
    });
  });
  await consumer.disconnect();
  return values;
}

test('an order that was acknowledged survives the broker that took it', async () => {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [{ topic: 'orders', numPartitions: 1, replicationFactor: 3 }],
  });
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'orders', acks: -1, messages: [{ value: 'one thread spool' }] });

  const { topics } = await admin.fetchTopicMetadata({ topics: ['orders'] });
  await cluster.killBroker(topics[0].partitions[0].leader);

  assert.deepEqual(await read('orders', 1), ['one thread spool']);
  await Promise.all([producer.disconnect(), admin.disconnect()]);
});

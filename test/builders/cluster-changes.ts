/** What operators and clients do to a cluster, of Odradek or of Apache Kafka, so that its znodes are written. */
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';

import { eventually } from './process';

/** Needs two brokers. Leaves a topic `kept` with three partitions, and deletes another one. */
export async function changeCluster(bootstrap: readonly string[]): Promise<void> {
  const kafka = new Kafka({
    brokers: [...bootstrap],
    logLevel: logLevel.NOTHING,
    retry: { retries: 30, initialRetryTime: 100, maxRetryTime: 500 },
  });
  const admin = kafka.admin();
  await admin.connect();
  await eventually('two brokers', async () =>
    (await admin.describeCluster()).brokers.length === 2 ? true : undefined,
  );
  const create = (topic: string, numPartitions: number): Promise<boolean> =>
    admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic, numPartitions, replicationFactor: 2 }],
    });
  await create('kept', 2);
  await create('deleted', 1);
  await admin.createPartitions({ topicPartitions: [{ topic: 'kept', count: 3 }] });
  await admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: ConfigResourceTypes.TOPIC,
        name: 'kept',
        configEntries: [{ name: 'retention.ms', value: '3600000' }],
      },
    ],
  });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await producer.send({ topic: 'kept', messages: [{ value: 'a' }] });
  await producer.disconnect();
  const consumer = kafka.consumer({ groupId: 'group' });
  await consumer.connect();
  await consumer.subscribe({ topics: ['kept'], fromBeginning: true });
  let hasRead = false;
  await consumer.run({
    eachMessage: () => {
      hasRead = true;
      return Promise.resolve();
    },
  });
  await eventually('a record', () => (hasRead ? true : undefined), 60_000);
  await consumer.disconnect();
  await admin.deleteTopics({ topics: ['deleted'] });
  await admin.disconnect();
}

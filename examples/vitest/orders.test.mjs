import { randomUUID } from 'node:crypto';

import kafkajs from 'kafkajs';
import { expect, inject, test } from 'vitest';

const { Kafka, logLevel } = kafkajs;

test('billing hears of an order', async () => {
  const brokers = inject('bootstrapServers').split(',');
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  // The cluster is shared: each test has topics and groups of its own.
  const topic = `orders-${randomUUID()}`;
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: [{ key: 'o-1', value: 'one thread spool' }] });
  await producer.disconnect();

  const consumer = kafka.consumer({ groupId: `billing-${randomUUID()}`, maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const heard = await new Promise((resolve) => {
    void consumer.run({ eachMessage: async ({ message }) => resolve(message) });
  });
  await consumer.disconnect();
  expect(heard.value.toString()).toBe('one thread spool');
});

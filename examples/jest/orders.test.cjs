const { randomUUID } = require('node:crypto');

const { Kafka, logLevel } = require('kafkajs');

const kafka = new Kafka({
  brokers: process.env.KAFKA_BOOTSTRAP_SERVERS.split(','),
  logLevel: logLevel.NOTHING,
});
// The cluster is shared: each file has topics and groups of its own.
const topic = `orders-${randomUUID()}`;
const producer = kafka.producer();
const consumer = kafka.consumer({ groupId: `billing-${randomUUID()}`, maxWaitTimeInMs: 250 });

beforeAll(async () => {
  await Promise.all([producer.connect(), consumer.connect()]);
  await producer.send({ topic, messages: [{ key: 'o-1', value: 'one thread spool' }] });
});

afterAll(() => Promise.all([producer.disconnect(), consumer.disconnect()]));

test('billing hears of an order', async () => {
  await consumer.subscribe({ topic, fromBeginning: true });
  const heard = await new Promise((resolve) => {
    void consumer.run({ eachMessage: async ({ message }) => resolve(message) });
  });
  expect(heard.key.toString()).toBe('o-1');
  expect(heard.value.toString()).toBe('one thread spool');
});

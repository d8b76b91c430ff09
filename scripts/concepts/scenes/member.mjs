/** One member of a group, as a process that can be killed: member.mjs BOOTSTRAP GROUP TOPIC NAME. Ctrl-D makes it leave. */
import { createRequire } from 'node:module';

const { Kafka, logLevel } = createRequire(import.meta.url)('kafkajs');
const [bootstrap, groupId, topic, clientId] = process.argv.slice(2);
const kafka = new Kafka({ clientId, brokers: bootstrap.split(','), logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({
  groupId,
  sessionTimeout: 6000,
  heartbeatInterval: 500,
  maxWaitTimeInMs: 250,
});

consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment, isLeader } }) => {
  console.log(JSON.stringify({ partitions: memberAssignment[topic] ?? [], isLeader }));
});
await consumer.connect();
await consumer.subscribe({ topic });
await consumer.run({ eachMessage: async () => undefined });
process.once('SIGTERM', () => {
  void consumer.disconnect().then(() => process.exit(0));
});

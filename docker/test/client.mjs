/**
 * A client outside of the stack: creates a topic, produces with acks=all without a pause, consumes what it produced,
 * and knows at the end whether anything that was acknowledged is missing.
 *
 *     node docker/test/client.mjs --bootstrap HOST:PORT,… --topic NAME --state FILE
 *         [--partitions 6] [--replicas 3] [--min-isr 2] [--records COUNT]
 *
 * Ends at SIGTERM, or once COUNT records are acknowledged. FILE holds how far it is, as JSON, and is replaced four times
 * a second. Exit code 1: records are missing. A record that comes twice is counted, and no fault: kafkajs sends again
 * what it has no answer for.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import kafkajs from 'kafkajs';

const BATCH = 5;
const PAUSE_MS = 10;
const STATE_INTERVAL_MS = 250;
/** What is acknowledged must be read within this, once nothing more is produced. */
const DRAIN_MS = 60_000;
const START_MS = 60_000;
const RETRY = { retries: 30, initialRetryTime: 100, maxRetryTime: 1_000 };

const { values: options } = parseArgs({
  options: {
    bootstrap: { type: 'string' },
    topic: { type: 'string' },
    state: { type: 'string' },
    partitions: { type: 'string', default: '6' },
    replicas: { type: 'string', default: '3' },
    'min-isr': { type: 'string', default: '2' },
    records: { type: 'string', default: 'Infinity' },
  },
});
const limit = Number(options.records);

const kafka = new kafkajs.Kafka({
  clientId: 'docker-test',
  brokers: options.bootstrap.split(','),
  logLevel: kafkajs.logLevel.NOTHING,
  retry: RETRY,
});

const acked = new Set();
const seen = new Set();
let twice = 0;
let failedSends = 0;
let longestPauseMs = 0;
let isStopping = false;
process.on('SIGTERM', () => (isStopping = true));

const missing = () => [...acked].filter((value) => !seen.has(value));

function writeState(extra = {}) {
  const state = {
    acked: acked.size,
    seen: seen.size,
    twice,
    failedSends,
    longestPauseMs,
    ...extra,
  };
  writeFileSync(`${options.state}.new`, `${JSON.stringify(state)}\n`);
  renameSync(`${options.state}.new`, options.state);
  return state;
}

/** kafkajs gives up at once where there is no controller yet, as in a cluster that has just started. */
async function untilCreated() {
  const deadlineMs = performance.now() + START_MS;
  for (;;) {
    try {
      return await createTopic();
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
    }
    await delay(STATE_INTERVAL_MS);
  }
}

async function createTopic() {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [
      {
        topic: options.topic,
        numPartitions: Number(options.partitions),
        replicationFactor: Number(options.replicas),
        configEntries: [{ name: 'min.insync.replicas', value: options['min-isr'] }],
      },
    ],
  });
  await admin.disconnect();
}

async function consume() {
  const consumer = kafka.consumer({ groupId: `${options.topic}-readers`, sessionTimeout: 10_000 });
  await consumer.connect();
  await consumer.subscribe({ topics: [options.topic], fromBeginning: true });
  await consumer.run({
    eachMessage: ({ message }) => {
      const value = message.value.toString();
      if (seen.has(value)) twice += 1;
      seen.add(value);
      return Promise.resolve();
    },
  });
  return consumer;
}

/**
 * A batch for each partition at once, and each in a call of its own: where a call is for several brokers, kafkajs takes
 * the answer of one broker for the answer to partitions that moved there meanwhile, and what it never sent there counts as
 * acknowledged (`sendMessages.js`: `responsePerBroker`).
 */
async function sendBatches(producer, next) {
  const partitions = Array.from(
    { length: Number(options.partitions) },
    (_, partition) => partition,
  );
  const sends = partitions.map(async (partition) => {
    const values = Array.from({ length: BATCH }, (_, i) => `${partition}/${next + i}`);
    const messages = values.map((value) => ({ partition, key: value, value }));
    try {
      await producer.send({ topic: options.topic, acks: -1, messages });
      for (const value of values) acked.add(value);
    } catch (error) {
      failedSends += 1;
      console.log(`a batch was not acknowledged: ${error.message}`);
    }
  });
  await Promise.all(sends);
}

/** One round after the other: the time between two is the pause that a fault makes. */
async function produce() {
  const producer = kafka.producer({ maxInFlightRequests: 1 });
  await producer.connect();
  for (let next = 0; !isStopping && acked.size < limit; next += BATCH) {
    const startMs = performance.now();
    await sendBatches(producer, next);
    longestPauseMs = Math.max(longestPauseMs, Math.round(performance.now() - startMs));
    await delay(PAUSE_MS);
  }
  await producer.disconnect();
}

await untilCreated();
const consumer = await consume();
const report = setInterval(writeState, STATE_INTERVAL_MS);
await produce();
const deadlineMs = performance.now() + DRAIN_MS;
while (missing().length > 0 && performance.now() < deadlineMs) await delay(STATE_INTERVAL_MS);
clearInterval(report);
await consumer.disconnect();
const state = writeState({ missing: missing().length });
console.log(JSON.stringify(state));
if (state.missing > 0) console.log(`missing: ${missing().slice(0, 10).join(', ')} …`);
process.exit(state.missing > 0 || state.acked === 0 ? 1 : 0);

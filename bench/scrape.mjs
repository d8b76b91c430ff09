/**
 * What a scrape of a broker with many partitions costs, and whether it holds up anything else.
 *
 *     node scripts/ensure-built.cjs && node bench/scrape.mjs [--partitions 5000] [--scrapes 20]
 *
 * One broker in a process of its own leads all partitions; each has a record, and a group has committed offsets of
 * one topic. A scraper reads /metrics over and over, while somebody else asks /health/live all the time: how long those
 * answers took is how long the event loop was held, with the way there and back and the wait for a core. The broker's
 * own measure of its event loop stands beside it. Fails beyond the limits below.
 */
import { createRequire } from 'node:module';
import { Agent, get } from 'node:http';
import { parseArgs } from 'node:util';

const MAX_SCRAPE_MS = 300;
const MAX_HOLD_MS = 20;
const PARTITIONS_PER_TOPIC = 100;

const { values: options } = parseArgs({
  options: {
    partitions: { type: 'string', default: '5000' },
    scrapes: { type: 'string', default: '20' },
  },
});
const partitionCount = Number(options.partitions);
const scrapeCount = Number(options.scrapes);
const require = createRequire(import.meta.url);
const { startCluster } = require('../dist/cluster');
const { Kafka, logLevel } = require('kafkajs');

/** GET over a connection that stays open; resolves with the size of the answer and how long it took. */
function ask(agent, port, path, keep = false) {
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent }, (response) => {
      let bytes = 0;
      const chunks = [];
      response.on('data', (chunk) => {
        bytes += chunk.length;
        if (keep) chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({ bytes, ms: performance.now() - startMs, text: Buffer.concat(chunks).toString() });
      });
    }).on('error', reject);
  });
}

async function fill(kafka) {
  const admin = kafka.admin();
  await admin.connect();
  const names = Array.from(
    { length: Math.ceil(partitionCount / PARTITIONS_PER_TOPIC) },
    (_, index) => `topic-${index}`,
  );
  for (const topic of names) {
    await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS_PER_TOPIC }] });
  }
  const producer = kafka.producer();
  await producer.connect();
  for (const topic of names) {
    const messages = Array.from({ length: PARTITIONS_PER_TOPIC }, (_, partition) => ({
      value: 'x',
      partition,
    }));
    await producer.send({ topic, messages });
  }
  // One topic is enough: kafkajs takes seconds for each.
  const partitions = Array.from({ length: PARTITIONS_PER_TOPIC }, (_, partition) => ({
    partition,
    offset: '0',
  }));
  await admin.setOffsets({ groupId: 'readers', topic: names[0], partitions });
  await producer.disconnect();
  await admin.disconnect();
}

const percentile = (values, share) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * share)];
const longest = (values) => Math.max(...values);
const median = (values) => percentile(values, 0.5);

/** Asks one small page after the other until told to stop; gives how long each answer took. */
function pinging(agent, port) {
  let isOver = false;
  const times = [];
  const done = (async () => {
    while (!isOver) times.push((await ask(agent, port, '/health/live')).ms);
  })();
  return async () => {
    isOver = true;
    await done;
    return times;
  };
}

async function measure(port) {
  const scraper = new Agent({ keepAlive: true });
  const pinger = new Agent({ keepAlive: true });
  // What runs for the first time is compiled first.
  for (let i = 0; i < 3; i++) await ask(scraper, port, '/metrics');
  const stopIdle = pinging(pinger, port);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const idle = await stopIdle();
  const stop = pinging(pinger, port);
  const scrapes = [];
  const lagsMs = [];
  for (let i = 0; i < scrapeCount; i++) {
    const scrape = await ask(scraper, port, '/metrics', true);
    scrapes.push(scrape);
    const lag = /^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(scrape.text)?.[1];
    if (i > 0) lagsMs.push(Number(lag) * 1000);
  }
  const pings = await stop();
  scraper.destroy();
  pinger.destroy();
  return { idle, scrapes, pings, lagsMs };
}

const cluster = await startCluster({
  brokers: 1,
  processes: true,
  metricsPort: 0,
  settings: { 'offsets.topic.num.partitions': '10', 'odradek.durability': 'test' },
});
try {
  await fill(new Kafka({ brokers: [cluster.bootstrapServers], logLevel: logLevel.NOTHING }));
  const { idle, scrapes, pings, lagsMs } = await measure(cluster.brokers[0].metricsPort);
  const times = scrapes.map(({ ms }) => ms);
  const { text, bytes } = scrapes[0];
  const show = (ms) => `${ms.toFixed(1)} ms`;
  console.log(`partitions            ${partitionCount}`);
  console.log(`lines                 ${text.split('\n').length}`);
  console.log(`size                  ${(bytes / 1e6).toFixed(1)} MB`);
  console.log(
    `scrape                ${show(median(times))} median, ${show(longest(times))} longest`,
  );
  console.log(`ping, nobody scrapes  ${show(median(idle))} median, ${show(longest(idle))} longest`);
  console.log(
    `ping, while scraped   ${show(median(pings))} median, ${show(percentile(pings, 0.99))} of 99 in 100, ${show(longest(pings))} longest`,
  );
  console.log(
    `event loop late by    ${show(median(lagsMs))} median, ${show(longest(lagsMs))} longest`,
  );
  const problems = [];
  if (median(times) > MAX_SCRAPE_MS) problems.push(`a scrape takes more than ${MAX_SCRAPE_MS} ms`);
  if (percentile(pings, 0.99) > MAX_HOLD_MS) {
    problems.push(`one of a hundred pings takes more than ${MAX_HOLD_MS} ms`);
  }
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await cluster.stop();
}

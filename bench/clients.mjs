/** Kafka's own Java tools as the load, the same for both systems; each checks that all its records arrived. */
import { join } from 'node:path';

import kafkajs from 'kafkajs';

import { run, until } from './processes.mjs';
import { latestOffsets, metadataOf } from './wire.mjs';

const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;
const CLIENT_HEAP_MB = 512;
/** As the tools count. */
const BYTES_PER_MB = 1024 ** 2;
const CONSUMER_TIMEOUT_MS = 60_000;

function numberIn(text, pattern) {
  const match = pattern.exec(text);
  if (!match) throw new Error(`no ${String(pattern)} in:\n${text.slice(-2000)}`);
  return Number(match[1]);
}

const entriesOf = (config) =>
  Object.entries(config).map(([name, value]) => ({ name, value: String(value) }));

/** Whether each partition of the topic has a leader and a full ISR, as this broker sees it. */
function isWhole(partitions, count) {
  return (
    partitions.length === count &&
    partitions.every(
      ({ error, leader, isr, replicas }) =>
        error === 0 && leader >= 0 && isr.length === replicas.length,
    )
  );
}

export class Clients {
  #bench;
  #folder;
  #count = 0;
  #niceness;

  /** `niceness`: the clients' share of the cores gives way to the brokers', as on machines of their own. */
  constructor(bench, folder, { niceness = 0 } = {}) {
    this.#bench = bench;
    this.#folder = folder;
    this.#niceness = niceness;
  }

  #java(mainClass, args) {
    this.#count += 1;
    const log4j = `-Dlog4j.configuration=file:${join(this.#bench.root, 'test/builders/log4j.properties')}`;
    const options = [`-Xmx${CLIENT_HEAP_MB}m`, log4j, '-cp', join(this.#bench.jars, '*')];
    return run(
      'nice',
      ['-n', this.#niceness, 'java', ...options, mainClass, ...args],
      join(this.#folder, `client-${this.#count}.log`),
    );
  }

  async withAdmin(cluster, use) {
    const kafka = new Kafka({ brokers: cluster.bootstrap.split(','), logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    try {
      return await use(admin);
    } finally {
      await admin.disconnect();
    }
  }

  /** Creates a topic; gives the milliseconds until every broker sees each partition led and wholly in sync. */
  createTopic(cluster, { topic, partitions = 1, replicas = 1, config = {} }) {
    const configEntries = entriesOf(config);
    return this.withAdmin(cluster, async (admin) => {
      const startedAt = performance.now();
      await admin.createTopics({
        topics: [{ topic, numPartitions: partitions, replicationFactor: replicas, configEntries }],
        waitForLeaders: false,
        timeout: 60_000,
      });
      const seenBy = (port) =>
        until(`${topic} whole`, async () =>
          isWhole((await metadataOf(port, [topic])).partitions, partitions),
        );
      await Promise.all(cluster.ports.map(seenBy));
      return performance.now() - startedAt;
    });
  }

  /** ProducerPerformance. `properties`: of the producer, beside its defaults. */
  async produce(cluster, { topic, records, bytes, properties = {} }) {
    const given = Object.entries(properties).map(([name, value]) => `${name}=${value}`);
    const output = await this.#java('org.apache.kafka.tools.ProducerPerformance', [
      ...['--topic', topic, '--num-records', records, '--record-size', bytes, '--throughput', -1],
      ...['--producer-props', `bootstrap.servers=${cluster.bootstrap}`, ...given],
    ]);
    const summary = output.trim().split('\n').at(-1);
    const sent = numberIn(summary, /^(\d+) records sent/);
    if (sent !== records) throw new Error(`only ${sent} of ${records} records sent:\n${output}`);
    const mb = (records * bytes) / BYTES_PER_MB;
    const mbPerSecond = numberIn(summary, /\(([\d.]+) MB\/sec\)/);
    return {
      mb,
      seconds: mb / mbPerSecond,
      mbPerSecond,
      averageMs: numberIn(summary, /([\d.]+) ms avg latency/),
      p99Ms: numberIn(summary, /(\d+) ms 99th/),
    };
  }

  /** KeyedProducer of bench/java: ProducerPerformance has no keys. */
  async produceKeyed(cluster, { topic, records, bytes, keys }) {
    const source = join(this.#bench.root, 'bench/java/KeyedProducer.java');
    await this.#java(source, [cluster.bootstrap, topic, records, bytes, keys]);
  }

  /** ConsumerPerformance, from the beginning, as a new group. */
  async consume(cluster, { topic, records }) {
    const output = await this.#java('org.apache.kafka.tools.ConsumerPerformance', [
      ...['--bootstrap-server', cluster.bootstrap, '--topic', topic, '--messages', records],
      ...['--timeout', CONSUMER_TIMEOUT_MS],
    ]);
    const fields = output.trim().split('\n').at(-1).split(', ');
    const [mb, mbPerSecond, consumed] = fields.slice(2, 5).map(Number);
    if (!(consumed >= records)) throw new Error(`consumed too few records:\n${output}`);
    return { mb, seconds: mb / mbPerSecond, mbPerSecond, fetchMbPerSecond: Number(fields[8]) };
  }

  /** EndToEndLatency: one record at a time, from its producer to its consumer. */
  async endToEnd(cluster, { topic, records, bytes }) {
    const output = await this.#java('org.apache.kafka.tools.EndToEndLatency', [
      ...[cluster.bootstrap, topic, records, 1, bytes],
    ]);
    const averageMs = numberIn(output, /Avg latency: ([\d.]+) ms/);
    return {
      seconds: (records * averageMs) / 1000,
      averageMs,
      p50Ms: numberIn(output, /50th = (\d+)/),
      p99Ms: numberIn(output, /99th = (\d+)/),
      p999Ms: numberIn(output, /99\.9th = (\d+)/),
    };
  }

  /** How many records the topics (name → number of partitions) hold. Fails unless each partition is led. */
  async countRecords(cluster, topics) {
    const asked = cluster.ports.map((port) => latestOffsets(port, topics));
    const ends = new Map();
    for (const { topic, partition, error, offset } of (await Promise.all(asked)).flat()) {
      if (error === 0) ends.set(`${topic}-${partition}`, offset);
    }
    const expected = Object.values(topics).reduce((sum, count) => sum + count, 0);
    if (ends.size !== expected) throw new Error(`${expected - ends.size} partitions are not led`);
    return [...ends.values()].reduce((sum, offset) => sum + offset, 0);
  }

  /** Replaces a topic's settings. */
  alterTopic(cluster, topic, config) {
    const configEntries = entriesOf(config);
    return this.withAdmin(cluster, (admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }],
      }),
    );
  }
}

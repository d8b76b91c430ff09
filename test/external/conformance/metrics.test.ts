/**
 * The beans of a real Kafka broker, through the usual rules of the JMX exporter, beside what an Odradek broker shows
 * after the same work: each name with its labels is there, or stands among those that are left out for a reason.
 */
import { join } from 'node:path';

import { Kafka, logLevel } from 'kafkajs';

import { NOT_SHOWN, reasonFor } from '../../../src/metrics/not-shown';
import { exportedAs } from '../../builders/jmx-rules';
import type { ExportedMetric } from '../../builders/jmx-rules';
import { javaArguments, startKafkaBroker, startOdradekBroker } from '../../builders/kafka';
import { eventually, freePorts, run, temporaryFolder } from '../../builders/process';
import type { RunningProcess } from '../../builders/process';
import { startRealZooKeeper } from '../../builders/zookeeper';

const BEAN_NAMES = join(__dirname, 'java', 'BeanNames.java');
const SETTINGS = {
  'offsets.topic.replication.factor': '2',
  'offsets.topic.num.partitions': '2',
  'group.initial.rebalance.delay.ms': '0',
};

async function stop(broker: RunningProcess): Promise<void> {
  broker.signal('SIGTERM');
  await broker.exited;
}

/** Makes each broker lead and follow, and a group read. */
async function work(servers: readonly string[]): Promise<void> {
  const kafka = new Kafka({ brokers: [...servers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [{ topic: 'events', numPartitions: 4, replicationFactor: 2 }],
    waitForLeaders: true,
  });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  const messages = [0, 1, 2, 3].map((partition) => ({ value: 'x', partition }));
  await producer.send({ topic: 'events', messages });
  await producer.disconnect();
  const consumer = kafka.consumer({ groupId: 'readers' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'events', fromBeginning: true });
  let read = 0;
  await consumer.run({ eachMessage: async () => void read++ });
  await eventually('all records read', () => (read >= messages.length ? true : undefined), 60_000);
  await consumer.stop();
  await consumer.disconnect();
}

const textOf = ({ name, labels }: ExportedMetric): string =>
  `${name}{${[...labels].sort().join(',')}}`;

async function kafkaMetrics(jmxPort: number): Promise<ReadonlyMap<string, string>> {
  const output = await run('java', javaArguments(BEAN_NAMES, [String(jmxPort)]), {
    timeoutMs: 120_000,
  });
  const found = new Map<string, string>();
  for (const line of output.trim().split('\n')) {
    const [bean = '', attribute = ''] = line.split('\t');
    const exported = exportedAs({ bean, attribute });
    if (exported) found.set(textOf(exported), exported.name);
  }
  return found;
}

/** What is shown, and the names of what has no value now, so that its labels cannot be seen. */
interface Shown {
  readonly series: ReadonlySet<string>;
  readonly empty: ReadonlySet<string>;
}

async function ourMetrics(port: number): Promise<Shown> {
  const text = await (await fetch(`http://127.0.0.1:${String(port)}/metrics`)).text();
  const series = new Set<string>();
  const empty = new Set(Array.from(text.matchAll(/^# TYPE (\S+) /gm), ([, name = '']) => name));
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
    const [, name = '', pairs = ''] = /^([a-z0-9_]+)(?:\{(.*)\})? /.exec(line) ?? [];
    const labels = Array.from(pairs.matchAll(/(\w+)="/g), ([, key = '']) => key);
    series.add(textOf({ name, labels }));
    empty.delete(name);
  }
  return { series, empty };
}

test('what a dashboard of Kafka asks for is shown, or left out for a reason', async () => {
  const folder = temporaryFolder('metric-names');
  const zookeeper = await startRealZooKeeper();
  const [kafkaPort = 0, ourPort = 0, jmxPort = 0, metricsPort = 0] = await freePorts(4);
  const place = { zookeeper: zookeeper.connectString, folder: folder.path };
  const jmx = 'com.sun.management.jmxremote';
  const kafka = await startKafkaBroker({
    ...place,
    id: 1,
    port: kafkaPort,
    settings: SETTINGS,
    heapMb: 300,
    jvmOptions: [
      `-D${jmx}.port=${String(jmxPort)}`,
      `-D${jmx}.rmi.port=${String(jmxPort)}`,
      `-D${jmx}.authenticate=false`,
      `-D${jmx}.ssl=false`,
      '-Djava.rmi.server.hostname=127.0.0.1',
    ],
  });
  const ours = await startOdradekBroker({
    ...place,
    id: 2,
    port: ourPort,
    settings: { ...SETTINGS, 'odradek.metrics.listener': `127.0.0.1:${String(metricsPort)}` },
  });
  try {
    await work([kafkaPort, ourPort].map((port) => `127.0.0.1:${String(port)}`));
    const theirs = await kafkaMetrics(jmxPort);
    const shown = await ourMetrics(metricsPort);
    const missing = [...theirs].filter(
      ([text, name]) => !shown.series.has(text) && !shown.empty.has(name),
    );
    const unexplained = missing.filter(([, name]) => !reasonFor(name)).map(([text]) => text);
    expect(unexplained.sort()).toEqual([]);
    // Nor is anything excused that is not missing.
    const needed = new Set(missing.map(([, name]) => reasonFor(name)));
    expect(NOT_SHOWN.filter((each) => !needed.has(each))).toEqual([]);
    expect(theirs.size).toBeGreaterThan(150);
  } finally {
    await stop(ours);
    await stop(kafka);
    await zookeeper.stop();
    folder.remove();
  }
});

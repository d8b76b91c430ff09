/**
 * The measure of compatibility: one cluster of an Apache Kafka broker and an Odradek broker. Each leads
 * partitions that the other follows, each is controller once, each is stopped and comes back; and each as
 * controller moves all replicas to either of them alone, and back to both.
 */
import { Kafka, logLevel } from 'kafkajs';

import { kafkaTool, startKafkaBroker, startOdradekBroker } from '../../builders/kafka';
import { eventually, freePorts, run, temporaryFolder } from '../../builders/process';
import type { RunningProcess } from '../../builders/process';
import { startRealZooKeeper } from '../../builders/zookeeper';

const TOPIC = 'mixed';
const PARTITIONS = 4;
const RECORDS = 2000;
const SETTINGS = {
  'offsets.topic.replication.factor': '2',
  'offsets.topic.num.partitions': '3',
  'min.insync.replicas': '1',
};

async function stop(broker: RunningProcess): Promise<void> {
  broker.signal('SIGTERM');
  await broker.exited;
}

test('Apache Kafka and Odradek replicate to each other, and each takes over from the other', async () => {
  const folder = temporaryFolder('mixed');
  const zookeeper = await startRealZooKeeper();
  const [kafkaPort = 0, odradekPort = 0] = await freePorts(2);
  const servers = [kafkaPort, odradekPort].map((port) => `127.0.0.1:${String(port)}`);
  const bootstrap = servers.join(',');
  const place = {
    zookeeper: zookeeper.connectString,
    folder: folder.path,
    settings: SETTINGS,
  };
  const startKafka = (): Promise<RunningProcess> =>
    startKafkaBroker({ ...place, id: 1, port: kafkaPort, heapMb: 300 });
  const startOurs = (): Promise<RunningProcess> =>
    startOdradekBroker({ ...place, id: 2, port: odradekPort });
  const admin = new Kafka({
    brokers: servers,
    logLevel: logLevel.NOTHING,
    retry: { retries: 40, initialRetryTime: 100, maxRetryTime: 500 },
  }).admin();

  const isrs = async (): Promise<string[]> => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] });
    return (topics[0]?.partitions ?? []).map(({ isr }) => [...isr].sort((a, b) => a - b).join());
  };
  const untilWhole = (): Promise<true> =>
    eventually(
      'both brokers in every ISR',
      async () => ((await isrs()).every((isr) => isr === '1,2') ? true : undefined),
      60_000,
    );
  const controller = async (): Promise<number | null> => (await admin.describeCluster()).controller;
  const produce = (first: number): Promise<string> =>
    run(
      'kcat',
      ['-P', '-b', bootstrap, '-t', TOPIC, '-X', 'acks=all', '-X', 'enable.idempotence=true'],
      {
        input: Array.from({ length: RECORDS }, (_, i) => `record ${String(first + i)}`).join('\n'),
      },
    );
  const consume = async (from: string): Promise<number> => {
    const output = await run('kcat', ['-C', '-b', from, '-t', TOPIC, '-e', '-q']);
    return new Set(output.split('\n').filter((line) => line !== '')).size;
  };

  /** All partitions are on these brokers alone, and nothing is on the move any more. */
  const moveTo = async (replicas: readonly number[]): Promise<void> => {
    const partitionAssignment = Array.from({ length: PARTITIONS }, (_, partition) => ({
      partition,
      replicas: [...replicas],
    }));
    await admin.alterPartitionReassignments({ topics: [{ topic: TOPIC, partitionAssignment }] });
    await eventually(
      `all is on ${replicas.join()}`,
      async () => {
        const { topics } = await admin.listPartitionReassignments({
          topics: [
            { topic: TOPIC, partitions: partitionAssignment.map(({ partition }) => partition) },
          ],
        });
        const isThere = (await isrs()).every((isr) => isr === replicas.join());
        return (topics.length === 0 && isThere) || undefined;
      },
      60_000,
    );
  };
  const moveAround = async (): Promise<void> => {
    for (const replicas of [[1], [2], [1, 2]]) await moveTo(replicas);
    expect(await consume(bootstrap)).toBe(3 * RECORDS);
  };

  let kafka = await startKafka();
  let odradek = await startOurs();
  try {
    await admin.connect();
    await kafkaTool('kafka-topics', [
      ...['--bootstrap-server', bootstrap, '--create', '--topic', TOPIC],
      ...['--partitions', String(PARTITIONS), '--replication-factor', '2'],
    ]);
    await untilWhole();
    expect(await controller()).toBe(1);
    await produce(0);
    expect(await consume(bootstrap)).toBe(RECORDS);

    await stop(kafka);
    await eventually('Odradek is controller', async () =>
      (await controller()) === 2 ? true : undefined,
    );
    await produce(RECORDS);
    expect(await consume(servers[1] ?? '')).toBe(2 * RECORDS);

    kafka = await startKafka();
    await untilWhole();
    await produce(2 * RECORDS);
    expect(await controller()).toBe(2);
    await moveAround();
    await stop(odradek);
    await eventually('Kafka is controller', async () =>
      (await controller()) === 1 ? true : undefined,
    );
    expect(await consume(servers[0] ?? '')).toBe(3 * RECORDS);

    odradek = await startOurs();
    await untilWhole();
    expect(await consume(bootstrap)).toBe(3 * RECORDS);
    expect(await controller()).toBe(1);
    await moveAround();
  } finally {
    await admin.disconnect();
    for (const broker of [kafka, odradek]) broker.signal('SIGKILL');
    await Promise.all([kafka.exited, odradek.exited]);
    await zookeeper.stop();
    folder.remove();
  }
}, 300_000);

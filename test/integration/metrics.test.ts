/** What a broker shows of itself over HTTP, after work whose size is known. */
import { join } from 'node:path';

import { Kafka, logLevel } from 'kafkajs';

import { Broker } from '../../src/broker/broker';
import { METRICS } from '../../src/metrics/catalogue';
import { nodePlatform } from '../../src/platform/node';
import { eventually, temporaryFolder } from '../builders/process';
import { startEmbeddedZooKeeper } from '../builders/zookeeper';
import type { RunningZooKeeper } from '../builders/zookeeper';

const OFFSETS_PARTITIONS = 3;
const TRAFFIC = 'kafka_server_brokertopicmetrics_';

let folder: ReturnType<typeof temporaryFolder>;
let zookeeper: RunningZooKeeper;

beforeEach(async () => {
  folder = temporaryFolder('metrics');
  zookeeper = await startEmbeddedZooKeeper();
});

afterEach(async () => {
  await zookeeper.stop();
  folder.remove();
});

function start(settings: Record<string, string>): Promise<Broker> {
  return Broker.start({
    platform: nodePlatform(),
    properties: {
      'broker.id': '1',
      'log.dirs': join(folder.path, 'logs'),
      listeners: 'PLAINTEXT://127.0.0.1:0',
      'zookeeper.connect': zookeeper.connectString,
      'offsets.topic.num.partitions': String(OFFSETS_PARTITIONS),
      'offsets.topic.replication.factor': '1',
      'group.initial.rebalance.delay.ms': '0',
      ...settings,
    },
  });
}

function pageOf(broker: Broker, path: string): string {
  return `http://127.0.0.1:${String(broker.metricsPort)}${path}`;
}

/** Each sample's value by its name and labels. */
async function scrape(broker: Broker): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(pageOf(broker, '/metrics'));
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = (await response.text()).split('\n').filter((line) => line && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

const TOPIC = 'events';

async function produceTwoRecords(port: number): Promise<void> {
  const kafka = clientOf(port);
  const admin = kafka.admin();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 2 }] });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  const messages = [0, 1].map((partition) => ({ value: 'x', partition }));
  await producer.send({ topic: TOPIC, messages });
  await producer.disconnect();
}

async function consumeTwoRecords(port: number): Promise<void> {
  const consumer = clientOf(port).consumer({ groupId: 'readers' });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  let read = 0;
  await consumer.run({ eachMessage: async () => void read++ });
  await eventually('two records', () => (read === 2 ? true : undefined));
  await consumer.disconnect();
}

function clientOf(port: number): Kafka {
  return new Kafka({ brokers: [`127.0.0.1:${String(port)}`], logLevel: logLevel.NOTHING });
}

test('what clients did, what storage holds and what the process uses', async () => {
  const broker = await start({ 'odradek.metrics.listener': '127.0.0.1:0' });
  try {
    const port = broker.ports.get('PLAINTEXT') ?? 0;
    await produceTwoRecords(port);
    await consumeTwoRecords(port);
    const samples = await scrape(broker);
    const produced = [...samples].filter(([name]) =>
      name.startsWith('kafka_network_requestmetrics_requests_total{request="Produce",'),
    );
    const count = produced.reduce((sum, [, value]) => sum + value, 0);
    expect([1, 2]).toContain(count); // One request, or one for each partition.
    const directory = join(folder.path, 'logs');
    const bytesIn = samples.get(`${TRAFFIC}bytesin_total{topic="events"}`) ?? 0;
    expect(bytesIn).toBeGreaterThan(130);
    expect(Object.fromEntries(samples)).toMatchObject({
      [`${TRAFFIC}messagesin_total`]: 2,
      [`${TRAFFIC}messagesin_total{topic="events"}`]: 2,
      [`${TRAFFIC}bytesout_total{topic="events"}`]: bytesIn,
      [`${TRAFFIC}totalproducerequests_total{topic="events"}`]: 2,
      [`${TRAFFIC}failedproducerequests_total{topic="events"}`]: 0,
      [`${TRAFFIC}replicationbytesout_total`]: 0,
      'kafka_network_requestmetrics_errors_total{request="Produce",error="NONE"}': 2,
      'kafka_network_requestmetrics_totaltimems_count{request="Produce"}': count,
      kafka_server_replicamanager_underreplicatedpartitions: 0,
      kafka_server_replicamanager_offlinereplicacount: 0,
      kafka_controller_kafkacontroller_activecontrollercount: 1,
      kafka_controller_kafkacontroller_offlinepartitionscount: 0,
      kafka_controller_kafkacontroller_globaltopiccount: 2,
      'kafka_cluster_partition_insyncreplicascount{topic="events",partition="1"}': 1,
      'kafka_log_log_logendoffset{topic="events",partition="0"}': 1,
      'kafka_log_log_numlogsegments{topic="events",partition="0"}': 1,
      kafka_log_logmanager_offlinelogdirectorycount: 0,
      [`kafka_log_logmanager_logdirectoryoffline{logDirectory="${directory}"}`]: 0,
      [`kafka_log_logmanager_remaininglogstorecover{dir="${directory}"}`]: 0,
      [`kafka_log_logmanager_remainingsegmentstorecover{dir="${directory}",threadNum="0"}`]: 0,
      odradek_storage_damaged_batches_total: 0,
      odradek_storage_logs: 2 + OFFSETS_PARTITIONS,
      'kafka_server_delayedoperationpurgatory_purgatorysize{delayedOperation="Produce"}': 0,
      kafka_server_kafkaserver_brokerstate: 3,
      'kafka_server_sessionexpirelistener_sessionstate{state="CONNECTED"}': 1,
      kafka_server_sessionexpirelistener_zookeepersyncconnects_total: 1,
      kafka_coordinator_group_groupmetadatamanager_numgroupsempty: 1,
      kafka_coordinator_group_groupmetadatamanager_numoffsets: 2,
      'kafka_topic_partitions{topic="events"}': 2,
      'kafka_topic_partition_current_offset{topic="events",partition="1"}': 1,
      'kafka_consumergroup_current_offset_sum{consumergroup="readers",topic="events"}': 2,
      'kafka_consumergroup_lag{consumergroup="readers",topic="events",partition="0"}': 0,
      'kafka_consumergroup_members{consumergroup="readers"}': 0,
      kafka_brokers: 1,
    });
    expect(
      samples.get('kafka_server_zookeeperclientmetrics_zookeeperrequestlatencyms_count'),
    ).toBeGreaterThan(10);
    expect(samples.get('odradek_storage_open_files')).toBeGreaterThan(0);
    expect(samples.get('odradek_storage_buffer_bytes')).toBeGreaterThan(0);
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    expect(samples.get('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(samples.get('nodejs_eventloop_lag_p99_seconds')).toBeLessThan(10);
    expect(samples.get('kafka_network_socketserver_networkprocessoravgidle_percent')).toBeLessThan(
      1,
    );
  } finally {
    await broker.stop();
  }
});

test('a broker shows what is in the catalogue, and a deleted topic no longer', async () => {
  const broker = await start({ 'odradek.metrics.listener': '127.0.0.1:0' });
  try {
    const port = broker.ports.get('PLAINTEXT') ?? 0;
    await produceTwoRecords(port);
    const text = await (await fetch(pageOf(broker, '/metrics'))).text();
    const named = Array.from(text.matchAll(/^# TYPE (\S+) /gm), ([, name = '']) => name);
    expect(named.sort()).toEqual(Object.keys(METRICS).sort());
    expect(text).toContain('{topic="events"');
    const admin = clientOf(port).admin();
    await admin.deleteTopics({ topics: [TOPIC] });
    await admin.disconnect();
    await eventually('no metric of the topic', async () => {
      const names = [...(await scrape(broker)).keys()];
      return names.every((name) => !name.includes('topic="events"')) ? true : undefined;
    });
  } finally {
    await broker.stop();
  }
});

test('the lag of a group whose partitions another broker leads', async () => {
  const first = await start({ 'odradek.metrics.listener': '127.0.0.1:0' });
  const second = await start({
    'broker.id': '2',
    'log.dirs': join(folder.path, 'logs-2'),
    'odradek.metrics.listener': '127.0.0.1:0',
  });
  try {
    const port = first.ports.get('PLAINTEXT') ?? 0;
    // One partition on each broker.
    await produceTwoRecords(port);
    const admin = clientOf(port).admin();
    await admin.setOffsets({
      groupId: 'readers',
      topic: TOPIC,
      partitions: [0, 1].map((partition) => ({ partition, offset: '0' })),
    });
    await admin.disconnect();
    const lags = await eventually('the lag of both partitions', async () => {
      const shown = [...(await scrape(first)), ...(await scrape(second))].filter(([name]) =>
        name.startsWith('kafka_consumergroup_lag{'),
      );
      return shown.length === 2 ? shown.map(([, value]) => value) : undefined;
    });
    expect(lags).toEqual([1, 1]);
  } finally {
    await second.stop();
    await first.stop();
  }
});

test('health: a broker that serves is ready, until it stops', async () => {
  const broker = await start({ 'odradek.metrics.listener': '127.0.0.1:0' });
  const health = async (page: string): Promise<[number, unknown]> => {
    const response = await fetch(pageOf(broker, `/health/${page}`));
    return [response.status, await response.json()];
  };
  try {
    expect(await health('live')).toEqual([200, { status: 'live', broker: 1 }]);
    expect(await health('ready')).toEqual([200, { status: 'ready', broker: 1 }]);
    const stopping = broker.stop();
    expect(await health('ready')).toEqual([
      503,
      { status: 'not ready', broker: 1, reasons: ['the broker is stopping'] },
    ]);
    await stopping;
  } finally {
    await broker.stop();
  }
});

test('nothing is served unless the setting asks for it', async () => {
  const broker = await start({});
  try {
    expect(broker.metricsPort).toBeUndefined();
  } finally {
    await broker.stop();
  }
});

test('a port that is taken stops the start with one clear error', async () => {
  const { network } = nodePlatform();
  const other = await network.listen({ host: '127.0.0.1', port: 0 }, (socket) => socket.destroy());
  const address = `127.0.0.1:${String(other.port)}`;
  try {
    const starting = start({ 'odradek.metrics.listener': address });
    await expect(starting).rejects.toThrow(`cannot listen on ${address}`);
  } finally {
    await other.close();
  }
});

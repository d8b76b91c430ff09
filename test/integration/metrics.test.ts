/** What a broker shows of itself over HTTP, after work whose size is known. */
import { join } from 'node:path';

import { Kafka, logLevel } from 'kafkajs';

import { Broker } from '../../src/broker/broker';
import { nodePlatform } from '../../src/platform/node';
import { temporaryFolder } from '../builders/process';
import { startEmbeddedZooKeeper } from '../builders/zookeeper';
import type { RunningZooKeeper } from '../builders/zookeeper';

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
      ...settings,
    },
  });
}

/** Each sample's value by its name and labels. */
async function scrape(broker: Broker): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`http://127.0.0.1:${String(broker.metricsPort)}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = (await response.text()).split('\n').filter((line) => line && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

async function produceTwoRecords(port: number): Promise<void> {
  const kafka = new Kafka({ brokers: [`127.0.0.1:${String(port)}`], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.createTopics({ topics: [{ topic: 'events', numPartitions: 2 }] });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'events', messages: [{ value: 'a' }, { value: 'b' }] });
  await producer.disconnect();
}

test('what clients did, what storage holds and what the process uses', async () => {
  const broker = await start({ 'odradek.metrics.listener': '127.0.0.1:0' });
  try {
    await produceTwoRecords(broker.ports.get('PLAINTEXT') ?? 0);
    const samples = await scrape(broker);
    expect(samples.get('kafka_server_brokertopicmetrics_messagesin_total')).toBe(2);
    expect(samples.get('kafka_server_brokertopicmetrics_bytesin_total')).toBeGreaterThan(130);
    expect(samples.get('kafka_server_brokertopicmetrics_bytesout_total')).toBe(0);
    const produced = [...samples].filter(([name]) => name.includes('{request="Produce",'));
    const count = produced.reduce((sum, [, value]) => sum + value, 0);
    expect([1, 2]).toContain(count); // One request, or one for each partition.
    const directory = join(folder.path, 'logs');
    expect(Object.fromEntries(samples)).toMatchObject({
      kafka_log_logmanager_offlinelogdirectorycount: 0,
      [`kafka_log_logmanager_logdirectoryoffline{logDirectory="${directory}"}`]: 0,
      [`kafka_log_logmanager_remaininglogstorecover{dir="${directory}"}`]: 0,
      [`kafka_log_logmanager_remainingsegmentstorecover{dir="${directory}",threadNum="0"}`]: 0,
      odradek_storage_damaged_batches_total: 0,
      odradek_storage_logs: 2,
      'kafka_server_delayedoperationpurgatory_purgatorysize{delayedOperation="Produce"}': 0,
      'kafka_server_delayedoperationpurgatory_purgatorysize{delayedOperation="Fetch"}': 0,
    });
    expect(samples.get('odradek_storage_open_files')).toBeGreaterThan(0);
    expect(samples.get('odradek_storage_buffer_bytes')).toBeGreaterThan(0);
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    expect(samples.get('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(samples.get('odradek_event_loop_delay_seconds{quantile="0.99"}')).toBeLessThan(10);
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

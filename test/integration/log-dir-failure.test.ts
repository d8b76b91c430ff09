/** A disk that fails: the broker goes on with its other directories, and stops with the last. */
import { join } from 'node:path';

import { Kafka, logLevel } from 'kafkajs';

import { Broker } from '../../src/broker/broker';
import { nodePlatform } from '../../src/platform/node';
import { FaultyFiles } from '../builders/faulty-files';
import { eventually, temporaryFolder } from '../builders/process';
import { startEmbeddedZooKeeper } from '../builders/zookeeper';

async function aBroker(directories: readonly string[]) {
  const folder = temporaryFolder('log-dirs');
  const zookeeper = await startEmbeddedZooKeeper();
  const faulty = new FaultyFiles();
  const fatal: unknown[] = [];
  const broker = await Broker.start({
    platform: { ...nodePlatform(), files: faulty.files },
    properties: {
      'broker.id': '1',
      listeners: 'PLAINTEXT://127.0.0.1:0',
      'zookeeper.connect': zookeeper.connectString,
      'log.dirs': directories.map((name) => join(folder.path, name)).join(','),
    },
    onFatal: (error) => fatal.push(error),
  });
  const kafka = new Kafka({
    brokers: [`127.0.0.1:${String(broker.ports.get('PLAINTEXT'))}`],
    logLevel: logLevel.NOTHING,
    retry: { retries: 5, initialRetryTime: 50, maxRetryTime: 100 },
  });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 't', numPartitions: 2 }], waitForLeaders: true });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  return {
    faulty,
    fatal,
    produce: (partition: number) =>
      producer.send({ topic: 't', messages: [{ partition, value: 'v' }] }),
    async stop() {
      await producer.disconnect();
      await broker.stop();
      await zookeeper.stop();
      folder.remove();
    },
  };
}

test('one of two directories fails: its partitions are refused, the others go on', async () => {
  const { faulty, fatal, produce, stop } = await aBroker(['a', 'b']);
  await produce(0);
  await produce(1);
  faulty.fault = (operation, path) => operation === 'writeSync' && /\/a\/t-/.test(path);
  const outcomes = await Promise.allSettled([produce(0), produce(1)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(fatal).toEqual([]);
  await stop();
}, 60_000);

test('the only directory fails: the broker stops', async () => {
  const { faulty, fatal, produce, stop } = await aBroker(['a']);
  await produce(0);
  faulty.fault = (operation, path) => operation === 'writeSync' && /\/a\/t-/.test(path);
  const outcome = await produce(0).then(
    () => 'acknowledged',
    () => 'refused',
  );
  expect(outcome).toBe('refused');
  await eventually('the broker stops', () => (fatal.length > 0 ? true : undefined));
  expect(String(fatal[0])).toContain('all log directories have failed');
  await stop();
}, 60_000);

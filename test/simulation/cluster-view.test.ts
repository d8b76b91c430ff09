/** Over a real broker: what is looked at is the product's own. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Kafka, logLevel } from 'kafkajs';

import { Broker } from '../../src/broker/broker';
import { nodePlatform } from '../../src/platform/node';
import { temporaryFolder } from '../builders/process';
import { startEmbeddedZooKeeper } from '../builders/zookeeper';
import { clusterView } from './cluster-view';

test('a broker is seen as it is: roles, offsets, batches, and what it holds', async () => {
  const folder = temporaryFolder('cluster-view');
  const zookeeper = await startEmbeddedZooKeeper();
  const broker = await Broker.start({
    platform: { ...nodePlatform() },
    properties: {
      'broker.id': '1',
      'log.dirs': join(folder.path, 'logs'),
      listeners: 'PLAINTEXT://127.0.0.1:0',
      'zookeeper.connect': zookeeper.connectString,
    },
  });
  const port = String(broker.ports.get('PLAINTEXT'));
  const client = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING });
  const admin = client.admin();
  const producer = client.producer();
  const view = clusterView({
    brokers: () => [
      {
        ...{ id: 1, broker, life: 4, mayBeDamaged: false },
        peek: (path) => (existsSync(path) ? readFileSync(path) : undefined),
      },
    ],
    recordOf: (value) => value.toString(),
  });
  try {
    await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 1 }] });
    await producer.connect();
    const send = (...values: string[]) =>
      producer.send({ topic: 'orders', messages: values.map((value) => ({ value })) });
    await send('a', 'b');
    const [seen] = view.brokers();
    const before = seen?.replicaOf('orders', 0);
    await send('c');
    const replica = seen?.replicaOf('orders', 0);

    expect(seen).toMatchObject({ id: 1, isAlive: true, life: 4 });
    expect(replica).toMatchObject({
      ...{ topic: 'orders', partition: 0, isLeader: true, leaderEpoch: 0, isr: [1] },
      ...{ highWatermark: 3, logStartOffset: 0, logEndOffset: 3, truncations: 0 },
    });
    expect(before).toMatchObject({ highWatermark: 2, logId: replica?.logId });
    const batches = replica?.batchesFrom(0) ?? [];
    expect(batches).toMatchObject([
      { baseOffset: 0, lastOffset: 1, leaderEpoch: 0, isIntact: true, producerId: -1 },
      { baseOffset: 2, lastOffset: 2, leaderEpoch: 0, isIntact: true, isControl: false },
    ]);
    expect(batches.flatMap((batch) => batch.records())).toEqual([
      { offset: 0, id: 'a' },
      { offset: 1, id: 'b' },
      { offset: 2, id: 'c' },
    ]);
    expect(replica?.batchesFrom(2)).toEqual([batches[1]]);
    expect([...(seen?.replicas() ?? [])].map(({ topic }) => topic)).toEqual(['orders']);
    expect(seen?.replicaOf('orders', 1)).toBeUndefined();
    expect(seen?.groups()).toEqual([]);
    expect(seen?.holdings()).toMatchObject({ delayedAppends: 0, lentBytes: 0, requestBytes: 0 });
    expect(seen?.holdings()?.connections).toBeGreaterThan(0);
  } finally {
    await admin.disconnect();
    await producer.disconnect();
    await broker.stop();
    await zookeeper.stop();
    folder.remove();
  }
  const [stopped] = view.brokers();
  expect(stopped?.isAlive).toBe(false);
  expect([...(stopped?.replicas() ?? [])]).toEqual([]);
  expect(stopped?.holdings()).toBeUndefined();
});

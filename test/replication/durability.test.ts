import { deferred } from '../../src/base/deferred';
import { DeviceFiles } from '../builders/device-files';
import type { Below } from '../builders/seeded';
import { ReplicaCluster } from '../builders/replica-cluster';
import { seeded } from '../builders/seeded';
import { recordsOf } from '../builders/storage';

const IDS = [1, 2, 3];

async function startCluster(
  durability: string,
): Promise<{ cluster: ReplicaCluster; devices: Map<number, DeviceFiles> }> {
  const devices = new Map(IDS.map((id) => [id, new DeviceFiles(['/data'])]));
  const properties = { 'odradek.durability': durability, 'log.segment.bytes': '400' };
  const cluster = await ReplicaCluster.start(IDS, properties, devices);
  cluster.elect(1);
  await cluster.run(50);
  return { cluster, devices };
}

/** Which of the acknowledged records are not in the leader's log. */
async function lost(cluster: ReplicaCluster): Promise<string[]> {
  const found = recordsOf({ buffers: [await cluster.bytes(cluster.leader)] });
  const present = new Set(found.map(({ offset, value }) => `${String(offset)}:${String(value)}`));
  return cluster.acked
    .map(({ offset, value }) => `${String(offset)}:${value}`)
    .filter((each) => !present.has(each));
}

/** Produces, sometimes moves the leader, and cuts the power of all brokers in the midst of it. */
async function produceUntilPowerCut(
  cluster: ReplicaCluster,
  below: Below,
  tears?: Below,
): Promise<void> {
  for (let step = 20 + below(60); step > 0; step--) {
    if (below(12) === 0) cluster.elect(cluster.isr[below(cluster.isr.length)] ?? 1, cluster.isr);
    cluster.produce();
    if (below(3) > 0) await cluster.run(below(4));
  }
  for (const id of IDS) cluster.cutPower(id, tears);
}

describe('strict durability', () => {
  test.each(Array.from({ length: 25 }, (_, i) => i + 1))(
    'what acks=all has acknowledged survives a power cut of all brokers, whichever ISR member leads then (seed %i)',
    async (seed) => {
      const below = seeded(seed);
      const { cluster } = await startCluster('strict');
      await produceUntilPowerCut(cluster, below, below(2) === 0 ? below : undefined);
      expect(cluster.acked.length).toBeGreaterThan(0);
      const leader = cluster.isr[below(cluster.isr.length)] ?? 1;
      await cluster.startBroker(leader);
      cluster.elect(leader, [leader]);
      await cluster.run(10);
      expect(await lost(cluster)).toEqual([]);
      for (const id of IDS) if (id !== leader) await cluster.startBroker(id);
      const { logEndOffset } = cluster.log(leader);
      cluster.produce();
      await cluster.until(() => cluster.isr.length === IDS.length);
      await cluster.until(() => cluster.log(leader).highWatermark === logEndOffset + 1);
      expect(await lost(cluster)).toEqual([]);
      await cluster.stop();
    },
  );

  test('a follower that has not synced holds the high watermark back, a leader too', async () => {
    for (const slow of [1, 2]) {
      const { cluster, devices } = await startCluster('strict');
      const device = devices.get(slow);
      if (!device) throw new Error('no device');
      const gate = deferred<void>();
      device.beforeSync = () => gate.promise;
      cluster.produce();
      await cluster.run(100);
      expect(IDS.map((id) => cluster.log(id).writtenEndOffset)).toEqual([1, 1, 1]);
      expect(IDS.map((id) => cluster.log(id).durableEndOffset)).toEqual(
        IDS.map((id) => (id === slow ? 0 : 1)),
      );
      expect([cluster.log(1).highWatermark, cluster.acked.length]).toEqual([0, 0]);
      gate.resolve();
      await cluster.run(1);
      await cluster.until(() => cluster.acked.length === 1, 100);
      expect(cluster.log(1).highWatermark).toBe(1);
      await cluster.stop();
    }
  });

  test('a follower of a new leader reports what it has only once that is synced', async () => {
    const { cluster, devices } = await startCluster('strict');
    const gate = deferred<void>();
    const device = devices.get(1);
    if (!device) throw new Error('no device');
    device.beforeSync = () => gate.promise;
    cluster.produce(1);
    await cluster.run(100);
    cluster.elect(2);
    await cluster.run(100);
    expect(cluster.log(1).logEndOffset).toBe(1);
    expect(cluster.log(2).highWatermark).toBe(0);
    gate.resolve();
    await cluster.until(() => cluster.log(2).highWatermark === 1, 1000);
    await cluster.stop();
  });
});

test('with durability kafka a power cut of all brokers loses what acks=all has acknowledged', async () => {
  const { cluster } = await startCluster('kafka');
  cluster.produce();
  await cluster.until(() => cluster.acked.length === 1);
  for (const id of IDS) cluster.cutPower(id);
  await cluster.startBroker(1);
  cluster.elect(1);
  expect(await lost(cluster)).toEqual(['0:value 0']);
  await cluster.stop();
});

test('with durability kafka one broker that keeps its power keeps everything', async () => {
  const { cluster } = await startCluster('kafka');
  cluster.produce();
  await cluster.until(() => cluster.acked.length === 1);
  cluster.cutPower(1);
  cluster.cutPower(2);
  cluster.control();
  expect(cluster.leader).toBe(3);
  expect(await lost(cluster)).toEqual([]);
  await cluster.stop();
});

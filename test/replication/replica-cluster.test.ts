import { aBatch } from '../builders/replica-host';
import { ReplicaCluster } from '../builders/replica-cluster';

let cluster: ReplicaCluster;

afterEach(() => cluster.stop());

async function aCluster(properties: Readonly<Record<string, string>> = {}): Promise<void> {
  cluster = await ReplicaCluster.start([1, 2, 3], properties);
  cluster.elect(1);
}

/** All brokers that run have the same bytes, and all are in the ISR. */
async function expectSameLogs(): Promise<void> {
  const [first, ...others] = await Promise.all(cluster.alive.map((id) => cluster.bytes(id)));
  expect(first?.length).toBeGreaterThan(0);
  for (const other of others) expect(other.equals(first ?? Buffer.alloc(0))).toBe(true);
}

/** Every acknowledged record is where its producer was told that it is. */
async function expectNothingLost(broker = cluster.leader): Promise<void> {
  const bytes = await cluster.bytes(broker);
  for (const { value } of cluster.acked) expect(bytes.includes(value)).toBe(true);
}

const isInSync = () => cluster.isr.length === 3;

test('records reach all replicas, and are acknowledged when they have', async () => {
  await aCluster();
  for (let i = 0; i < 10; i++) cluster.produce();
  expect(cluster.acked).toEqual([]);
  await cluster.until(() => cluster.acked.length === 10);
  expect(cluster.log(1).highWatermark).toBe(10);
  await cluster.until(() => [2, 3].every((id) => cluster.log(id).highWatermark === 10));
  await expectSameLogs();
});

test('a leader dies: the next one has all that was acknowledged, and the old one gets its tail cut', async () => {
  await aCluster();
  for (let i = 0; i < 5; i++) cluster.produce();
  await cluster.until(() => cluster.acked.length === 5);
  cluster.isolate(1);
  for (let i = 0; i < 3; i++) cluster.produce(1);
  await cluster.run(5);
  expect(cluster.log(1).logEndOffset).toBe(8);
  cluster.elect(2, [2, 3]);
  cluster.produce();
  await cluster.until(() => cluster.acked.length === 6);

  cluster.reconnect(1);
  await cluster.until(isInSync);
  expect(cluster.log(1).logEndOffset).toBe(6);
  await expectSameLogs();
  await expectNothingLost(1);
});

test('kill -9 of a leader with a tail that nobody else has', async () => {
  await aCluster();
  for (let i = 0; i < 5; i++) cluster.produce();
  await cluster.until(() => cluster.acked.length === 5);
  cluster.isolate(1);
  for (let i = 0; i < 2; i++) cluster.produce(1);
  await cluster.run(1);
  cluster.killBroker(1);
  cluster.reconnect(1);
  cluster.elect(3, [2, 3]);
  cluster.produce();
  await cluster.until(() => cluster.acked.length === 6);
  await cluster.startBroker(1);
  await cluster.until(isInSync);
  expect(cluster.log(1).logEndOffset).toBe(6);
  await expectSameLogs();
  await expectNothingLost(1);
});

test('quick elections: a follower with records of an epoch that left nothing behind finds where it parted', async () => {
  await aCluster();
  cluster.produce();
  await cluster.until(() => cluster.acked.length === 1);
  // Broker 1 writes alone in epoch 0, broker 2 alone in epoch 1, and broker 3 goes on in epoch 2.
  cluster.isolate(1);
  for (let i = 0; i < 4; i++) cluster.produce(1);
  cluster.elect(2, [2, 3]);
  cluster.isolate(2);
  for (let i = 0; i < 2; i++) cluster.produce(2);
  cluster.elect(3, [3]);
  cluster.produce();
  await cluster.until(() => cluster.acked.length === 2);
  cluster.reconnect(2);
  cluster.reconnect(1);
  await cluster.until(isInSync);
  expect(cluster.log(1).logEndOffset).toBe(2);
  await expectSameLogs();
});

test('a follower that does not answer leaves the ISR after a while, and comes back', async () => {
  await aCluster();
  cluster.produce();
  await cluster.until(() => cluster.acked.length === 1);
  cluster.isolate(3);
  cluster.produce();
  await cluster.run(100);
  expect(cluster.acked).toHaveLength(1);
  await cluster.until(() => cluster.isr.length === 2, 46_000);
  expect(cluster.partition(1).isUnderReplicated).toBe(true);
  await cluster.until(() => cluster.acked.length === 2);
  cluster.reconnect(3);
  await cluster.until(isInSync);
  await cluster.until(() => cluster.log(3).highWatermark === 2);
  await expectSameLogs();
});

test('below the minimum of the ISR nothing is acknowledged or shown', async () => {
  await aCluster({ 'min.insync.replicas': '2' });
  cluster.produce();
  await cluster.until(() => cluster.acked.length === 1);
  cluster.isolate(2);
  cluster.isolate(3);
  cluster.elect(1, [1]);
  expect(() => cluster.produce()).toThrow(
    expect.objectContaining({ errorName: 'NOT_ENOUGH_REPLICAS' }) as Error,
  );
  cluster
    .partition(1)
    .appendRecordsAsLeader(aBatch('unsafe'), { requiredAcks: 1, origin: 'client' });
  await cluster.run(1_000);
  expect(cluster.log(1).highWatermark).toBe(1);
  cluster.reconnect(2);
  await cluster.until(() => cluster.isr.length === 2);
  await cluster.until(() => cluster.log(1).highWatermark === 2);
});

test('a new leader does not wait for the long poll of its followers', async () => {
  await aCluster();
  await cluster.run(1_000);
  const startMs = cluster.clock.monotonicMs();
  cluster.elect(2);
  cluster.produce();
  await cluster.until(() => cluster.acked.length === 1);
  expect(cluster.clock.monotonicMs() - startMs).toBeLessThan(100);
});

test('an unclean leader is the truth: the others lose what it does not have', async () => {
  await aCluster();
  cluster.isolate(3);
  cluster.elect(1, [1, 2]);
  for (let i = 0; i < 3; i++) cluster.produce();
  await cluster.until(() => cluster.acked.length === 3);
  cluster.killBroker(1);
  cluster.killBroker(2);
  cluster.reconnect(3);
  cluster.elect(3, [3]);
  cluster.produce();
  await cluster.until(() => cluster.acked.length === 4);
  await cluster.startBroker(1);
  await cluster.startBroker(2);
  await cluster.until(isInSync);
  expect(cluster.log(1).logEndOffset).toBe(1);
  await expectSameLogs();
});

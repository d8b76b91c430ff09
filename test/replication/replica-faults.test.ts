import { readRecords, batches } from '../../src/protocol/records/reader';
import { ProtocolError } from '../../src/protocol/errors';
import { ReplicaCluster } from '../builders/replica-cluster';

const BROKERS = [1, 2, 3];
const STEPS = 60;

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** High watermarks of all brokers; they may only fall where a broker was killed. */
class Watermarks {
  readonly #seen = new Map<number, number>();

  forget(id: number): void {
    this.#seen.delete(id);
  }

  /** The brokers whose high watermark has fallen. */
  fallen(cluster: ReplicaCluster): number[] {
    return cluster.alive.filter((id) => {
      const before = this.#seen.get(id) ?? 0;
      const now = cluster.logIfAny(id)?.highWatermark ?? 0;
      this.#seen.set(id, now);
      return now < before;
    });
  }
}

/** Appends somewhere; a broker that may not take it says so. */
function produce(cluster: ReplicaCluster, broker: number): void {
  try {
    cluster.produce(broker);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
}

async function step(
  cluster: ReplicaCluster,
  random: (limit: number) => number,
  seen: Watermarks,
): Promise<void> {
  const broker = BROKERS[random(BROKERS.length)] ?? 1;
  const isAlive = cluster.alive.includes(broker);
  switch (random(10)) {
    case 0:
      if (isAlive) {
        cluster.killBroker(broker);
        seen.forget(broker);
      } else await cluster.startBroker(broker);
      cluster.control();
      return;
    case 1:
    case 2:
      if (cluster.isIsolated(broker)) cluster.reconnect(broker);
      else cluster.isolate(broker);
      cluster.control();
      return;
    case 3:
      await cluster.run(random(2_000));
      return;
    case 4:
      if (isAlive) produce(cluster, broker);
      return;
    default:
      for (let i = random(4); i >= 0; i--)
        if (cluster.alive.includes(cluster.leader)) produce(cluster, cluster.leader);
      await cluster.run(random(20));
  }
}

async function heal(cluster: ReplicaCluster): Promise<void> {
  for (const id of BROKERS) {
    if (!cluster.alive.includes(id)) await cluster.startBroker(id);
    cluster.reconnect(id);
    cluster.control();
  }
  const isWhole = () => {
    const ends = new Set(BROKERS.map((id) => cluster.log(id).logEndOffset));
    return cluster.isr.length === BROKERS.length && ends.size === 1;
  };
  await cluster.until(isWhole);
}

async function valuesByOffset(cluster: ReplicaCluster, id: number): Promise<Map<number, string>> {
  const bytes = await cluster.bytes(id);
  const values = new Map<number, string>();
  for (const { position, size } of batches(bytes)) {
    for (const { offset, value } of readRecords(bytes.subarray(position, position + size))) {
      values.set(offset, String(value));
    }
  }
  return values;
}

const seeds = Array.from({ length: 24 }, (_, index) => ({
  seed: index + 1,
  minIsr: String((index % 2) + 1),
}));

test.each(seeds)(
  'no acknowledged record is lost, moved or doubled (seed $seed)',
  async ({ seed, minIsr }) => {
    const random = randomFrom(seed);
    const cluster = await ReplicaCluster.start(BROKERS, { 'min.insync.replicas': minIsr });
    const seen = new Watermarks();
    try {
      cluster.elect(1);
      for (let i = 0; i < STEPS; i++) {
        await step(cluster, random, seen);
        expect(seen.fallen(cluster)).toEqual([]);
      }
      await heal(cluster);
      const logs = await Promise.all(BROKERS.map((id) => valuesByOffset(cluster, id)));
      for (const log of logs) expect(log).toEqual(logs[0]);
      for (const { offset, value } of cluster.acked) expect(logs[0]?.get(offset)).toBe(value);
      expect(new Set(logs[0]?.values()).size).toBe(logs[0]?.size);
    } finally {
      await cluster.stop();
    }
  },
);

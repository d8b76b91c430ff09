/** What a seed stands for: the size of the cluster, its settings, what its clients do and what befalls it. */
import { FAULT_KINDS } from './faults';
import { SPARE_BROKER } from './faults/broker-faults';
import { SeededRandom } from './kernel/seeded-random';
import type { FaultPlan, Plan, WorkloadPlan } from './plan';

/** A plan cut down, by hand or by the shrinker. */
export interface Overrides {
  /** Only the faults, and only the workloads, with these ids. */
  readonly faults?: readonly number[];
  readonly workloads?: readonly number[];
  readonly brokers?: number;
  readonly durationMs?: number;
}

/** From the beginning of the clients to the first fault. */
const QUIET_START_MS = 1_000;
const FAULTLESS_ONE_IN = 20;
const SPARE_ONE_IN = 6;
const MOST_BROKERS = 7;
const SPARE_FAULT_ID = 100;

export function planOf(seed: number, overrides: Overrides = {}): Plan {
  const random = new SeededRandom(`plan-${String(seed)}`);
  const brokers = random.fork('brokers').pick([3, 3, 3, 3, 4, 5, MOST_BROKERS]);
  const durationMs = random.fork('duration').between(15_000, 40_000);
  const settings = settingsOf(random.fork('settings'));
  const workloads = workloadsOf(random.fork('workloads'));
  const isStrict = settings['odradek.durability'] === 'strict';
  const faults = [
    ...faultsOf(random.fork('faults'), durationMs, isStrict),
    ...(brokers < MOST_BROKERS ? spareBroker(random.fork('spare'), durationMs) : []),
  ];
  const { faults: faultIds, workloads: workloadIds } = overrides;
  return {
    seed,
    brokers: overrides.brokers ?? brokers,
    durationMs: overrides.durationMs ?? durationMs,
    settings,
    workloads: workloads.filter(({ id }) => !workloadIds || workloadIds.includes(id)),
    faults: faults.filter(({ id }) => !faultIds || faultIds.includes(id)),
  };
}

function settingsOf(random: SeededRandom): Record<string, string> {
  // With room for one batch only, a follower that is behind stays behind for a while.
  const fetchBytes = random.pick(['256', '1048576', '1048576']);
  return {
    'replica.fetch.max.bytes': fetchBytes,
    'replica.fetch.response.max.bytes': fetchBytes,
    'odradek.durability': random.pick(['kafka', 'strict']),
    'num.replica.fetchers': random.pick(['1', '1', '2']),
    'log.segment.bytes': random.pick(['2048', '16384', '1048576']),
    'replica.lag.time.max.ms': random.pick(['1500', '4000', '10000']),
    'auto.leader.rebalance.enable': random.pick(['true', 'false']),
    'leader.imbalance.check.interval.seconds': '5',
    'max.incremental.fetch.session.cache.slots': random.pick(['2', '1000']),
  };
}

function workloadsOf(random: SeededRandom): WorkloadPlan[] {
  const workloads: Omit<WorkloadPlan, 'id'>[] = [];
  const producers = random.between(1, 3);
  for (let i = 0; i < producers; i++) {
    const isIdempotent = random.below(3) > 0;
    const acks = isIdempotent ? -1 : random.pick([0, 1, -1, -1]);
    workloads.push({
      kind: 'producer',
      options: {
        acks,
        isIdempotent,
        ratePerSecond: random.pick([1, 1, 2]),
        mostRecords: random.pick([1, 3, 10]),
        maxInFlight: random.between(1, 5),
      },
    });
  }
  const consumers = random.between(1, 2);
  for (let i = 0; i < consumers; i++) {
    workloads.push({ kind: 'consumer', options: { usesSessions: random.below(2) === 0 } });
  }
  if (random.below(3) > 0) {
    const protocol = random.pick(['eager', 'cooperative']);
    const isStatic = random.below(3) === 0;
    const members = random.between(2, 3);
    workloads.push({ kind: 'group', options: { protocol, isStatic, members } });
  }
  if (random.below(2) === 0) workloads.push({ kind: 'admin', options: { everyMs: 1_500 } });
  return workloads.map((workload, id) => ({ id, ...workload }));
}

function faultsOf(random: SeededRandom, durationMs: number, isStrict: boolean): FaultPlan[] {
  if (random.oneIn(FAULTLESS_ONE_IN)) return [];
  const kinds = FAULT_KINDS.filter(
    ({ needsStrictDurability }) => isStrict || !needsStrictDurability,
  );
  // A run knows a few kinds only: two that meet again and again find more than all of them once.
  const drawn = Array.from({ length: random.between(1, 5) }, () => weighted(random, kinds));
  const powerCuts = kinds.filter(({ needsStrictDurability }) => needsStrictDurability);
  // Durability is strict for the sake of these.
  if (isStrict && random.oneIn(2)) drawn.push(weighted(random, powerCuts));
  const harm = drawn.find(({ isTheOnlyHarm }) => isTheOnlyHarm);
  const chosen = harm ? FAULT_KINDS.filter(({ isGentle }) => isGentle) : drawn;
  const count = random.between(1, 10);
  return Array.from({ length: count }, (_, id) => {
    const kind = harm && id === 0 ? harm : random.pick(chosen);
    const [shortest, longest] = kind.durationMs;
    return {
      id,
      kind: kind.name,
      atMs: random.between(QUIET_START_MS, Math.floor(durationMs * 0.75)),
      durationMs: random.between(shortest, longest),
      broker: random.below(7),
      other: random.below(6),
    };
  }).sort((a, b) => a.atMs - b.atMs || a.id - b.id);
}

/** In some runs a broker joins and leaves; its id is out of the way of others. */
function spareBroker(random: SeededRandom, durationMs: number): FaultPlan[] {
  if (!random.oneIn(SPARE_ONE_IN)) return [];
  const atMs = random.between(QUIET_START_MS, Math.floor(durationMs / 2));
  const durationOfStay = random.between(3_000, 15_000);
  const id = SPARE_FAULT_ID;
  return [{ id, kind: SPARE_BROKER, atMs, durationMs: durationOfStay, broker: 0, other: 0 }];
}

function weighted<T extends { readonly weight: number }>(
  random: SeededRandom,
  items: readonly T[],
): T {
  let left = random.below(items.reduce((sum, { weight }) => sum + weight, 0));
  for (const item of items) {
    left -= item.weight;
    if (left < 0) return item;
  }
  return random.pick(items);
}

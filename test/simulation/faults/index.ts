/** Every fault that a simulation knows, and how one comes about. */
import type { FaultPlan } from '../plan';
import { BROKER_FAULTS } from './broker-faults';
import { CLOCK_FAULTS } from './clock-faults';
import { DISK_FAULTS } from './disk-faults';
import type { FaultKind, FaultSurroundings } from './fault-kind';
import { NETWORK_FAULTS } from './network-faults';
import { TELLING_FAULTS } from './telling-faults';
import { ZOOKEEPER_FAULTS } from './zookeeper-faults';

export const FAULT_KINDS: readonly FaultKind[] = [
  ...BROKER_FAULTS,
  ...NETWORK_FAULTS,
  ...ZOOKEEPER_FAULTS,
  ...DISK_FAULTS,
  ...CLOCK_FAULTS,
  ...TELLING_FAULTS,
];

/** Lets the faults of a plan happen, counted from now; gives what ends all that are going on at once. */
export function scheduleFaults(
  faults: readonly FaultPlan[],
  surroundings: FaultSurroundings,
): () => void {
  const ends = new Set<() => void>();
  let isOver = false;
  for (const plan of faults) {
    surroundings.world.after(plan.atMs, () => {
      if (isOver) return;
      const end = happen(plan, surroundings);
      if (!end) return;
      const endOnce = (): void => {
        if (!ends.delete(endOnce)) return;
        surroundings.world.note('faults', `${String(plan.id)} ${plan.kind} ends`);
        end();
      };
      ends.add(endOnce);
      surroundings.world.after(plan.durationMs, endOnce);
    });
  }
  return () => {
    isOver = true;
    for (const end of [...ends]) end();
  };
}

function happen(plan: FaultPlan, surroundings: FaultSurroundings): (() => void) | undefined {
  const { brokers, world } = surroundings;
  const kind = FAULT_KINDS.find(({ name }) => name === plan.kind);
  if (!kind) throw new RangeError(`there is no fault ${plan.kind}`);
  const broker = brokers[plan.broker % brokers.length];
  const others = brokers.filter((each) => each !== broker);
  const other = others[plan.other % others.length];
  if (!broker || !other) throw new RangeError('a fault needs two brokers');
  world.note('faults', `${String(plan.id)} ${plan.kind} begins`, {
    broker: broker.id,
    other: other.id,
  });
  const random = world.random.fork(`fault${String(plan.id)}`);
  return kind.begin({ ...surroundings, plan, broker, other, random }) ?? undefined;
}

import type { SimulatedBroker } from '../cluster/simulated-broker';
import type { SeededRandom } from '../kernel/seeded-random';
import type { World } from '../kernel/world';
import type { SimulatedNetwork } from '../network/network';
import type { History } from '../history';
import type { FaultPlan } from '../plan';
import type { SimulatedEnsemble } from '../zookeeper/ensemble';

/** What a fault can reach. */
export interface FaultSurroundings {
  readonly world: World;
  readonly network: SimulatedNetwork;
  readonly ensemble: SimulatedEnsemble;
  readonly brokers: readonly SimulatedBroker[];
  /** The one of `brokers` that is not there from the beginning. */
  readonly spare: SimulatedBroker | undefined;
  /** What clients hear and do. */
  readonly history: History;
  /** The hosts of clients and of ZooKeeper servers. */
  readonly clientHosts: () => readonly string[];
  readonly zookeeperHosts: readonly string[];
}

/** One fault as it happens: what it befalls, and chance for what the plan leaves open. */
export interface Happening extends FaultSurroundings {
  readonly plan: FaultPlan;
  readonly broker: SimulatedBroker;
  /** Another broker than `broker`. */
  readonly other: SimulatedBroker;
  readonly random: SeededRandom;
}

export interface FaultKind {
  readonly name: string;
  /** How often it is chosen, against the others. */
  readonly weight: number;
  /** The shortest and the longest, milliseconds; `[0, 0]` for what is a moment. */
  readonly durationMs: readonly [number, number];
  /** Only where acknowledged records are on the device: others lose them then, as Kafka does. */
  readonly needsStrictDurability?: boolean;
  /** Takes nothing away that only one broker has. */
  readonly isGentle?: boolean;
  /** Happens once in a run, and with gentle faults only: together with others it can take the last copy of a record. */
  readonly isTheOnlyHarm?: boolean;
  /** Gives what ends it. */
  readonly begin: (happening: Happening) => (() => void) | void;
}

/** A whole cluster in one process: brokers, their ZooKeeper ensemble, and the network between them, all simulated. */
import type { World } from '../kernel/world';
import { SimulatedNetwork } from '../network/network';
import { Wire } from '../network/wire';
import { SimulatedEnsemble } from '../zookeeper/ensemble';
import { brokerProperties } from './properties';
import { BROKER_PORT, SimulatedBroker } from './simulated-broker';

const ZOOKEEPER_SERVERS = 3;

export class SimulatedCluster {
  readonly wire: Wire;
  readonly network: SimulatedNetwork;
  readonly ensemble: SimulatedEnsemble;
  /** The spare one is the last. */
  readonly brokers: readonly SimulatedBroker[];
  /** Is not there from the beginning. */
  readonly spare: SimulatedBroker | undefined;
  readonly zookeeperHosts: readonly string[];

  constructor(
    readonly world: World,
    options: {
      readonly brokers: number;
      readonly hasSpare: boolean;
      readonly settings: Readonly<Record<string, string>>;
    },
  ) {
    this.wire = new Wire(world);
    this.network = new SimulatedNetwork(this.wire);
    this.ensemble = new SimulatedEnsemble(world, this.wire, { servers: ZOOKEEPER_SERVERS });
    this.zookeeperHosts = this.ensemble.hosts;
    this.brokers = Array.from(
      { length: options.brokers + Number(options.hasSpare) },
      (_, index) => {
        const id = index + 1;
        const properties = brokerProperties(id, this.zookeeperHosts, options.settings);
        return new SimulatedBroker(id, {
          world,
          network: this.network,
          ensemble: this.ensemble,
          properties,
        });
      },
    );
    this.spare = options.hasSpare ? this.brokers.at(-1) : undefined;
  }

  /** What clients are told of the cluster. */
  get bootstrap(): { readonly host: string; readonly port: number }[] {
    return this.#members
      .filter((broker) => broker !== this.spare)
      .map(({ machine }) => ({ host: machine.name, port: BROKER_PORT }));
  }

  /** Starts every broker that is down, and wakes those that are held. */
  startAll(): void {
    for (const broker of this.#members) {
      broker.machine.resume();
      broker.start();
    }
  }

  get areAllServing(): boolean {
    return this.#members.every(({ isServing }) => isServing);
  }

  /** All but a spare one that has never joined. */
  get #members(): readonly SimulatedBroker[] {
    return this.brokers.filter((broker) => broker !== this.spare || broker.hasJoined);
  }
}

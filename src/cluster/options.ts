/** What a cluster may be asked to be. */

export interface ClusterOptions {
  /** How many; 3 if not given. Their ids are 1, 2, 3 … */
  readonly brokers?: number;
  /** `host:port,host:port/chroot` of a real ZooKeeper; one is started inside of this process if not given. */
  readonly zookeeper?: string;
  /** The port of the ZooKeeper started here; a free one if not given. */
  readonly zookeeperPort?: number;
  /** Kept at the end. A temporary folder, removed at the end, if not given. */
  readonly dataDir?: string;
  /** Broker settings, by Kafka's names, that go before those chosen here. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The port of the first broker, followed by the others; free ones if not given. */
  readonly basePort?: number;
  /** The address brokers listen on and tell to clients; 127.0.0.1 if not given. */
  readonly host?: string;
  /** Each broker in a process of its own, which can be killed for good. */
  readonly processes?: boolean;
  /** Log lines on standard error; none if not given. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
  readonly logJson?: boolean;
}

export type ResolvedOptions = ClusterOptions & {
  readonly brokers: number;
  readonly host: string;
  readonly settings: Readonly<Record<string, string>>;
};

export function resolveOptions(options: ClusterOptions): ResolvedOptions {
  return {
    ...options,
    brokers: options.brokers ?? 3,
    host: options.host ?? '127.0.0.1',
    settings: options.settings ?? {},
  };
}

const HIGHEST_PORT = 65_535;
const MOST_BROKERS = 1_000;

/** What cannot work, or `undefined`. */
export function optionsProblem(options: ResolvedOptions): string | undefined {
  const { brokers, basePort, zookeeperPort, zookeeper } = options;
  if (!Number.isInteger(brokers) || brokers < 1 || brokers > MOST_BROKERS) {
    return `brokers: ${String(brokers)} is not a number from 1 to ${String(MOST_BROKERS)}`;
  }
  if (zookeeper !== undefined && zookeeperPort !== undefined) {
    return 'a port for ZooKeeper makes no sense together with the address of a running one';
  }
  if (basePort === undefined) return undefined;
  const last = basePort + brokers - 1;
  if (last > HIGHEST_PORT) return `the last broker's port would be ${String(last)}`;
  return zookeeperPort !== undefined && zookeeperPort >= basePort && zookeeperPort <= last
    ? `ZooKeeper's port ${String(zookeeperPort)} is one of the brokers' ports ${String(basePort)} to ${String(last)}`
    : undefined;
}

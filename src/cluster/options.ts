/** What a cluster may be asked to be. */

import type { LogLevel } from '../platform/log-areas';

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
  /**
   * The port of the first broker's metrics and health pages, followed by those of the others; 0 takes free ones. Not
   * served if not given.
   */
  readonly metricsPort?: number;
  /** The address brokers listen on and tell to clients; 127.0.0.1 if not given. */
  readonly host?: string;
  /** Each broker in a process of its own, which can be killed for good. */
  readonly processes?: boolean;
  /** Log lines on standard error; none if not given. */
  readonly logLevel?: LogLevel;
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
  const taken: PortRange[] = [];
  if (basePort !== undefined) taken.push(portsFrom("the brokers' ports", basePort, brokers));
  if (options.metricsPort !== undefined && options.metricsPort > 0) {
    taken.push(portsFrom("the metrics' ports", options.metricsPort, brokers));
  }
  if (zookeeperPort !== undefined && zookeeperPort > 0) {
    taken.push(portsFrom("ZooKeeper's port", zookeeperPort, 1));
  }
  return rangeProblem(taken);
}

interface PortRange {
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

function portsFrom(name: string, first: number, count: number): PortRange {
  return { name, first, last: first + count - 1 };
}

function rangeText({ name, first, last }: PortRange): string {
  return first === last
    ? `${name} ${String(first)}`
    : `${name} ${String(first)} to ${String(last)}`;
}

function rangeProblem(ranges: readonly PortRange[]): string | undefined {
  for (const [index, range] of ranges.entries()) {
    if (range.last > HIGHEST_PORT)
      return `the last of ${range.name} would be ${String(range.last)}`;
    const other = ranges
      .slice(0, index)
      .find(({ first, last }) => range.first <= last && range.last >= first);
    if (!other) continue;
    const isOne = range.first === range.last;
    return `${rangeText(range)} ${isOne ? 'is one of' : 'overlap'} ${rangeText(other)}`;
  }
  return undefined;
}

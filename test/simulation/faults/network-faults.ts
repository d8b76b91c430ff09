import type { LinkQuality } from '../network/wire';
import type { FaultKind, Happening } from './fault-kind';
import { bothWays, changeLinks, cutLinks } from './links';
import type { Link } from './links';

const FAR: LinkQuality = { latencyMs: 40, jitterMs: 60, lossOneIn: 0 };
const LOSSY: LinkQuality = { latencyMs: 1, jitterMs: 3, lossOneIn: 10 };

/** Everybody else that `broker` speaks with. */
function othersOf({ broker, brokers, clientHosts, zookeeperHosts }: Happening): string[] {
  const peers = brokers.filter((each) => each !== broker).map(({ machine }) => machine.name);
  return [...peers, ...clientHosts(), ...zookeeperHosts];
}

function cut({ network }: Happening, links: readonly Link[]): () => void {
  return cutLinks(network.wire, links);
}

function withQuality(happening: Happening, quality: LinkQuality): () => void {
  const links = bothWays(happening.broker.machine.name, othersOf(happening));
  return changeLinks(happening.network.wire, links, quality);
}

/** Links that lose, delay and stop what is sent. */
export const NETWORK_FAULTS: readonly FaultKind[] = [
  {
    name: 'partitionTwoBrokers',
    weight: 3,
    durationMs: [500, 15_000],
    begin: (happening) =>
      cut(happening, bothWays(happening.broker.machine.name, [happening.other.machine.name])),
  },
  {
    name: 'partitionOneWay',
    weight: 2,
    durationMs: [500, 15_000],
    begin: (happening) =>
      cut(happening, [[happening.broker.machine.name, happening.other.machine.name]]),
  },
  {
    name: 'isolateBroker',
    weight: 3,
    durationMs: [500, 15_000],
    begin: (happening) =>
      cut(happening, bothWays(happening.broker.machine.name, othersOf(happening))),
  },
  {
    name: 'isolateFromBrokers',
    weight: 3,
    durationMs: [500, 15_000],
    begin: (happening) => {
      const peers = happening.brokers.filter((each) => each !== happening.broker);
      const hosts = peers.map(({ machine }) => machine.name);
      return cut(happening, bothWays(happening.broker.machine.name, hosts));
    },
  },
  {
    name: 'isolateFromZooKeeper',
    weight: 3,
    durationMs: [500, 15_000],
    begin: (happening) =>
      cut(happening, bothWays(happening.broker.machine.name, happening.zookeeperHosts)),
  },
  {
    name: 'resetConnections',
    weight: 2,
    isGentle: true,
    durationMs: [0, 0],
    begin: (happening) => {
      for (const other of othersOf(happening))
        happening.network.reset(happening.broker.machine.name, other);
    },
  },
  {
    name: 'farAway',
    weight: 1,
    isGentle: true,
    durationMs: [2_000, 10_000],
    begin: (happening) => withQuality(happening, FAR),
  },
  {
    name: 'lossyLinks',
    weight: 2,
    isGentle: true,
    durationMs: [2_000, 10_000],
    begin: (happening) => withQuality(happening, LOSSY),
  },
];

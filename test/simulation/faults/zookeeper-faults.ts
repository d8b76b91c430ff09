import { controller } from '../../../src/zookeeper/znodes';
import { brokerHost } from '../cluster/simulated-broker';
import type { LinkQuality } from '../network/wire';
import type { SimulatedEnsemble } from '../zookeeper/ensemble';
import type { FaultKind } from './fault-kind';
import { changeLinks, cutLinks } from './links';
import type { Link } from './links';

function hostOfController({ tree }: SimulatedEnsemble): string | undefined {
  const path = controller.path();
  const data = tree.get(path)?.data;
  return data ? brokerHost(controller.decode(data, path).brokerId) : undefined;
}

/** Late enough for the shortest `replica.lag.time.max.ms`, and in time for a session. */
const LATE: LinkQuality = { latencyMs: 3_000, jitterMs: 300, lossOneIn: 0 };
/** Longer than the shortest `replica.lag.time.max.ms`, and shorter than a session. */
const HELD_MS = 3_500;

function to(host: string, others: readonly string[]): Link[] {
  return others.map((other): Link => [other, host]);
}

/** What an ensemble does to its clients. */
export const ZOOKEEPER_FAULTS: readonly FaultKind[] = [
  {
    name: 'expireSession',
    weight: 3,
    durationMs: [0, 0],
    begin: ({ ensemble, broker }) => ensemble.expireSessionsOf(broker.machine.name),
  },
  {
    name: 'loseReplies',
    weight: 3,
    durationMs: [0, 0],
    begin: ({ ensemble, broker, random }) => {
      // The controller's writes are what most depends on.
      const target = random.oneIn(2) ? broker.machine.name : hostOfController(ensemble);
      ensemble.loseReplies(target ?? broker.machine.name, random.between(1, 3));
    },
  },
  {
    name: 'deposeController',
    weight: 2,
    durationMs: [3_000, 8_000],
    begin: ({ ensemble, network, brokers, zookeeperHosts }) => {
      const deposed = hostOfController(ensemble);
      if (deposed === undefined) return undefined;
      // It hears late that it is deposed, and its broker nothing of the next controller. Followers that cannot reach
      // it have to leave ISRs meanwhile: only the fence of the epoch keeps it from writing that.
      const far = changeLinks(network.wire, to(deposed, zookeeperHosts), LATE);
      const peers = brokers.map(({ machine }) => machine.name).filter((name) => name !== deposed);
      const mend = cutLinks(network.wire, to(deposed, peers));
      ensemble.remove(controller.path());
      return () => {
        mend();
        far();
      };
    },
  },
  {
    name: 'lateOrders',
    weight: 2,
    durationMs: [4_000, 12_000],
    begin: (happening) => {
      const { world, ensemble, network } = happening;
      const deposed = hostOfController(ensemble);
      const [held, late] = [happening.broker, happening.other].filter(
        ({ machine }) => machine.name !== deposed,
      );
      if (deposed === undefined || !held || !late) return undefined;
      // While one broker is held the ISRs shrink, and the controller tells another, which hears of it last: after
      // the next controller has told it that they are whole again.
      const mend = cutLinks(network.wire, [[deposed, late.machine.name]]);
      held.machine.pause();
      world.after(HELD_MS, () => {
        ensemble.remove(controller.path());
        held.machine.resume();
      });
      return mend;
    },
  },
  {
    name: 'failOver',
    weight: 2,
    isGentle: true,
    durationMs: [0, 0],
    begin: ({ ensemble, random }) => ensemble.stopLeader(random.between(200, 5_000)),
  },
  {
    name: 'cutOffServer',
    weight: 2,
    durationMs: [1_000, 10_000],
    begin: ({ ensemble, random, zookeeperHosts }) => {
      const server = random.below(zookeeperHosts.length);
      ensemble.cutOff(server);
      return () => ensemble.mend(server);
    },
  },
  {
    name: 'delayWatches',
    weight: 2,
    isGentle: true,
    durationMs: [1_000, 8_000],
    begin: ({ ensemble, random }) => {
      ensemble.delayWatches(random.between(50, 1_500));
      return () => ensemble.delayWatches(0);
    },
  },
];

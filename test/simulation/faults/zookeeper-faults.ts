import { controller } from '../../../src/zookeeper/znodes';
import { brokerHost } from '../cluster/simulated-broker';
import type { SimulatedEnsemble } from '../zookeeper/ensemble';
import type { FaultKind } from './fault-kind';

function hostOfController({ tree }: SimulatedEnsemble): string | undefined {
  const path = controller.path();
  const data = tree.get(path)?.data;
  return data ? brokerHost(controller.decode(data, path).brokerId) : undefined;
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
    durationMs: [1_000, 8_000],
    begin: ({ ensemble, random, broker }) => {
      // Its session lives on, and it has work to do before it hears: only the fence of the epoch keeps it from that.
      ensemble.delayWatches(random.between(50, 2_000));
      ensemble.expireSessionsOf(broker.machine.name);
      ensemble.remove(controller.path());
      return () => ensemble.delayWatches(0);
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

import type { FaultKind } from './fault-kind';

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
    begin: ({ ensemble, broker, random }) =>
      ensemble.loseReplies(broker.machine.name, random.between(1, 3)),
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

import type { FaultKind } from './fault-kind';

/** A broker joins the cluster, leaves it in good order, and joins again. */
export const SPARE_BROKER = 'spareBroker';
const AWAY_MS = 4_000;

/** Processes and machines that end, and come back. */
export const BROKER_FAULTS: readonly FaultKind[] = [
  {
    name: 'kill',
    weight: 4,
    durationMs: [200, 12_000],
    begin: ({ broker }) => {
      broker.crash('killed');
      return () => broker.start();
    },
  },
  {
    name: 'powerCut',
    weight: 4,
    durationMs: [500, 12_000],
    needsStrictDurability: true,
    begin: ({ broker }) => {
      broker.crash('powerCut');
      return () => broker.start();
    },
  },
  {
    name: 'powerCutOfAll',
    weight: 2,
    durationMs: [500, 3_000],
    needsStrictDurability: true,
    begin: ({ brokers }) => {
      for (const broker of brokers) broker.crash('powerCut');
      return () => {
        for (const broker of brokers) broker.start();
      };
    },
  },
  {
    name: 'killTwo',
    weight: 2,
    durationMs: [200, 10_000],
    begin: ({ broker, other }) => {
      broker.crash('killed');
      other.crash('killed');
      return () => {
        other.start();
        broker.start();
      };
    },
  },
  {
    // Not gentle: two that follow each other leave the third broker alone in the ISR.
    name: 'restart',
    weight: 3,
    durationMs: [0, 0],
    begin: ({ broker }) => broker.stop(() => broker.start()),
  },
  {
    name: 'pause',
    weight: 3,
    durationMs: [300, 15_000],
    begin: ({ broker }) => {
      broker.machine.pause();
      return () => broker.machine.resume();
    },
  },
  {
    // Planned by itself, for a cluster that has one broker more than its clients know of.
    name: SPARE_BROKER,
    weight: 0,
    durationMs: [3_000, 15_000],
    begin: ({ spare, world }) => {
      spare?.start();
      return () => spare?.stop(() => world.after(AWAY_MS, () => spare.start()));
    },
  },
];

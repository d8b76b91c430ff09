import type { FaultKind } from './fault-kind';

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
    weight: 1,
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
    name: 'restart',
    weight: 3,
    isGentle: true,
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
];

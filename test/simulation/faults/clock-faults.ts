import type { FaultKind } from './fault-kind';

const HOUR_MS = 3_600_000;

/** Clocks that are wrong. */
export const CLOCK_FAULTS: readonly FaultKind[] = [
  {
    name: 'clockJump',
    weight: 1,
    isGentle: true,
    durationMs: [0, 0],
    begin: ({ broker, random }) => broker.clock.jump(random.between(-HOUR_MS, HOUR_MS)),
  },
  {
    name: 'clockDrift',
    weight: 1,
    isGentle: true,
    durationMs: [2_000, 20_000],
    begin: ({ broker, random }) => {
      broker.clock.drift(random.between(80, 125) / 100);
      return () => broker.clock.drift(1);
    },
  },
];

import type { FaultKind } from './fault-kind';
import { LOG_DIRECTORY } from '../cluster/simulated-broker';

/** Disks that fail. A broker whose directory failed stays down until it is replaced: the end of the fault starts it again. */
export const DISK_FAULTS: readonly FaultKind[] = [
  {
    name: 'slowDisk',
    weight: 2,
    durationMs: [1_000, 8_000],
    begin: ({ broker, random }) => {
      broker.disk.slow({ factor: random.between(10, 200) });
      return () => broker.disk.slow();
    },
  },
  {
    name: 'failingDisk',
    weight: 2,
    durationMs: [500, 8_000],
    begin: ({ broker }) => {
      broker.disk.failIo('EIO', LOG_DIRECTORY);
      return () => {
        broker.disk.healIo();
        broker.crashAndRestart('killed', 100);
      };
    },
  },
  {
    name: 'fullDisk',
    weight: 1,
    durationMs: [500, 8_000],
    begin: ({ broker, random }) => {
      broker.disk.fill(random.below(4_096));
      return () => {
        broker.disk.unfill();
        broker.crashAndRestart('killed', 100);
      };
    },
  },
];

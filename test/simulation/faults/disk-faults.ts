import type { SimulatedBroker } from '../cluster/simulated-broker';
import type { FaultKind } from './fault-kind';
import { LOG_DIRECTORY } from '../cluster/simulated-broker';

/** Files in which a bit that turns over is noticed, and which are made anew from the log then: docs/internals/damage.md. */
const CHECKED_FILES = /\.(index|timeindex|snapshot)$/;

const PARTITION_LOG = /\/([^/]+)-(\d+)\/[^/]+\.log$/;

function isLogFollowedBy(broker: SimulatedBroker, path: string): boolean {
  const [, topic, partition] = PARTITION_LOG.exec(path) ?? [];
  return topic !== undefined && !broker.leads(topic, Number(partition));
}

/** Disks that fail. A broker whose directory failed stays down until it is replaced: the end of the fault starts it again. */
export const DISK_FAULTS: readonly FaultKind[] = [
  {
    name: 'slowDisk',
    weight: 2,
    isGentle: true,
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
  {
    name: 'damagedFile',
    weight: 1,
    durationMs: [100, 3_000],
    begin: ({ broker, random, world }) => {
      const isChecked = (path: string): boolean => CHECKED_FILES.test(path);
      const damage = broker.disk.flipBit(isChecked, random) ?? 'nothing to damage';
      world.note(broker.machine.name, `a bit turns over: ${damage}`);
      return () => broker.crashAndRestart('killed', 100);
    },
  },
  {
    name: 'damagedLog',
    weight: 2,
    durationMs: [500, 6_000],
    isTheOnlyHarm: true,
    begin: ({ broker, random, world }) => {
      const isFollowed = (path: string): boolean => isLogFollowedBy(broker, path);
      const damage = broker.disk.flipBit(isFollowed, random);
      if (damage === undefined) return undefined;
      world.note(broker.machine.name, `a bit turns over: ${damage}`);
      broker.noteDamage();
      return () => broker.replaceDisk();
    },
  },
];

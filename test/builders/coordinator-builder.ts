import { GroupCoordinator } from '../../src/coordinator/group/group-coordinator';
import type { GroupSettings } from '../../src/coordinator/group/environment';
import { CountingRandom } from './counting-random';
import { MemoryCoordinatorLog } from './coordinator-log';
import { ManualClock } from './manual-clock';
import { RecordingLog } from './recording-log';

export const GROUP_SETTINGS: GroupSettings = {
  'group.min.session.timeout.ms': 6000,
  'group.max.session.timeout.ms': 1_800_000,
  'group.max.size': 2 ** 31 - 1,
  'group.initial.rebalance.delay.ms': 3000,
  'offset.metadata.max.bytes': 4096,
  'offsets.retention.minutes': 10_080,
  'offsets.retention.check.interval.ms': 600_000,
};

export interface TestCoordinator {
  readonly coordinator: GroupCoordinator;
  readonly clock: ManualClock;
  readonly log: MemoryCoordinatorLog;
  readonly lines: RecordingLog['lines'];
  readonly settings: { -readonly [K in keyof GroupSettings]: GroupSettings[K] };
  /** Topics that do not exist, although any other does. */
  readonly missingTopics: Set<string>;
}

/** A group coordinator over a log in memory and a clock that stands still. It is not started. */
export function aCoordinator(
  options: { settings?: Partial<GroupSettings>; log?: MemoryCoordinatorLog } = {},
): TestCoordinator {
  const clock = new ManualClock();
  const log = options.log ?? new MemoryCoordinatorLog();
  const lines = new RecordingLog();
  const settings = { ...GROUP_SETTINGS, ...options.settings };
  const missingTopics = new Set<string>();
  const coordinator = new GroupCoordinator({
    platform: { clock, log: lines, random: new CountingRandom() },
    settings,
    writer: log,
    reader: log,
    topicExists: (topic) => !missingTopics.has(topic),
  });
  return { coordinator, clock, log, lines: lines.lines, settings, missingTopics };
}

/** Lets everything that is ready to run do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** What one write to a partition's state znode changed, in the words of the state-change log. */
import type { PartitionStateData } from '../../zookeeper/types';
import { NO_LEADER } from './election';

function moved(before: string | undefined, after: string): string {
  return before === undefined || before === after ? after : `${before} → ${after}`;
}

const leaderName = (leader: number): string => (leader === NO_LEADER ? 'none' : String(leader));
const isrNames = (isr: readonly number[]): string => (isr.length === 0 ? 'none' : isr.join(','));

/** `leader 1 → 2, leader epoch 4 → 5, ISR 1,2,3 → 2,3`; what stayed as it was has no arrow. */
export function leadershipChange(
  before: PartitionStateData | undefined,
  after: PartitionStateData,
): string {
  const leader = moved(before && leaderName(before.leader), leaderName(after.leader));
  const epoch = moved(before && String(before.leaderEpoch), String(after.leaderEpoch));
  const isr = moved(before && isrNames(before.isr), isrNames(after.isr));
  return `leader ${leader}, leader epoch ${epoch}, ISR ${isr}`;
}

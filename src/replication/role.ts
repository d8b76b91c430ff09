/** A replica's part in its partition, in the words of the state-change log. */
import type { Partition } from './partition';

const NO_LEADER = -1;

export function roleOf({ isLeader, leaderId }: Pick<Partition, 'isLeader' | 'leaderId'>): string {
  if (isLeader) return 'leader';
  if (leaderId === undefined) return 'none';
  return leaderId === NO_LEADER ? 'follower of nobody' : `follower of ${String(leaderId)}`;
}

/** Elections that an operator asks for (KIP-183, KIP-460): which partitions need one, and who is elected. */
import type { PartitionState } from '../../zookeeper/types';
import type { ControllerContext, PartitionContext } from './context';
import { electAfterFailure, electPreferred, NO_LEADER } from './election';
import type { ElectedLeader } from './election';

/** The preferred replica, or any that is alive: then records may be lost. */
export type ElectionType = 'PREFERRED' | 'UNCLEAN';

/** False if the partition has the leader it should have: the preferred one, or one that is alive. */
export function isElectionNeeded(
  context: ControllerContext,
  { assignment, leadership }: PartitionContext,
  type: ElectionType,
): boolean {
  const leader = leadership?.leader ?? NO_LEADER;
  if (type === 'PREFERRED') return leader !== assignment.replicas[0];
  return leader === NO_LEADER || !context.isLive(leader);
}

/** Who is elected; `undefined`: no replica may lead now. */
export function electRequested(
  context: ControllerContext,
  partition: PartitionContext,
  { isr }: PartitionState,
  type: ElectionType,
): ElectedLeader | undefined {
  const isOnline = (broker: number): boolean => context.isOnline(broker, partition);
  const candidates = { assignment: partition.assignment.replicas, isr, isOnline };
  return type === 'PREFERRED' ? electPreferred(candidates) : electAfterFailure(candidates, true);
}

/** Which partitions the periodic rebalance gives back to their preferred leaders (Kafka's `checkAndTriggerAutoLeaderRebalance`). */
import type { ControllerContext, PartitionContext } from './context';

/**
 * A broker is out of balance when more than `allowedPercent` of the partitions that prefer it are led by
 * another. Of those brokers' partitions, the ones that can be moved now.
 */
export function decideLeaderRebalance(
  context: ControllerContext,
  allowedPercent: number,
): PartitionContext[] {
  const byPreferred = new Map<number, PartitionContext[]>();
  for (const partition of context.allPartitions()) {
    const preferred = partition.assignment.replicas[0];
    if (preferred === undefined || context.isQueuedForDeletion(partition.topic.name)) continue;
    const partitions = byPreferred.get(preferred);
    if (partitions) partitions.push(partition);
    else byPreferred.set(preferred, [partition]);
  }
  return [...byPreferred].flatMap(([preferred, partitions]) => {
    const ledByOthers = partitions.filter(
      ({ leadership }) => leadership && leadership.leader !== preferred,
    );
    const isOutOfBalance = ledByOthers.length * 100 > partitions.length * allowedPercent;
    return isOutOfBalance
      ? ledByOthers.filter((partition) => mayPreferredLead(context, partition))
      : [];
  });
}

/** Whether the first replica is online and in sync, so that a preferred election would succeed. */
export function mayPreferredLead(context: ControllerContext, partition: PartitionContext): boolean {
  const preferred = partition.assignment.replicas[0];
  if (preferred === undefined || !context.isOnline(preferred, partition)) return false;
  return partition.leadership?.isr.includes(preferred) ?? false;
}

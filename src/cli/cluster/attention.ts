/** Partitions that are not as they should be, with why. */
import { isUnderReplicated } from '../doctor/checks/partitions';
import type { Picture } from '../inspect/picture';
import { minInSync, seenPartitions } from '../inspect/picture';

export interface Attention {
  readonly topic: string;
  readonly partition: number;
  /** `null` while nobody leads. */
  readonly leader: number | null;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly minInSync: number | null;
  readonly is: readonly ('offline' | 'under-replicated' | 'under-min-isr' | 'moving')[];
}

/** By topic and partition. */
export function partitionsInNeed(picture: Picture): Attention[] {
  const minimum = minInSync(picture);
  return seenPartitions(picture).flatMap((each): Attention[] => {
    const least = minimum(each.topic)?.value;
    const isOffline = each.leader < 0;
    const is = [
      ...(isOffline ? (['offline'] as const) : []),
      ...(isUnderReplicated(each) ? (['under-replicated'] as const) : []),
      ...(!isOffline &&
      least !== undefined &&
      each.isr.length < Math.min(least, each.replicas.length)
        ? (['under-min-isr'] as const)
        : []),
      ...(each.adding.length + each.removing.length > 0 ? (['moving'] as const) : []),
    ];
    if (is.length === 0) return [];
    const { topic, partition, replicas, isr } = each;
    const leader = isOffline ? null : each.leader;
    return [{ topic, partition, leader, replicas, isr, minInSync: least ?? null, is }];
  });
}

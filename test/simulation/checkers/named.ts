/** How violations name things. */
import type { TopicPartition } from '../history';
import type { PartitionStateData } from '../../../src/zookeeper/types';

export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${String(partition)}`;
}

export function stateText(state: PartitionStateData | undefined): string {
  if (!state) return 'no state';
  const { leader, leaderEpoch, isr, controllerEpoch } = state;
  return (
    `leader ${String(leader)}, leader epoch ${String(leaderEpoch)}, ISR [${isr.join(',')}], ` +
    `controller epoch ${String(controllerEpoch)}`
  );
}

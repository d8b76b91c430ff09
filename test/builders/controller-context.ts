import { ControllerContext } from '../../src/controller/state/context';
import type { PartitionContext } from '../../src/controller/state/context';
import type { PartitionState } from '../../src/zookeeper/types';
import { registrationOf } from './controller-cluster';

/** A context with these brokers, each with epoch 100 + id. */
export function aContext({
  brokers = [0, 1, 2],
}: { brokers?: readonly number[] } = {}): ControllerContext {
  const context = new ControllerContext();
  for (const id of brokers) context.setBroker({ ...registrationOf(id), epoch: 100 + id });
  return context;
}

/** Adds a partition; without `leader` it never had one. */
export function aPartition(
  context: ControllerContext,
  topic: string,
  { replicas, ...state }: { replicas: readonly number[] } & Partial<PartitionState>,
): PartitionContext {
  if (!context.topics.has(topic)) context.addTopic(topic, `id-of-${topic}`);
  const partition = context.addPartition(topic, context.topics.get(topic)?.partitions.size ?? 0, {
    replicas,
    adding: [],
    removing: [],
  });
  if (state.leader !== undefined) {
    const { leader } = state;
    const defaults = {
      leaderEpoch: 3,
      isr: replicas,
      controllerEpoch: 1,
      recovering: false,
      zkVersion: 4,
    };
    context.setLeadership(partition, { ...defaults, ...state, leader });
    context.setPartitionState(partition, leader === -1 ? 'OfflinePartition' : 'OnlinePartition');
  } else context.setPartitionState(partition, 'NewPartition');
  return partition;
}

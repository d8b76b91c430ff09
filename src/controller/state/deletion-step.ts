/** What a topic that is queued for deletion needs next (Kafka's `TopicDeletionManager.resumeDeletions`). */
import { replicasOf } from './context';
import type { ControllerContext, Replica, TopicContext } from './context';

export type DeletionStep =
  /** Every replica is deleted: forget the topic and its znodes. */
  | { readonly kind: 'complete' }
  /** Brokers have not answered yet, or the topic waits for a broker to come back. */
  | { readonly kind: 'wait' }
  | {
      readonly kind: 'delete';
      /** Replicas to stop and delete now. */
      readonly online: readonly Replica[];
      /** Replicas that cannot be deleted now: with any of these the topic waits after this step. */
      readonly offline: readonly Replica[];
    };

/** `isIneligible`: an earlier try failed, and nothing has changed since. */
export function decideDeletionStep(
  context: ControllerContext,
  topic: TopicContext,
  isIneligible: boolean,
): DeletionStep {
  const replicas = replicasOf(topic.partitions.values());
  const left = replicas.filter(
    (replica) => context.replicaState(replica) !== 'ReplicaDeletionSuccessful',
  );
  if (left.length === 0) return { kind: 'complete' };
  const isUnderWay = left.some(
    (replica) => context.replicaState(replica) === 'ReplicaDeletionStarted',
  );
  if (isUnderWay || isIneligible) return { kind: 'wait' };
  const isOnline = ({ broker, partition }: Replica): boolean => context.isOnline(broker, partition);
  return {
    kind: 'delete',
    online: left.filter(isOnline),
    offline: left.filter((replica) => !isOnline(replica)),
  };
}

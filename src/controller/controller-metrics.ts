/** What can be read off a controller (Kafka's `KafkaController`, `ControllerChannelManager`); 0 on other brokers. */
import type { MetricsRegistry } from '../metrics/registry';
import type { ActiveController } from './active-controller';
import type { ControllerContext, PartitionContext } from './state/context';

export interface ObservedController {
  /** `undefined` on a broker that is not the controller. */
  readonly active: () => ActiveController | undefined;
  /** Of this broker as controller, since it was started. */
  readonly uncleanElectionCount: () => number;
  readonly waitingEventCount: () => number;
}

export function observeController(registry: MetricsRegistry, observed: ObservedController): void {
  const { active } = observed;
  const gauge = (
    name:
      | 'activecontrollercount'
      | 'activebrokercount'
      | 'fencedbrokercount'
      | 'offlinepartitionscount'
      | 'preferredreplicaimbalancecount'
      | 'globaltopiccount'
      | 'globalpartitioncount'
      | 'topicstodeletecount'
      | 'replicastodeletecount'
      | 'topicsineligibletodeletecount'
      | 'replicasineligibletodeletecount',
    valueOf: (context: ControllerContext) => number,
  ): void =>
    registry.gauge(`kafka_controller_kafkacontroller_${name}`, () => {
      const acting = active();
      return acting ? valueOf(acting.tenure.context) : 0;
    });
  gauge('activecontrollercount', () => 1);
  gauge('activebrokercount', ({ brokers }) => brokers.size);
  gauge('fencedbrokercount', () => 0);
  gauge('offlinepartitionscount', ({ leaderless }) => leaderless.size);
  gauge('preferredreplicaimbalancecount', imbalanceOf);
  gauge('globaltopiccount', ({ topics }) => topics.size);
  gauge('globalpartitioncount', partitionCountOf);
  gauge('topicstodeletecount', ({ queuedForDeletion }) => queuedForDeletion.size);
  gauge('replicastodeletecount', (context) => {
    return countDeleted(context, (state) => state !== 'ReplicaDeletionSuccessful');
  });
  gauge('topicsineligibletodeletecount', () => active()?.stuckDeletionCount ?? 0);
  gauge('replicasineligibletodeletecount', (context) => {
    return countDeleted(context, (state) => state === 'ReplicaDeletionIneligible');
  });
  registry.gauge('kafka_controller_controllerstats_uncleanleaderelections_total', () => {
    return observed.uncleanElectionCount();
  });
  registry.gauge('kafka_controller_controllereventmanager_eventqueuesize', () => {
    return observed.waitingEventCount();
  });
  observeChannels(registry, active);
}

function observeChannels(registry: MetricsRegistry, active: ObservedController['active']): void {
  const sizes = (): Iterable<readonly [number, number]> => {
    return active()?.tenure.channels.queueSizes() ?? [];
  };
  registry.gauge('kafka_controller_controllerchannelmanager_totalqueuesize', () => {
    let total = 0;
    for (const [, size] of sizes()) total += size;
    return total;
  });
  registry.observe('kafka_controller_controllerchannelmanager_queuesize', () =>
    Array.from(sizes(), ([broker, value]) => ({ labels: [String(broker)], value })),
  );
}

function partitionCountOf({ topics }: ControllerContext): number {
  let count = 0;
  for (const { partitions } of topics.values()) count += partitions.size;
  return count;
}

/** Partitions that are being deleted have no leader to prefer. */
function imbalanceOf(context: ControllerContext): number {
  let count = 0;
  for (const partition of context.allPartitions()) {
    const { assignment, leadership, topic } = partition;
    const isLedByOther = leadership?.leader !== assignment.replicas[0];
    if (isLedByOther && !context.isQueuedForDeletion(topic.name)) count++;
  }
  return count;
}

type ReplicaState = ReturnType<ControllerContext['replicaState']>;

/** Replicas of topics that are being deleted. */
function countDeleted(
  context: ControllerContext,
  matches: (state: ReplicaState) => boolean,
): number {
  let count = 0;
  const countIn = (partition: PartitionContext): void => {
    for (const broker of partition.assignment.replicas) {
      if (matches(context.replicaState({ partition, broker }))) count++;
    }
  };
  for (const name of context.queuedForDeletion) {
    context.topics.get(name)?.partitions.forEach(countIn);
  }
  return count;
}

/**
 * Topics and consumer groups as kafka_exporter shows them. Where that asks the whole cluster, each broker shows what
 * it owns: partitions that it leads, groups that it coordinates, and the list of brokers if it is the controller.
 */
import type { MetricName } from '../metrics/catalogue';
import type { MetricsRegistry, Sample } from '../metrics/registry';
import type { GroupSnapshot } from '../coordinator/group/group-coordinator';
import type { TopicPartition } from '../protocol/topic-partition';
import type { Partition } from '../replication/partition';
import { EndOffsets } from './end-offsets';
import { replicationPeers } from './peers';
import type { BrokerServices } from './services';

export function observeCluster(registry: MetricsRegistry, services: BrokerServices): void {
  observeBrokers(registry, services);
  observeLedPartitions(registry, services);
  observeConsumerGroups(registry, services);
}

function observeBrokers(
  registry: MetricsRegistry,
  { controller, metadata, config }: BrokerServices,
): void {
  const brokers = () => (controller.isActive ? metadata.aliveBrokers() : []);
  registry.gauge('kafka_brokers', () => (controller.isActive ? brokers().length : undefined));
  registry.observe('kafka_broker_info', () =>
    brokers().map(({ id }) => {
      const endpoint = metadata.endpoint(id, config.interBrokerListenerName);
      const address = endpoint ? `${endpoint.host}:${String(endpoint.port)}` : '';
      return { labels: [String(id), address], value: 1 };
    }),
  );
}

function observeLedPartitions(
  registry: MetricsRegistry,
  { replicas, metadata, brokerId }: BrokerServices,
): void {
  registry.observe('kafka_topic_partitions', function* (): Iterable<Sample> {
    for (const { topic, partition, isLeader } of replicas.partitions()) {
      if (!isLeader || partition !== 0) continue;
      yield { labels: [topic], value: metadata.topic(topic)?.partitions.size ?? 0 };
    }
  });
  const ofLed = (
    name:
      | 'current_offset'
      | 'oldest_offset'
      | 'in_sync_replica'
      | 'leader'
      | 'leader_is_preferred'
      | 'replicas'
      | 'under_replicated_partition',
    valueOf: (partition: Partition) => number,
  ): void => {
    const metric: MetricName = `kafka_topic_partition_${name}`;
    registry.observe(metric, function* (): Iterable<Sample> {
      for (const each of replicas.partitions()) {
        if (!each.isLeader) continue;
        yield { labels: [each.topic, String(each.partition)], value: valueOf(each) };
      }
    });
  };
  ofLed('current_offset', ({ log }) => log?.highWatermark ?? 0);
  ofLed('oldest_offset', ({ log }) => log?.logStartOffset ?? 0);
  ofLed('in_sync_replica', ({ isr }) => isr.length);
  ofLed('leader', () => brokerId);
  ofLed('leader_is_preferred', ({ assignment }) => Number(assignment.replicas[0] === brokerId));
  ofLed('replicas', ({ assignment }) => assignment.replicas.length);
  ofLed('under_replicated_partition', ({ isr, assignment }) => {
    return Number(isr.length < assignment.replicas.length);
  });
}

function observeConsumerGroups(registry: MetricsRegistry, services: BrokerServices): void {
  const { groups, replicas } = services;
  const endOffsets = endOffsetsOf(services);
  registry.beforeRead(() => endOffsets.refresh());
  const lagOf = (partition: TopicPartition, committed: number): number | undefined => {
    const led = replicas.partition(partition.topic, partition.partition);
    const isLedHere = led?.kind === 'online' && led.partition.isLeader;
    const end = isLedHere ? led.partition.log?.highWatermark : endOffsets.get(partition);
    return end === undefined ? undefined : Math.max(0, end - committed);
  };
  registry.observe('kafka_consumergroup_members', function* (): Iterable<Sample> {
    for (const { id, memberCount } of groups.snapshot()) {
      yield { labels: [id], value: memberCount };
    }
  });
  observeOffsets(registry, 'kafka_consumergroup_current_offset', {
    groups: () => groups.snapshot(),
    valueOf: (_, committed) => committed,
  });
  observeOffsets(registry, 'kafka_consumergroup_lag', {
    groups: () => groups.snapshot(),
    valueOf: lagOf,
  });
}

interface OffsetValues {
  readonly groups: () => Iterable<GroupSnapshot>;
  /** Of a partition of which `committed` is committed; `undefined` if it is not known. */
  readonly valueOf: (partition: TopicPartition, committed: number) => number | undefined;
}

/** A value for each partition, and the sum of each topic, unless one of its values is not known. */
function observeOffsets(
  registry: MetricsRegistry,
  name: 'kafka_consumergroup_current_offset' | 'kafka_consumergroup_lag',
  { groups, valueOf }: OffsetValues,
): void {
  registry.observe(name, function* (): Iterable<Sample> {
    for (const { id, offsets } of groups()) {
      for (const { topic, partition, value } of offsets) {
        const shown = valueOf({ topic, partition }, value.offset);
        if (shown !== undefined) yield { labels: [id, topic, String(partition)], value: shown };
      }
    }
  });
  registry.observe(`${name}_sum`, function* (): Iterable<Sample> {
    for (const { id, offsets } of groups()) {
      const sums = new Map<string, number>();
      for (const { topic, partition, value } of offsets) {
        const shown = valueOf({ topic, partition }, value.offset) ?? NaN;
        sums.set(topic, (sums.get(topic) ?? 0) + shown);
      }
      for (const [topic, value] of sums) {
        if (!Number.isNaN(value)) yield { labels: [id, topic], value };
      }
    }
  });
}

function endOffsetsOf({
  platform,
  brokerId,
  metadata,
  groups,
  config,
}: BrokerServices): EndOffsets {
  return new EndOffsets({
    clock: platform.clock,
    brokerId,
    peers: replicationPeers(platform),
    lookup: {
      leaderOf({ topic, partition }) {
        const leader = metadata.partition(topic, partition)?.leader;
        if (leader === undefined || leader === brokerId) return undefined;
        const endpoint = metadata.endpoint(leader, config.interBrokerListenerName);
        return endpoint && { brokerId: leader, endpoint };
      },
    },
    *wanted() {
      for (const { offsets } of groups.snapshot()) yield* offsets;
    },
  });
}

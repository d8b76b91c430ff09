/** What the group coordinator is given: the outside world, its settings and its topic's log. */

import type { MetricsRegistry } from '../../metrics/registry';
import type { Platform } from '../../platform/ports';
import type { PartitionReader, PartitionWriter } from '../runtime/partition-log';

/** The broker settings that the coordinator reads, under their own names. */
export interface GroupSettings {
  readonly 'group.min.session.timeout.ms': number;
  readonly 'group.max.session.timeout.ms': number;
  readonly 'group.max.size': number;
  readonly 'group.initial.rebalance.delay.ms': number;
  readonly 'offset.metadata.max.bytes': number;
  readonly 'offsets.retention.minutes': number;
  readonly 'offsets.retention.check.interval.ms': number;
}

export interface GroupEnvironment {
  readonly platform: Pick<Platform, 'clock' | 'random' | 'log'>;
  readonly settings: GroupSettings;
  readonly writer: PartitionWriter;
  readonly reader: PartitionReader;
  /** Whether the cluster has this partition: offsets of others are not taken. */
  readonly topicExists: (topic: string, partition: number) => boolean;
  /** Takes the metrics of the groups. */
  readonly metrics?: MetricsRegistry;
}

/** Of a request: who sends it and in which version. */
export interface RequestContext {
  readonly clientId: string;
  /** As Kafka stores it: `/127.0.0.1`. */
  readonly clientHost: string;
  readonly apiVersion: number;
}

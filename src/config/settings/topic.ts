/** Settings of one topic, each with the broker setting that supplies its default. */
import {
  bool,
  int,
  long,
  double,
  choice,
  choices,
  version,
  throttledReplicas,
  LONG_MAX,
} from '../setting';
import type { Setting, ValuesOf } from '../setting';
import type { BrokerSettingName } from './broker';

export interface TopicSetting<T> extends Setting<T> {
  /** The broker setting a topic falls back to, before its minutes and hours variants. */
  readonly synonym: BrokerSettingName | undefined;
}

function fromBroker<T>(synonym: BrokerSettingName, setting: Setting<T>): TopicSetting<T> {
  return { ...setting, synonym };
}

function ofTopicOnly<T>(setting: Setting<T>): TopicSetting<T> {
  return { ...setting, synonym: undefined };
}

export const TOPIC_SETTINGS = {
  'cleanup.policy': fromBroker(
    'log.cleanup.policy',
    choices(['compact', 'delete'], ['delete'], 'Delete, compact, both; cannot be empty in ZK.'),
  ),
  'compression.gzip.level': fromBroker(
    'compression.gzip.level',
    int(-1, 'Level.', { min: 1, max: 9, also: -1 }),
  ),
  'compression.lz4.level': fromBroker(
    'compression.lz4.level',
    int(9, 'Level.', { min: 1, max: 17 }),
  ),
  'compression.type': fromBroker(
    'compression.type',
    choice(['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'], 'producer', 'Codec.'),
  ),
  'compression.zstd.level': fromBroker(
    'compression.zstd.level',
    int(3, 'Level.', { min: -131072, max: 22 }),
  ),
  'delete.retention.ms': fromBroker(
    'log.cleaner.delete.retention.ms',
    long(86_400_000, 'Tombstones, txn markers.', { min: 0 }),
  ),
  'file.delete.delay.ms': fromBroker(
    'log.segment.delete.delay.ms',
    long(60_000, 'Removal delay.', { min: 0 }),
  ),
  'flush.messages': fromBroker(
    'log.flush.interval.messages',
    long(LONG_MAX, 'Fsync by count.', { min: 1 }),
  ),
  'flush.ms': fromBroker('log.flush.interval.ms', long(LONG_MAX, 'Fsync by age.', { min: 0 })),
  'follower.replication.throttled.replicas': ofTopicOnly(
    throttledReplicas(
      'follower.replication.throttled.replicas',
      'Replicas that the replication quota holds back: partition:broker pairs, or * for all.',
    ),
  ),
  'index.interval.bytes': fromBroker(
    'log.index.interval.bytes',
    int(4096, 'Index density.', { min: 0 }),
  ),
  'leader.replication.throttled.replicas': ofTopicOnly(
    throttledReplicas(
      'leader.replication.throttled.replicas',
      'Replicas that the replication quota holds back: partition:broker pairs, or * for all.',
    ),
  ),
  'local.retention.bytes': ofTopicOnly(long(-2, 'Tiered storage only.', { min: -2 })),
  'local.retention.ms': ofTopicOnly(long(-2, 'Tiered storage only.', { min: -2 })),
  'max.compaction.lag.ms': fromBroker(
    'log.cleaner.max.compaction.lag.ms',
    long(LONG_MAX, 'Force compaction.', { min: 1 }),
  ),
  'max.message.bytes': fromBroker('message.max.bytes', int(1_048_588, 'Batch limit.', { min: 0 })),
  'message.downconversion.enable': fromBroker(
    'log.message.downconversion.enable',
    bool(true, 'Old fetchers.'),
  ),
  'message.format.version': fromBroker(
    'log.message.format.version',
    version('3.0-IV1', 'Ignored (IBP ≥ 3.0).'),
  ),
  'message.timestamp.after.max.ms': fromBroker(
    'log.message.timestamp.after.max.ms',
    long(LONG_MAX, 'Future bound.', { min: 0 }),
  ),
  'message.timestamp.before.max.ms': fromBroker(
    'log.message.timestamp.before.max.ms',
    long(LONG_MAX, 'Past bound.', { min: 0 }),
  ),
  'message.timestamp.difference.max.ms': fromBroker(
    'log.message.timestamp.difference.max.ms',
    long(LONG_MAX, 'Deprecated.', { min: 0 }),
  ),
  'message.timestamp.type': fromBroker(
    'log.message.timestamp.type',
    choice(['CreateTime', 'LogAppendTime'], 'CreateTime', 'Time source.'),
  ),
  'min.cleanable.dirty.ratio': fromBroker(
    'log.cleaner.min.cleanable.ratio',
    double(0.5, 'Compaction trigger.', { min: 0, max: 1 }),
  ),
  'min.compaction.lag.ms': fromBroker(
    'log.cleaner.min.compaction.lag.ms',
    long(0, 'Protect young.', { min: 0 }),
  ),
  'min.insync.replicas': fromBroker('min.insync.replicas', int(1, 'Acks=all floor.', { min: 1 })),
  preallocate: fromBroker('log.preallocate', bool(false, 'Files.')),
  'remote.log.copy.disable': ofTopicOnly(bool(false, 'Tiered.')),
  'remote.log.delete.on.disable': ofTopicOnly(bool(false, 'Tiered.')),
  'remote.storage.enable': ofTopicOnly(bool(false, 'Tiered.')),
  'retention.bytes': fromBroker('log.retention.bytes', long(-1, 'Size limit per partition.')),
  'retention.ms': fromBroker('log.retention.ms', long(604_800_000, 'Age limit.', { min: -1 })),
  'segment.bytes': fromBroker(
    'log.segment.bytes',
    int(1_073_741_824, 'Segment size.', { min: 14 }),
  ),
  'segment.index.bytes': fromBroker(
    'log.index.size.max.bytes',
    int(10_485_760, 'Index size.', { min: 4 }),
  ),
  'segment.jitter.ms': fromBroker('log.roll.jitter.ms', long(0, 'Roll jitter.', { min: 0 })),
  'segment.ms': fromBroker('log.roll.ms', long(604_800_000, 'Roll age.', { min: 1 })),
  'unclean.leader.election.enable': fromBroker(
    'unclean.leader.election.enable',
    bool(false, 'Allow unclean.'),
  ),
};

export type TopicSettingName = keyof typeof TOPIC_SETTINGS;

/** The values in force for one topic: its own over its broker's. */
export type TopicConfig = ValuesOf<typeof TOPIC_SETTINGS>;

export function topicSetting(name: string): TopicSetting<unknown> | undefined {
  return Object.hasOwn(TOPIC_SETTINGS, name) ? TOPIC_SETTINGS[name as TopicSettingName] : undefined;
}

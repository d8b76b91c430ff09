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
    choices(
      ['compact', 'delete'],
      ['delete'],
      'What happens to old records: delete, compact, or both.',
    ),
  ),
  'compression.gzip.level': fromBroker(
    'compression.gzip.level',
    int(-1, 'Level of gzip where the broker compresses again.', { min: 1, max: 9, also: -1 }),
  ),
  'compression.lz4.level': fromBroker(
    'compression.lz4.level',
    int(9, 'Level of lz4 where the broker compresses again.', { min: 1, max: 17 }),
  ),
  'compression.type': fromBroker(
    'compression.type',
    choice(
      ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
      'producer',
      'Codec of stored batches; producer keeps what the producer chose.',
    ),
  ),
  'compression.zstd.level': fromBroker(
    'compression.zstd.level',
    int(3, 'Level of zstd where the broker compresses again.', { min: -131072, max: 22 }),
  ),
  'delete.retention.ms': fromBroker(
    'log.cleaner.delete.retention.ms',
    long(
      86_400_000,
      'How long tombstones and transaction markers stay readable in a compacted topic.',
      { min: 0 },
    ),
  ),
  'file.delete.delay.ms': fromBroker(
    'log.segment.delete.delay.ms',
    long(60_000, 'How long a deleted file stays on disk for those that still read it.', { min: 0 }),
  ),
  'flush.messages': fromBroker(
    'log.flush.interval.messages',
    long(LONG_MAX, 'Records after which a log is flushed to disk.', { min: 1 }),
  ),
  'flush.ms': fromBroker(
    'log.flush.interval.ms',
    long(LONG_MAX, 'Time after which a log is flushed to disk.', { min: 0 }),
  ),
  'follower.replication.throttled.replicas': ofTopicOnly(
    throttledReplicas(
      'follower.replication.throttled.replicas',
      'Replicas that the replication quota holds back: partition:broker pairs, or * for all.',
    ),
  ),
  'index.interval.bytes': fromBroker(
    'log.index.interval.bytes',
    int(4096, 'Bytes of a log between two entries of its index.', { min: 0 }),
  ),
  'leader.replication.throttled.replicas': ofTopicOnly(
    throttledReplicas(
      'leader.replication.throttled.replicas',
      'Replicas that the replication quota holds back: partition:broker pairs, or * for all.',
    ),
  ),
  'local.retention.bytes': ofTopicOnly(
    long(-2, 'For tiered storage, which is not supported.', { min: -2 }),
  ),
  'local.retention.ms': ofTopicOnly(
    long(-2, 'For tiered storage, which is not supported.', { min: -2 }),
  ),
  'max.compaction.lag.ms': fromBroker(
    'log.cleaner.max.compaction.lag.ms',
    long(LONG_MAX, 'Longest time a record may stay uncompacted.', { min: 1 }),
  ),
  'max.message.bytes': fromBroker(
    'message.max.bytes',
    int(1_048_588, 'Largest record batch accepted.', { min: 0 }),
  ),
  'message.downconversion.enable': fromBroker(
    'log.message.downconversion.enable',
    bool(true, 'Convert batches for clients that know old formats only.'),
  ),
  'message.format.version': fromBroker(
    'log.message.format.version',
    version('3.0-IV1', 'Has no effect since version 3.0 of the inter-broker protocol.'),
  ),
  'message.timestamp.after.max.ms': fromBroker(
    'log.message.timestamp.after.max.ms',
    long(LONG_MAX, "How far a record's timestamp may lie in the future.", { min: 0 }),
  ),
  'message.timestamp.before.max.ms': fromBroker(
    'log.message.timestamp.before.max.ms',
    long(LONG_MAX, "How far a record's timestamp may lie in the past.", { min: 0 }),
  ),
  'message.timestamp.difference.max.ms': fromBroker(
    'log.message.timestamp.difference.max.ms',
    long(LONG_MAX, "How far a record's timestamp may lie from the broker's time; deprecated.", {
      min: 0,
    }),
  ),
  'message.timestamp.type': fromBroker(
    'log.message.timestamp.type',
    choice(
      ['CreateTime', 'LogAppendTime'],
      'CreateTime',
      "Whether records carry the producer's time or that of their append.",
    ),
  ),
  'min.cleanable.dirty.ratio': fromBroker(
    'log.cleaner.min.cleanable.ratio',
    double(0.5, 'Share of uncompacted bytes from which on a log is cleaned.', { min: 0, max: 1 }),
  ),
  'min.compaction.lag.ms': fromBroker(
    'log.cleaner.min.compaction.lag.ms',
    long(0, 'Shortest time a record stays uncompacted.', { min: 0 }),
  ),
  'min.insync.replicas': fromBroker(
    'min.insync.replicas',
    int(1, 'Replicas in sync that acks=all needs.', { min: 1 }),
  ),
  preallocate: fromBroker(
    'log.preallocate',
    bool(false, 'Create segment files in their full size.'),
  ),
  'remote.log.copy.disable': ofTopicOnly(
    bool(false, 'For tiered storage, which is not supported.'),
  ),
  'remote.log.delete.on.disable': ofTopicOnly(
    bool(false, 'For tiered storage, which is not supported.'),
  ),
  'remote.storage.enable': ofTopicOnly(bool(false, 'For tiered storage, which is not supported.')),
  'retention.bytes': fromBroker(
    'log.retention.bytes',
    long(-1, 'Bytes of a partition kept; -1 for all.'),
  ),
  'retention.ms': fromBroker(
    'log.retention.ms',
    long(604_800_000, 'How long records are kept; -1 for ever.', { min: -1 }),
  ),
  'segment.bytes': fromBroker(
    'log.segment.bytes',
    int(1_073_741_824, 'Largest size of a segment file.', { min: 14 }),
  ),
  'segment.index.bytes': fromBroker(
    'log.index.size.max.bytes',
    int(10_485_760, 'Largest size of an index file.', { min: 4 }),
  ),
  'segment.jitter.ms': fromBroker(
    'log.roll.jitter.ms',
    long(0, 'Most by which the age at which a segment is closed is shortened at random.', {
      min: 0,
    }),
  ),
  'segment.ms': fromBroker(
    'log.roll.ms',
    long(604_800_000, 'Age at which a segment is closed.', { min: 1 }),
  ),
  'unclean.leader.election.enable': fromBroker(
    'unclean.leader.election.enable',
    bool(false, 'Let a replica outside of the ISR lead when no other is alive; loses records.'),
  ),
};

export type TopicSettingName = keyof typeof TOPIC_SETTINGS;

/** The values in force for one topic: its own over its broker's. */
export type TopicConfig = ValuesOf<typeof TOPIC_SETTINGS>;

export function topicSetting(name: string): TopicSetting<unknown> | undefined {
  return Object.hasOwn(TOPIC_SETTINGS, name) ? TOPIC_SETTINGS[name as TopicSettingName] : undefined;
}

/** Segments, retention, compaction and producer state of logs. */
import { bool, string, int, long, double, choice, choices, version, LONG_MAX } from '../setting';

export const LOG_SETTINGS = {
  'compression.gzip.level': int(-1, 'Level of gzip where the broker compresses again.', {
    min: 1,
    max: 9,
    also: -1,
    dynamic: 'cluster',
  }),
  'compression.lz4.level': int(9, 'Level of lz4 where the broker compresses again.', {
    min: 1,
    max: 17,
    dynamic: 'cluster',
  }),
  'compression.type': choice(
    ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
    'producer',
    'Codec of stored batches; producer keeps what the producer chose.',
    { dynamic: 'cluster' },
  ),
  'compression.zstd.level': int(3, 'Level of zstd where the broker compresses again.', {
    min: -131072,
    max: 22,
    dynamic: 'cluster',
  }),
  'log.cleaner.backoff.ms': long(
    15_000,
    'How long the cleaner sleeps when there is nothing to clean.',
    {
      min: 0,
      dynamic: 'cluster',
    },
  ),
  'log.cleaner.dedupe.buffer.size': long(
    134_217_728,
    'Memory for the offset maps of all cleaners; each has an equal share, of 2 GiB at most.',
    {
      dynamic: 'cluster',
    },
  ),
  'log.cleaner.delete.retention.ms': long(
    86_400_000,
    'How long tombstones stay readable in compacted topics.',
    {
      min: 0,
      dynamic: 'cluster',
    },
  ),
  'log.cleaner.enable': bool(
    true,
    'Compact the topics whose policy asks for it; without it, compact,delete still deletes.',
  ),
  'log.cleaner.io.buffer.load.factor': double(
    0.9,
    'How full an offset map may get; above 0.9 it counts as 0.9.',
    {
      dynamic: 'cluster',
    },
  ),
  'log.cleaner.io.buffer.size': int(
    524_288,
    'Memory for the I/O buffers of all cleaners; larger batches take more while they are there.',
    {
      min: 0,
      dynamic: 'cluster',
    },
  ),
  'log.cleaner.io.max.bytes.per.second': double(
    Number.MAX_VALUE,
    'Bytes per second that all cleaners together may read and write.',
    {
      dynamic: 'cluster',
    },
  ),
  'log.cleaner.max.compaction.lag.ms': long(
    LONG_MAX,
    'Longest time a record may stay uncompacted.',
    {
      min: 1,
      dynamic: 'cluster',
    },
  ),
  'log.cleaner.min.cleanable.ratio': double(
    0.5,
    'Share of uncompacted bytes from which on a log is cleaned.',
    {
      min: 0,
      max: 1,
      dynamic: 'cluster',
    },
  ),
  'log.cleaner.min.compaction.lag.ms': long(0, 'Shortest time a record stays uncompacted.', {
    min: 0,
    dynamic: 'cluster',
  }),
  'log.cleaner.threads': int(
    1,
    'Logs that are compacted at the same time; all on the one thread, so more are not faster.',
    {
      min: 0,
      dynamic: 'cluster',
    },
  ),
  'log.cleanup.policy': choices(
    ['compact', 'delete'],
    ['delete'],
    'What happens to old records: delete, compact, or both.',
    {
      dynamic: 'cluster',
    },
  ),
  'log.dir': string('/tmp/kafka-logs', 'The data directory where log.dirs is not set.'),
  'log.dirs': string(null, 'Data directories, separated by commas.'),
  'log.flush.interval.messages': long(LONG_MAX, 'Records after which a log is flushed to disk.', {
    min: 1,
    dynamic: 'cluster',
  }),
  'log.flush.interval.ms': long(
    null,
    'Time after which a log is flushed to disk; log.flush.scheduler.interval.ms where not set.',
    {
      dynamic: 'cluster',
    },
  ),
  'log.flush.offset.checkpoint.interval.ms': int(60_000, 'How often recovery points are written.', {
    min: 0,
  }),
  'log.flush.scheduler.interval.ms': long(
    LONG_MAX,
    'How often logs are searched for data to flush.',
  ),
  'log.flush.start.offset.checkpoint.interval.ms': int(
    60_000,
    'How often log start offsets are written.',
    {
      min: 0,
    },
  ),
  'log.index.interval.bytes': int(4096, 'Bytes of a log between two entries of its index.', {
    min: 0,
    dynamic: 'cluster',
  }),
  'log.index.size.max.bytes': int(10_485_760, 'Largest size of an index file.', {
    min: 4,
    dynamic: 'cluster',
  }),
  'log.initial.task.delay.ms': long(
    30_000,
    'How long after the start the jobs of the logs first run.',
    {
      min: 0,
      internal: true,
    },
  ),
  'log.message.downconversion.enable': bool(
    true,
    'Convert batches for clients that know old formats only.',
    {
      dynamic: 'cluster',
    },
  ),
  'log.message.format.version': version(
    '3.0-IV1',
    'Has no effect since version 3.0 of the inter-broker protocol.',
  ),
  'log.message.timestamp.after.max.ms': long(
    LONG_MAX,
    "How far a record's timestamp may lie in the future.",
    {
      min: 0,
      dynamic: 'cluster',
    },
  ),
  'log.message.timestamp.before.max.ms': long(
    LONG_MAX,
    "How far a record's timestamp may lie in the past.",
    {
      min: 0,
      dynamic: 'cluster',
    },
  ),
  'log.message.timestamp.difference.max.ms': long(
    LONG_MAX,
    "How far a record's timestamp may lie from the broker's time; deprecated.",
    {
      min: 0,
      dynamic: 'cluster',
    },
  ),
  'log.message.timestamp.type': choice(
    ['CreateTime', 'LogAppendTime'],
    'CreateTime',
    "Whether records carry the producer's time or that of their append.",
    { dynamic: 'cluster' },
  ),
  'log.preallocate': bool(false, 'Create segment files in their full size.', {
    dynamic: 'cluster',
  }),
  'log.retention.bytes': long(-1, 'Bytes of a partition kept; -1 for all.', { dynamic: 'cluster' }),
  'log.retention.check.interval.ms': long(
    300_000,
    'How often logs are searched for segments to delete.',
    { min: 1 },
  ),
  'log.retention.hours': int(
    168,
    'How long records are kept, where neither minutes nor ms are set.',
  ),
  'log.retention.minutes': int(null, 'How long records are kept, where ms is not set.'),
  'log.retention.ms': long(null, 'How long records are kept; -1 for ever.', { dynamic: 'cluster' }),
  'log.roll.hours': int(168, 'Age at which a segment is closed, where ms is not set.', { min: 1 }),
  'log.roll.jitter.hours': int(
    0,
    'Most by which that age is shortened at random, where ms is not set.',
    { min: 0 },
  ),
  'log.roll.jitter.ms': long(
    null,
    'Most by which the age at which a segment is closed is shortened at random.',
    { dynamic: 'cluster' },
  ),
  'log.roll.ms': long(null, 'Age at which a segment is closed.', { dynamic: 'cluster' }),
  'log.segment.bytes': int(1_073_741_824, 'Largest size of a segment file.', {
    min: 14,
    dynamic: 'cluster',
  }),
  'log.segment.delete.delay.ms': long(
    60_000,
    'How long a deleted file stays on disk for those that still read it.',
    {
      min: 0,
      dynamic: 'cluster',
    },
  ),
  'message.max.bytes': int(1_048_588, 'Largest record batch accepted.', {
    min: 0,
    dynamic: 'cluster',
  }),
  'min.insync.replicas': int(1, 'Replicas in sync that acks=all needs.', {
    min: 1,
    dynamic: 'cluster',
  }),
  'num.recovery.threads.per.data.dir': int(
    1,
    'Logs of a data directory recovered or flushed at the same time.',
    {
      min: 1,
      dynamic: 'cluster',
    },
  ),
  'num.replica.alter.log.dirs.threads': int(
    null,
    'Replicas moved between data directories at the same time; the number of directories where not set.',
  ),
  'producer.id.expiration.check.interval.ms': int(
    600_000,
    'How often idle producer ids are removed.',
    {
      min: 1,
      internal: true,
    },
  ),
  'producer.id.expiration.ms': int(86_400_000, 'How long an idle producer id is remembered.', {
    min: 1,
    dynamic: 'cluster',
  }),
};

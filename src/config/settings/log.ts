/** Segments, retention, compaction and producer state of logs. */
import { bool, string, int, long, double, choice, choices, version, LONG_MAX } from '../setting';

export const LOG_SETTINGS = {
  'compression.gzip.level': int(-1, 'Level when broker recompresses gzip.', {
    min: 1,
    max: 9,
    also: -1,
    dynamic: 'cluster',
  }),
  'compression.lz4.level': int(9, 'Level when broker recompresses lz4.', {
    min: 1,
    max: 17,
    dynamic: 'cluster',
  }),
  'compression.type': choice(
    ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
    'producer',
    'Codec of stored batches; producer = keep.',
    { dynamic: 'cluster' },
  ),
  'compression.zstd.level': int(3, 'Same for zstd.', { min: -131072, max: 22, dynamic: 'cluster' }),
  'log.cleaner.backoff.ms': long(15_000, 'Sleep when nothing to clean.', {
    min: 0,
    dynamic: 'cluster',
  }),
  'log.cleaner.dedupe.buffer.size': long(134_217_728, 'Memory of all offset maps.', {
    dynamic: 'cluster',
  }),
  'log.cleaner.delete.retention.ms': long(86_400_000, 'Tombstone lifetime.', {
    min: 0,
    dynamic: 'cluster',
  }),
  'log.cleaner.enable': bool(true, 'Run compaction.'),
  'log.cleaner.io.buffer.load.factor': double(0.9, 'Fill factor of offset map.', {
    dynamic: 'cluster',
  }),
  'log.cleaner.io.buffer.size': int(524_288, 'Cleaner I/O buffers.', {
    min: 0,
    dynamic: 'cluster',
  }),
  'log.cleaner.io.max.bytes.per.second': double(Number.MAX_VALUE, 'Cleaner throttle.', {
    dynamic: 'cluster',
  }),
  'log.cleaner.max.compaction.lag.ms': long(LONG_MAX, 'Force compaction by age.', {
    min: 1,
    dynamic: 'cluster',
  }),
  'log.cleaner.min.cleanable.ratio': double(0.5, 'Dirty ratio threshold.', {
    min: 0,
    max: 1,
    dynamic: 'cluster',
  }),
  'log.cleaner.min.compaction.lag.ms': long(0, 'Protect young records.', {
    min: 0,
    dynamic: 'cluster',
  }),
  'log.cleaner.threads': int(1, 'Cleaner threads.', { min: 0, dynamic: 'cluster' }),
  'log.cleanup.policy': choices(['compact', 'delete'], ['delete'], 'Delete and/or compact.', {
    dynamic: 'cluster',
  }),
  'log.dir': string('/tmp/kafka-logs', 'Single dir, used if log.dirs unset.'),
  'log.dirs': string(null, 'Comma list of data dirs.'),
  'log.flush.interval.messages': long(LONG_MAX, 'Fsync after n records.', {
    min: 1,
    dynamic: 'cluster',
  }),
  'log.flush.interval.ms': long(null, 'Fsync by age; null = scheduler value.', {
    dynamic: 'cluster',
  }),
  'log.flush.offset.checkpoint.interval.ms': int(60_000, 'Recovery point checkpoint period.', {
    min: 0,
  }),
  'log.flush.scheduler.interval.ms': long(LONG_MAX, 'Flush check period.'),
  'log.flush.start.offset.checkpoint.interval.ms': int(60_000, 'Log start checkpoint period.', {
    min: 0,
  }),
  'log.index.interval.bytes': int(4096, 'Bytes between index entries.', {
    min: 0,
    dynamic: 'cluster',
  }),
  'log.index.size.max.bytes': int(10_485_760, 'Index file size.', { min: 4, dynamic: 'cluster' }),
  'log.initial.task.delay.ms': long(30_000, 'First run of log jobs (internal).', {
    min: 0,
    internal: true,
  }),
  'log.message.downconversion.enable': bool(true, 'Serve old fetch versions.', {
    dynamic: 'cluster',
  }),
  'log.message.format.version': version('3.0-IV1', 'Ignored since IBP 3.0.'),
  'log.message.timestamp.after.max.ms': long(LONG_MAX, 'Future bound.', {
    min: 0,
    dynamic: 'cluster',
  }),
  'log.message.timestamp.before.max.ms': long(LONG_MAX, 'Past bound.', {
    min: 0,
    dynamic: 'cluster',
  }),
  'log.message.timestamp.difference.max.ms': long(LONG_MAX, 'Deprecated symmetric bound.', {
    min: 0,
    dynamic: 'cluster',
  }),
  'log.message.timestamp.type': choice(
    ['CreateTime', 'LogAppendTime'],
    'CreateTime',
    'CreateTime or LogAppendTime.',
    { dynamic: 'cluster' },
  ),
  'log.preallocate': bool(false, 'Preallocate segments.', { dynamic: 'cluster' }),
  'log.retention.bytes': long(-1, 'Size retention per partition.', { dynamic: 'cluster' }),
  'log.retention.check.interval.ms': long(300_000, 'Retention job period.', { min: 1 }),
  'log.retention.hours': int(168, 'Time retention (lowest priority).'),
  'log.retention.minutes': int(null, 'Overrides hours.'),
  'log.retention.ms': long(null, 'Overrides minutes; −1 unlimited.', { dynamic: 'cluster' }),
  'log.roll.hours': int(168, 'Max segment age.', { min: 1 }),
  'log.roll.jitter.hours': int(0, 'Jitter.', { min: 0 }),
  'log.roll.jitter.ms': long(null, 'Overrides hours.', { dynamic: 'cluster' }),
  'log.roll.ms': long(null, 'Overrides hours.', { dynamic: 'cluster' }),
  'log.segment.bytes': int(1_073_741_824, 'Segment size.', { min: 14, dynamic: 'cluster' }),
  'log.segment.delete.delay.ms': long(60_000, 'Delay of file removal.', {
    min: 0,
    dynamic: 'cluster',
  }),
  'message.max.bytes': int(1_048_588, 'Largest batch accepted.', { min: 0, dynamic: 'cluster' }),
  'min.insync.replicas': int(1, 'ISR needed for acks=all (and HW progress).', {
    min: 1,
    dynamic: 'cluster',
  }),
  'num.recovery.threads.per.data.dir': int(1, 'Load/flush threads.', {
    min: 1,
    dynamic: 'cluster',
  }),
  'num.replica.alter.log.dirs.threads': int(null, 'Dir move threads; null = number of dirs.'),
  'producer.id.expiration.check.interval.ms': int(600_000, 'Producer expiry scan (internal).', {
    min: 1,
    internal: true,
  }),
  'producer.id.expiration.ms': int(86_400_000, 'Idle producer state.', {
    min: 1,
    dynamic: 'cluster',
  }),
};

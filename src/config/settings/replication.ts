/** Fetching by followers and consumers, purgatories, leader election. */
import { bool, string, int, long } from '../setting';

export const REPLICATION_SETTINGS = {
  'alter.log.dirs.replication.quota.window.num': int(11, 'Samples kept for dir-move quota.', {
    min: 1,
  }),
  'alter.log.dirs.replication.quota.window.size.seconds': int(1, 'Span of one sample.', { min: 1 }),
  'default.replication.factor': int(1, 'RF for auto or −1 creation.'),
  'delete.records.purgatory.purge.interval.requests': int(1, 'Purge after so many completed.'),
  'fetch.max.bytes': int(57_671_680, 'Cap of one fetch response.', { min: 1024 }),
  'fetch.purgatory.purge.interval.requests': int(1000, 'Purge threshold.'),
  'leader.imbalance.check.interval.seconds': long(300, 'Rebalance period.', { min: 1 }),
  'leader.imbalance.per.broker.percentage': int(10, 'Threshold.'),
  'max.incremental.fetch.session.cache.slots': int(1000, 'Fetch sessions.', { min: 0 }),
  'num.replica.fetchers': int(1, 'Fetchers per source broker.', { dynamic: 'cluster' }),
  'producer.purgatory.purge.interval.requests': int(1000, 'Purge threshold.'),
  'replica.fetch.backoff.ms': int(1000, 'Wait after fetch error.', { min: 0 }),
  'replica.fetch.max.bytes': int(1_048_576, 'Per partition fetch size.', { min: 0 }),
  'replica.fetch.min.bytes': int(1, 'Min answer.'),
  'replica.fetch.response.max.bytes': int(10_485_760, 'Answer cap.', { min: 0 }),
  'replica.fetch.wait.max.ms': int(500, 'Long poll of followers.'),
  'replica.high.watermark.checkpoint.interval.ms': long(5000, 'HW checkpoint period.'),
  'replica.lag.time.max.ms': long(30_000, 'ISR lag limit.'),
  'replica.selector.class': string(null, 'KIP-392 selector.'),
  'replica.socket.receive.buffer.bytes': int(65_536, 'Fetcher socket buffer.'),
  'replica.socket.timeout.ms': int(30_000, 'Fetcher request timeout; ≥ fetch wait.'),
  'replication.quota.window.num': int(11, 'Samples.', { min: 1 }),
  'replication.quota.window.size.seconds': int(1, 'Span.', { min: 1 }),
  'unclean.leader.election.enable': bool(false, 'Allow leader outside ISR.', {
    dynamic: 'cluster',
  }),
};

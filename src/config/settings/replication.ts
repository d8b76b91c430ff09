/** Fetching by followers and consumers, purgatories, leader election. */
import { bool, string, int, long } from '../setting';

export const REPLICATION_SETTINGS = {
  'alter.log.dirs.replication.quota.window.num': int(
    11,
    'Samples of the quota for moving replicas between data directories.',
    {
      min: 1,
    },
  ),
  'alter.log.dirs.replication.quota.window.size.seconds': int(1, 'Span of one such sample.', {
    min: 1,
  }),
  'default.replication.factor': int(1, 'Replicas of topics created without a number.'),
  'delete.records.purgatory.purge.interval.requests': int(
    1,
    'Has no effect: a completed request leaves nothing to sweep out of the purgatory.',
  ),
  'fetch.max.bytes': int(57_671_680, 'Most bytes of records in one Fetch answer.', { min: 1024 }),
  'fetch.purgatory.purge.interval.requests': int(
    1000,
    'Has no effect: a completed request leaves nothing to sweep out of the purgatory.',
  ),
  'leader.imbalance.check.interval.seconds': long(
    300,
    'How often leaders are moved back to the preferred replicas.',
    { min: 1 },
  ),
  'leader.imbalance.per.broker.percentage': int(
    10,
    "Share of a broker's partitions led elsewhere from which on they are moved back.",
  ),
  'max.incremental.fetch.session.cache.slots': int(1000, 'Most fetch sessions kept.', { min: 0 }),
  'num.replica.fetchers': int(1, 'Fetchers for each broker that is followed.', {
    dynamic: 'cluster',
  }),
  'producer.purgatory.purge.interval.requests': int(
    1000,
    'Has no effect: a completed request leaves nothing to sweep out of the purgatory.',
  ),
  'replica.fetch.backoff.ms': int(1000, 'How long a follower waits after an error.', { min: 0 }),
  'replica.fetch.max.bytes': int(1_048_576, 'Bytes of one partition a follower asks for.', {
    min: 0,
  }),
  'replica.fetch.min.bytes': int(1, "Bytes a follower's fetch waits for."),
  'replica.fetch.response.max.bytes': int(10_485_760, 'Most bytes in one answer to a follower.', {
    min: 0,
  }),
  'replica.fetch.wait.max.ms': int(500, "Longest wait of a follower's fetch."),
  'replica.high.watermark.checkpoint.interval.ms': long(
    5000,
    'How often high watermarks are written.',
  ),
  'replica.lag.time.max.ms': long(30_000, 'How long a follower may lag before it leaves the ISR.'),
  'replica.selector.class': string(null, 'Chooses the replica a consumer reads from (KIP-392).'),
  'replica.socket.receive.buffer.bytes': int(65_536, "Receive buffer of a follower's socket."),
  'replica.socket.timeout.ms': int(30_000, 'How long an answer to a follower may take.'),
  'replication.quota.window.num': int(11, 'Samples of the replication quota.', { min: 1 }),
  'replication.quota.window.size.seconds': int(1, 'Span of one sample of the replication quota.', {
    min: 1,
  }),
  'unclean.leader.election.enable': bool(
    false,
    'Let a replica outside of the ISR lead when no other is alive; loses records.',
    {
      dynamic: 'cluster',
    },
  ),
};

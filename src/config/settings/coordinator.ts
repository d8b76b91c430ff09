/** Group and transaction coordinators. */
import { bool, int, short, long, choices, INT_MAX } from '../setting';

export const COORDINATOR_SETTINGS = {
  'group.coordinator.rebalance.protocols': choices(
    ['consumer', 'classic', 'share', 'unknown'],
    ['classic'],
    'Only classic works in ZK mode.',
  ),
  'group.initial.rebalance.delay.ms': int(3000, 'Wait for more members on an empty group.'),
  'group.max.session.timeout.ms': int(1_800_000, 'Largest session timeout accepted.'),
  'group.max.size': int(INT_MAX, 'Members per group.', { min: 1 }),
  'group.min.session.timeout.ms': int(6000, 'Smallest accepted.'),
  'offset.metadata.max.bytes': int(4096, 'Commit metadata size.'),
  'offsets.commit.required.acks': short(-1, 'Deprecated; must be −1 in effect.'),
  'offsets.commit.timeout.ms': int(5000, 'Commit write wait.', { min: 1 }),
  'offsets.load.buffer.size': int(5_242_880, 'Load read size.', { min: 1 }),
  'offsets.retention.check.interval.ms': long(600_000, 'Offset expiry period.', { min: 1 }),
  'offsets.retention.minutes': int(10_080, 'Offset retention.', { min: 1 }),
  'offsets.topic.compression.codec': int(0, "Codec id for coordinator's own writes."),
  'offsets.topic.num.partitions': int(50, 'Partitions at creation.', { min: 1 }),
  'offsets.topic.replication.factor': short(3, 'RF at creation.', { min: 1 }),
  'offsets.topic.segment.bytes': int(104_857_600, 'Segment size at creation.', { min: 1 }),
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': int(10_000, 'Timeout scan.', {
    min: 1,
  }),
  'transaction.max.timeout.ms': int(900_000, 'Largest client timeout.', { min: 1 }),
  'transaction.partition.verification.enable': bool(true, 'KIP-890 check.', { dynamic: 'cluster' }),
  'transaction.remove.expired.transaction.cleanup.interval.ms': int(3_600_000, 'Id expiry scan.', {
    min: 1,
  }),
  'transaction.state.log.load.buffer.size': int(5_242_880, 'Load read size.', { min: 1 }),
  'transaction.state.log.min.isr': int(2, 'Min ISR of the log.', { min: 1 }),
  'transaction.state.log.num.partitions': int(50, 'Partitions at creation.', { min: 1 }),
  'transaction.state.log.replication.factor': short(3, 'RF.', { min: 1 }),
  'transaction.state.log.segment.bytes': int(104_857_600, 'Segment size.', { min: 1 }),
  'transactional.id.expiration.ms': int(604_800_000, 'Idle id lifetime.', { min: 1 }),
};

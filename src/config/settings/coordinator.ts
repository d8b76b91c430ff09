/** Group and transaction coordinators. */
import { bool, int, short, long, choices, INT_MAX } from '../setting';

export const COORDINATOR_SETTINGS = {
  'group.coordinator.rebalance.protocols': choices(
    ['consumer', 'classic', 'share', 'unknown'],
    ['classic'],
    'Rebalance protocols offered; only classic works in ZooKeeper mode.',
  ),
  'group.initial.rebalance.delay.ms': int(
    3000,
    'How long an empty group waits for more members before its first rebalance.',
  ),
  'group.max.session.timeout.ms': int(
    1_800_000,
    'Largest session timeout a group member may ask for.',
  ),
  'group.max.size': int(INT_MAX, 'Most members of one group.', { min: 1 }),
  'group.min.session.timeout.ms': int(6000, 'Smallest session timeout a group member may ask for.'),
  'offset.metadata.max.bytes': int(4096, 'Largest metadata text of one committed offset.'),
  'offsets.commit.required.acks': short(
    -1,
    'Acknowledgements a commit waits for; deprecated, always -1 in effect.',
  ),
  'offsets.commit.timeout.ms': int(5000, 'How long the write of a commit may take.', { min: 1 }),
  'offsets.load.buffer.size': int(
    5_242_880,
    'Bytes read at once while a coordinator loads __consumer_offsets.',
    { min: 1 },
  ),
  'offsets.retention.check.interval.ms': long(
    600_000,
    'How often committed offsets are searched for expired ones.',
    { min: 1 },
  ),
  'offsets.retention.minutes': int(
    10_080,
    'How long the offsets of a group without members are kept.',
    { min: 1 },
  ),
  'offsets.topic.compression.codec': int(
    0,
    'Id of the codec for the records of __consumer_offsets.',
  ),
  'offsets.topic.num.partitions': int(50, 'Partitions of __consumer_offsets when it is created.', {
    min: 1,
  }),
  'offsets.topic.replication.factor': short(
    3,
    'Replicas of __consumer_offsets when it is created.',
    { min: 1 },
  ),
  'offsets.topic.segment.bytes': int(
    104_857_600,
    'Segment size of __consumer_offsets when it is created.',
    { min: 1 },
  ),
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': int(
    10_000,
    'How often transactions that timed out are aborted.',
    {
      min: 1,
    },
  ),
  'transaction.max.timeout.ms': int(
    900_000,
    'Largest transaction timeout a producer may ask for.',
    { min: 1 },
  ),
  'transaction.partition.verification.enable': bool(
    true,
    'Check with the coordinator that a partition belongs to the transaction (KIP-890).',
    { dynamic: 'cluster' },
  ),
  'transaction.remove.expired.transaction.cleanup.interval.ms': int(
    3_600_000,
    'How often expired transactional ids are removed.',
    {
      min: 1,
    },
  ),
  'transaction.state.log.load.buffer.size': int(
    5_242_880,
    'Bytes read at once while a coordinator loads __transaction_state.',
    { min: 1 },
  ),
  'transaction.state.log.min.isr': int(2, 'min.insync.replicas of __transaction_state.', {
    min: 1,
  }),
  'transaction.state.log.num.partitions': int(
    50,
    'Partitions of __transaction_state when it is created.',
    { min: 1 },
  ),
  'transaction.state.log.replication.factor': short(
    3,
    'Replicas of __transaction_state when it is created.',
    { min: 1 },
  ),
  'transaction.state.log.segment.bytes': int(
    104_857_600,
    'Segment size of __transaction_state when it is created.',
    { min: 1 },
  ),
  'transactional.id.expiration.ms': int(
    604_800_000,
    'How long an idle transactional id is remembered.',
    { min: 1 },
  ),
};

/**
 * Topics and consumer groups under the names of kafka_exporter. Each value comes from one broker: that of a
 * partition from its leader, that of a group from its coordinator, that of the cluster from the controller.
 */
import { plain } from '../metric-spec';

const ofPartition = (help: string) => plain.gauge(help, 'topic', 'partition');

export const CLUSTER_METRICS = {
  kafka_brokers: plain.gauge('Brokers of the cluster; from the controller.'),
  kafka_broker_info: plain.gauge(
    'Always 1; the brokers of the cluster; from the controller.',
    'id',
    'address',
  ),
  kafka_topic_partitions: plain.gauge(
    'Partitions of the topic; from the leader of its first one.',
    'topic',
  ),
  kafka_topic_partition_current_offset: ofPartition('The high watermark.'),
  kafka_topic_partition_oldest_offset: ofPartition('Where the log starts.'),
  kafka_topic_partition_in_sync_replica: ofPartition('In-sync replicas.'),
  kafka_topic_partition_leader: ofPartition('The id of the leader.'),
  kafka_topic_partition_leader_is_preferred: ofPartition(
    '1 if the first replica of the partition leads it.',
  ),
  kafka_topic_partition_replicas: ofPartition('Replicas.'),
  kafka_topic_partition_under_replicated_partition: ofPartition(
    '1 if there are fewer in-sync replicas than replicas.',
  ),
  kafka_consumergroup_current_offset: plain.gauge(
    'The committed offset.',
    'consumergroup',
    'topic',
    'partition',
  ),
  kafka_consumergroup_current_offset_sum: plain.gauge(
    'The committed offsets of all partitions of the topic together.',
    'consumergroup',
    'topic',
  ),
  kafka_consumergroup_lag: plain.gauge(
    'Records between the committed offset and the high watermark, at most a few seconds old; none while the leader of the partition does not answer.',
    'consumergroup',
    'topic',
    'partition',
  ),
  kafka_consumergroup_lag_sum: plain.gauge(
    'The lag of all partitions of the topic together.',
    'consumergroup',
    'topic',
  ),
  kafka_consumergroup_members: plain.gauge('Members of the group.', 'consumergroup'),
};

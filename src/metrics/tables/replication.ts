/** What replicas do: those hosted here, those led here, and the fetchers of those that follow. */
import { bean } from '../metric-spec';

const MANAGER = 'kafka.server:type=ReplicaManager';
const PARTITION = 'kafka.cluster:type=Partition';
const FETCHERS = 'kafka.server:type=ReplicaFetcherManager';

export const REPLICATION_METRICS = {
  kafka_server_replicamanager_partitioncount: bean.gauge(
    `${MANAGER},name=PartitionCount`,
    'Replicas on this broker, those in failed log directories included.',
  ),
  kafka_server_replicamanager_leadercount: bean.gauge(
    `${MANAGER},name=LeaderCount`,
    'Partitions led by this broker.',
  ),
  kafka_server_replicamanager_offlinereplicacount: bean.gauge(
    `${MANAGER},name=OfflineReplicaCount`,
    'Replicas in failed log directories.',
  ),
  kafka_server_replicamanager_underreplicatedpartitions: bean.gauge(
    `${MANAGER},name=UnderReplicatedPartitions`,
    'Partitions led here with fewer in-sync replicas than replicas.',
  ),
  kafka_server_replicamanager_underminisrpartitioncount: bean.gauge(
    `${MANAGER},name=UnderMinIsrPartitionCount`,
    'Partitions led here with fewer in-sync replicas than min.insync.replicas: acks=all is refused.',
  ),
  kafka_server_replicamanager_atminisrpartitioncount: bean.gauge(
    `${MANAGER},name=AtMinIsrPartitionCount`,
    'Partitions led here with exactly min.insync.replicas in-sync replicas.',
  ),
  kafka_server_replicamanager_reassigningpartitions: bean.gauge(
    `${MANAGER},name=ReassigningPartitions`,
    'Partitions led here whose replicas are on the move.',
  ),
  kafka_server_replicamanager_produceridcount: bean.gauge(
    `${MANAGER},name=ProducerIdCount`,
    'Idempotent producers known to the replicas here.',
  ),
  kafka_server_replicamanager_isrshrinks_total: bean.counter(
    `${MANAGER},name=IsrShrinksPerSec`,
    'Confirmed changes by which in-sync replicas left.',
  ),
  kafka_server_replicamanager_isrexpands_total: bean.counter(
    `${MANAGER},name=IsrExpandsPerSec`,
    'Confirmed changes by which a replica came into sync.',
  ),
  kafka_server_replicamanager_failedisrupdates_total: bean.counter(
    `${MANAGER},name=FailedIsrUpdatesPerSec`,
    'Changes of in-sync replicas that the controller refused.',
  ),
  kafka_cluster_partition_underreplicated: bean.gauge(
    `${PARTITION},name=UnderReplicated,topic=*,partition=*`,
    '1 if the partition is led here and has fewer in-sync replicas than replicas.',
  ),
  kafka_cluster_partition_underminisr: bean.gauge(
    `${PARTITION},name=UnderMinIsr,topic=*,partition=*`,
    '1 if the partition is led here and has fewer in-sync replicas than min.insync.replicas.',
  ),
  kafka_cluster_partition_atminisr: bean.gauge(
    `${PARTITION},name=AtMinIsr,topic=*,partition=*`,
    '1 if the partition is led here and has exactly min.insync.replicas in-sync replicas.',
  ),
  kafka_cluster_partition_insyncreplicascount: bean.gauge(
    `${PARTITION},name=InSyncReplicasCount,topic=*,partition=*`,
    'In-sync replicas; 0 where the partition is not led.',
  ),
  kafka_cluster_partition_replicascount: bean.gauge(
    `${PARTITION},name=ReplicasCount,topic=*,partition=*`,
    'Replicas; 0 where the partition is not led.',
  ),
  kafka_cluster_partition_laststableoffsetlag: bean.gauge(
    `${PARTITION},name=LastStableOffsetLag,topic=*,partition=*`,
    'Records below the high watermark that wait for the end of a transaction.',
  ),
  kafka_server_fetcherlagmetrics_consumerlag: bean.gauge(
    'kafka.server:type=FetcherLagMetrics,name=ConsumerLag,clientId=*,topic=*,partition=*',
    "How many records a follower here is behind its leader's high watermark.",
  ),
  kafka_server_replicafetchermanager_maxlag: bean.gauge(
    `${FETCHERS},name=MaxLag,clientId=*`,
    'The largest lag of all followers here.',
  ),
  kafka_server_replicafetchermanager_minfetchrate: bean.gauge(
    `${FETCHERS},name=MinFetchRate,clientId=*`,
    'Fetches a second, of the slowest fetcher, over about the last minute; 0 without fetchers.',
  ),
  kafka_server_replicafetchermanager_failedpartitionscount: bean.gauge(
    `${FETCHERS},name=FailedPartitionsCount,clientId=*`,
    'Followers that gave up until the controller speaks again.',
  ),
  kafka_server_replicafetchermanager_deadthreadcount: bean.gauge(
    `${FETCHERS},name=DeadThreadCount,clientId=*`,
    'Always 0: a fetcher that fails stops the broker.',
  ),
};

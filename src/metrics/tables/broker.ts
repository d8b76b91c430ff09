/** What a broker does for its clients: traffic, requests, sessions, groups, and its own state. */
import { bean, plain } from '../metric-spec';

/** Traffic is shown for all topics together, without a label, and for each topic that has a replica here. */
export const TRAFFIC_METRICS = {
  kafka_server_brokertopicmetrics_messagesin_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=MessagesInPerSec,topic=*',
    'Records appended by producers.',
  ),
  kafka_server_brokertopicmetrics_bytesin_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec,topic=*',
    'Bytes of record batches appended by producers.',
  ),
  kafka_server_brokertopicmetrics_bytesout_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=BytesOutPerSec,topic=*',
    'Bytes of record batches sent to consumers.',
  ),
  kafka_server_brokertopicmetrics_bytesrejected_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=BytesRejectedPerSec,topic=*',
    'Bytes of record batches refused because they are too large.',
  ),
  kafka_server_brokertopicmetrics_totalproducerequests_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=TotalProduceRequestsPerSec,topic=*',
    'Appends to a partition that producers asked for.',
  ),
  kafka_server_brokertopicmetrics_failedproducerequests_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=FailedProduceRequestsPerSec,topic=*',
    'Appends refused for reasons that a producer does not expect: bad records, too few in-sync replicas, faults.',
  ),
  kafka_server_brokertopicmetrics_totalfetchrequests_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=TotalFetchRequestsPerSec,topic=*',
    'Reads of a partition that consumers and followers asked for.',
  ),
  kafka_server_brokertopicmetrics_failedfetchrequests_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=FailedFetchRequestsPerSec,topic=*',
    'Reads that failed for reasons that nobody expects: damage, faults.',
  ),
  kafka_server_brokertopicmetrics_producemessageconversions_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=ProduceMessageConversionsPerSec,topic=*',
    'Records that came in message format 0 or 1 and were converted.',
  ),
  kafka_server_brokertopicmetrics_fetchmessageconversions_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=FetchMessageConversionsPerSec,topic=*',
    'Records converted to message format 0 or 1 for old consumers.',
  ),
  kafka_server_brokertopicmetrics_replicationbytesin_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=ReplicationBytesInPerSec',
    'Bytes of record batches taken from leaders.',
  ),
  kafka_server_brokertopicmetrics_replicationbytesout_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=ReplicationBytesOutPerSec',
    'Bytes of record batches sent to followers.',
  ),
  kafka_server_brokertopicmetrics_reassignmentbytesin_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=ReassignmentBytesInPerSec',
    'Bytes taken from leaders by replicas that a reassignment adds here.',
  ),
  kafka_server_brokertopicmetrics_reassignmentbytesout_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=ReassignmentBytesOutPerSec',
    'Bytes sent to replicas that a reassignment adds.',
  ),
  kafka_server_brokertopicmetrics_nokeycompactedtopicrecords_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=NoKeyCompactedTopicRecordsPerSec',
    'Appends refused because a record of a compacted topic has no key.',
  ),
  kafka_server_brokertopicmetrics_invalidmagicnumberrecords_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=InvalidMagicNumberRecordsPerSec',
    'Appends refused because of their message format.',
  ),
  kafka_server_brokertopicmetrics_invalidmessagecrcrecords_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=InvalidMessageCrcRecordsPerSec',
    'Appends refused because they are damaged.',
  ),
  kafka_server_brokertopicmetrics_invalidoffsetorsequencerecords_total: bean.counter(
    'kafka.server:type=BrokerTopicMetrics,name=InvalidOffsetOrSequenceRecordsPerSec',
    'Appends refused because their sequence numbers or offsets do not follow.',
  ),
};

const REQUEST = 'kafka.network:type=RequestMetrics';

export const REQUEST_METRICS = {
  kafka_network_requestmetrics_requests_total: bean.counter(
    `${REQUEST},name=RequestsPerSec,request=*,version=*`,
    'Requests taken, by API and version.',
  ),
  kafka_network_requestmetrics_errors_total: bean.counter(
    `${REQUEST},name=ErrorsPerSec,request=*,error=*`,
    'Error codes answered, by API; NONE is one of them. An answer about several partitions counts for each.',
  ),
  kafka_network_requestmetrics_totaltimems: bean.summary(
    `${REQUEST},name=TotalTimeMs,request=*`,
    'From the arrival of a request until the operating system has its answer.',
  ),
  kafka_network_requestmetrics_requestqueuetimems: bean.summary(
    `${REQUEST},name=RequestQueueTimeMs,request=*`,
    'From the arrival of a request until it is handled: it waits for those before it.',
  ),
  kafka_network_requestmetrics_localtimems: bean.summary(
    `${REQUEST},name=LocalTimeMs,request=*`,
    'How long the handler works on a request before it waits for anything.',
  ),
  kafka_network_requestmetrics_remotetimems: bean.summary(
    `${REQUEST},name=RemoteTimeMs,request=*`,
    'How long a request waits for others: followers, new records, ZooKeeper, files.',
  ),
  kafka_network_requestmetrics_responsequeuetimems: bean.summary(
    `${REQUEST},name=ResponseQueueTimeMs,request=*`,
    'How long an answer waits for the answers to earlier requests of its connection.',
  ),
  kafka_network_requestmetrics_responsesendtimems: bean.summary(
    `${REQUEST},name=ResponseSendTimeMs,request=*`,
    'From the writing of an answer until the operating system has all of it.',
  ),
  kafka_network_requestmetrics_requestbytes: bean.summary(
    `${REQUEST},name=RequestBytes,request=*`,
    'Size of the requests.',
  ),
  kafka_network_requestchannel_requestqueuesize: bean.gauge(
    'kafka.network:type=RequestChannel,name=RequestQueueSize',
    'Requests that have arrived and are not handled yet.',
  ),
  kafka_network_socketserver_memorypoolused: bean.gauge(
    'kafka.network:type=SocketServer,name=MemoryPoolUsed',
    'Bytes of requests that are not handled yet.',
  ),
  kafka_network_socketserver_memorypoolavailable: bean.gauge(
    'kafka.network:type=SocketServer,name=MemoryPoolAvailable',
    'Bytes left of queued.max.request.bytes; infinite where that is not set.',
  ),
  kafka_network_socketserver_expiredconnectionskilledcount: bean.gauge(
    'kafka.network:type=SocketServer,name=ExpiredConnectionsKilledCount',
    'Connections closed because an authentication ran out; 0 while there is none.',
  ),
  kafka_network_socketserver_networkprocessoravgidlepercent: bean.gauge(
    'kafka.network:type=SocketServer,name=NetworkProcessorAvgIdlePercent',
    'Share of time, 0 to 1, in which the event loop had nothing to do, over about the last minute.',
  ),
  kafka_network_socketserver_networkprocessoravgidle_percent: plain.gauge(
    'The same under the name that the rules for percentages give it.',
  ),
  kafka_network_processor_idlepercent: bean.gauge(
    'kafka.network:type=Processor,name=IdlePercent,networkProcessor=*',
    'The same: one event loop does the work of all network threads.',
  ),
  kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent: plain.gauge(
    'The same: one event loop does the work of all request handlers.',
  ),
  kafka_server_socket_server_metrics_connection_count: plain.gauge(
    'Connections that are open.',
    'listener',
    'networkProcessor',
  ),
  kafka_server_socket_server_metrics_connection_creation_total: plain.counter(
    'Connections accepted.',
    'listener',
    'networkProcessor',
  ),
};

const PURGATORY = 'kafka.server:type=DelayedOperationPurgatory';

export const WAITING_METRICS = {
  kafka_server_delayedoperationpurgatory_purgatorysize: bean.gauge(
    `${PURGATORY},name=PurgatorySize,delayedOperation=*`,
    'Requests that wait for their condition or their time-out.',
  ),
  kafka_server_delayedoperationpurgatory_numdelayedoperations: bean.gauge(
    `${PURGATORY},name=NumDelayedOperations,delayedOperation=*`,
    'The same: what is done no longer waits to be purged.',
  ),
  kafka_server_delayedfetchmetrics_expires_total: bean.counter(
    'kafka.server:type=DelayedFetchMetrics,name=ExpiresPerSec,fetcherType=*',
    'Fetches answered because their time was over.',
  ),
  kafka_server_delayedproducemetrics_expires_total: bean.counter(
    'kafka.server:type=DelayedProduceMetrics,name=ExpiresPerSec',
    'Partitions of acks=all appends whose time was over before all in-sync replicas had them.',
  ),
  kafka_server_fetchsessioncache_numincrementalfetchsessions: bean.gauge(
    'kafka.server:type=FetchSessionCache,name=NumIncrementalFetchSessions',
    'Fetch sessions (KIP-227).',
  ),
  kafka_server_fetchsessioncache_numincrementalfetchpartitionscached: bean.gauge(
    'kafka.server:type=FetchSessionCache,name=NumIncrementalFetchPartitionsCached',
    'Partitions of all fetch sessions together.',
  ),
  kafka_server_fetchsessioncache_incrementalfetchsessionevictions_total: bean.counter(
    'kafka.server:type=FetchSessionCache,name=IncrementalFetchSessionEvictionsPerSec',
    'Fetch sessions that others pushed out.',
  ),
};

const GROUPS = 'kafka.coordinator.group:type=GroupMetadataManager';

export const GROUP_METRICS = {
  kafka_coordinator_group_groupmetadatamanager_numgroups: bean.gauge(
    `${GROUPS},name=NumGroups`,
    'Groups coordinated here.',
  ),
  kafka_coordinator_group_groupmetadatamanager_numgroupsempty: bean.gauge(
    `${GROUPS},name=NumGroupsEmpty`,
    'Groups without members.',
  ),
  kafka_coordinator_group_groupmetadatamanager_numgroupspreparingrebalance: bean.gauge(
    `${GROUPS},name=NumGroupsPreparingRebalance`,
    'Groups that wait for members to join.',
  ),
  kafka_coordinator_group_groupmetadatamanager_numgroupscompletingrebalance: bean.gauge(
    `${GROUPS},name=NumGroupsCompletingRebalance`,
    "Groups that wait for their leader's assignment.",
  ),
  kafka_coordinator_group_groupmetadatamanager_numgroupsstable: bean.gauge(
    `${GROUPS},name=NumGroupsStable`,
    'Groups whose members have their partitions.',
  ),
  kafka_coordinator_group_groupmetadatamanager_numgroupsdead: bean.gauge(
    `${GROUPS},name=NumGroupsDead`,
    'Groups on their way out.',
  ),
  kafka_coordinator_group_groupmetadatamanager_numoffsets: bean.gauge(
    `${GROUPS},name=NumOffsets`,
    'Committed offsets of all groups coordinated here.',
  ),
};

export const SERVER_METRICS = {
  kafka_server_kafkaserver_brokerstate: bean.gauge(
    'kafka.server:type=KafkaServer,name=BrokerState',
    '1 starting, 2 recovering its logs, 3 running, 6 handing its leaders over, 7 shutting down.',
  ),
  kafka_server_kafkaserver_linux_disk_read_bytes: bean.gauge(
    'kafka.server:type=KafkaServer,name=linux-disk-read-bytes',
    'Bytes that the process had read from storage; Linux only.',
  ),
  kafka_server_kafkaserver_linux_disk_write_bytes: bean.gauge(
    'kafka.server:type=KafkaServer,name=linux-disk-write-bytes',
    'Bytes that the process had written to storage; Linux only.',
  ),
  kafka_server_app_info: plain.gauge('Always 1; which version runs.', 'id', 'version'),
  kafka_server_app_info_starttimems: plain.gauge(
    'When the broker was started, in milliseconds since the epoch.',
    'id',
  ),
};

const EXPIRE = 'kafka.server:type=SessionExpireListener';

export const ZOOKEEPER_METRICS = {
  kafka_server_sessionexpirelistener_zookeeperdisconnects_total: bean.counter(
    `${EXPIRE},name=ZooKeeperDisconnectsPerSec`,
    'Connections to ZooKeeper that were lost.',
  ),
  kafka_server_sessionexpirelistener_zookeeperexpires_total: bean.counter(
    `${EXPIRE},name=ZooKeeperExpiresPerSec`,
    'ZooKeeper sessions that expired.',
  ),
  kafka_server_sessionexpirelistener_zookeepersyncconnects_total: bean.counter(
    `${EXPIRE},name=ZooKeeperSyncConnectsPerSec`,
    'Connections to ZooKeeper that were made.',
  ),
  kafka_server_sessionexpirelistener_zookeeperauthfailures_total: bean.counter(
    `${EXPIRE},name=ZooKeeperAuthFailuresPerSec`,
    'Refused authentications; always 0: the session does not authenticate.',
  ),
  kafka_server_sessionexpirelistener_zookeeperreadonlyconnects_total: bean.counter(
    `${EXPIRE},name=ZooKeeperReadOnlyConnectsPerSec`,
    'Connections to a read-only server; always 0: the session does not ask for them.',
  ),
  kafka_server_sessionexpirelistener_zookeepersaslauthentications_total: bean.counter(
    `${EXPIRE},name=ZooKeeperSaslAuthenticationsPerSec`,
    'SASL authentications; always 0: the session does not use SASL.',
  ),
  kafka_server_sessionexpirelistener_sessionstate: plain.gauge(
    '1 for the state that the ZooKeeper session is in: CONNECTED, CONNECTING or CLOSED.',
    'state',
  ),
  kafka_server_zookeeperclientmetrics_zookeeperrequestlatencyms: bean.summary(
    'kafka.server:type=ZooKeeperClientMetrics,name=ZooKeeperRequestLatencyMs',
    'From the sending of a request to ZooKeeper until its answer.',
  ),
};

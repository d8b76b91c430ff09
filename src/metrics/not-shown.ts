/**
 * What Kafka 3.9 shows and Odradek does not, with the reasons: by the names that the usual rules of the JMX exporter
 * give, where `*` stands for anything. A test compares
 * it with the beans of a real broker.
 */

export interface NotShown {
  readonly names: readonly string[];
  readonly reason: string;
}

export const NOT_SHOWN: readonly NotShown[] = [
  {
    names: ['kafka_server_quota_*', 'kafka_network_requestmetrics_throttletimems*'],
    reason: 'There are no quotas yet.',
  },
  {
    names: [
      'kafka_network_requestmetrics_messageconversionstimems*',
      'kafka_network_requestmetrics_temporarymemorybytes*',
    ],
    reason: 'Conversions are counted in records only.',
  },
  {
    names: ['kafka_server_replicaalterlogdirsmanager_*'],
    reason: 'Replicas do not move between log directories yet.',
  },
  {
    names: ['kafka_coordinator_transaction_*', 'kafka_server_addpartitionstotxnmanager_*'],
    reason: 'There is no transaction coordinator yet.',
  },
  {
    names: ['kafka_server_replicamanager_partitionswithlatetransactionscount'],
    reason: 'Late transactions are not looked for yet.',
  },
  {
    names: [
      'kafka_network_requestchannel_responsequeuesize',
      'kafka_network_acceptor_acceptorblockedpercent_count',
      'kafka_server_kafkarequesthandlerpool_requesthandleravgidlepercent_count',
    ],
    reason: 'One event loop does what there are several threads for; its idle share is shown.',
  },
  {
    names: ['kafka_network_socketserver_controlplane*'],
    reason: 'The control plane has no threads of its own.',
  },
  {
    names: [
      'kafka_controller_kafkacontroller_zkmigrationstate',
      'kafka_server_metadataloader_currentcontrollerid',
      'kafka_controller_controllerstats_updatefeaturesrateandtimems*',
    ],
    reason: 'There is no KRaft, no way there, and no features to finalize.',
  },
  {
    names: [
      'kafka_controller_controllerchannelmanager_requestrateandqueuetimems*',
      'kafka_controller_controllerstats_controllershutdownrateandtimems*',
    ],
    reason: 'Not measured; the sizes of the queues are shown.',
  },
  {
    names: ['kafka_server_fetcherstats_*'],
    reason:
      'The rules give it broken labels; replicationbytesin_total and FetchFollower say the same.',
  },
  {
    names: [
      'kafka_log_logcleaner_max_compaction_delay_secs',
      'kafka_utils_throttler_cleaner_io_count',
      'kafka_server_kafkaserver_yammer_metrics_count',
    ],
    reason: 'They tell of the insides of Kafka.',
  },
];

/** The reason why `name` is not shown; `undefined` if there is none. */
export function reasonFor(name: string): NotShown | undefined {
  return NOT_SHOWN.find(({ names }) => names.some((pattern) => isOf(pattern, name)));
}

function isOf(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

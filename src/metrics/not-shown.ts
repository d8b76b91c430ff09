/**
 * What Kafka 3.9 shows and Odradek does not, with the reasons: by the names that the usual rules of the JMX exporter
 * give, where `*` stands for anything.
 */

export interface NotShown {
  readonly names: readonly string[];
  readonly reason: string;
}

export const NOT_SHOWN: readonly NotShown[] = [
  {
    names: ['kafka_server_brokertopicmetrics_remote*', 'kafka_log_remote_*'],
    reason: 'There is no tiered storage.',
  },
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
    names: ['kafka_coordinator_transaction_*', 'kafka_server_transactionmarker*'],
    reason: 'There is no transaction coordinator yet.',
  },
];

/** What replication counts where it happens. */
import type { Counter, MetricsRegistry } from '../metrics/registry';

export interface ReplicationCounters {
  readonly isrShrinks: Counter;
  readonly isrExpands: Counter;
  readonly failedIsrUpdates: Counter;
  /** Bytes of batches taken from leaders. */
  readonly bytesIn: Counter;
  /** Those of them for replicas that a reassignment adds. */
  readonly reassignmentBytesIn: Counter;
}

export function replicationCounters(registry: MetricsRegistry): ReplicationCounters {
  return {
    isrShrinks: registry.counter('kafka_server_replicamanager_isrshrinks_total'),
    isrExpands: registry.counter('kafka_server_replicamanager_isrexpands_total'),
    failedIsrUpdates: registry.counter('kafka_server_replicamanager_failedisrupdates_total'),
    bytesIn: registry.counter('kafka_server_brokertopicmetrics_replicationbytesin_total'),
    reassignmentBytesIn: registry.counter(
      'kafka_server_brokertopicmetrics_reassignmentbytesin_total',
    ),
  };
}

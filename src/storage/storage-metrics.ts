/** What storage counts and shows (Kafka's beans `kafka.log:type=LogManager`, and a few of our own). */

import type { MetricsRegistry, Sample } from '../metrics/registry';
import type { BufferPool } from './cache/buffer-pool';
import type { StorageCounters } from './environment';
import type { LogDirectory } from './log-directory';
import type { OpenFiles } from './segment/open-files';

export function storageCounters(metrics: MetricsRegistry): StorageCounters {
  return {
    damagedBatches: metrics.counter(
      'odradek_storage_damaged_batches_total',
      'Batches found damaged on disk, and not served.',
    ),
  };
}

export interface ObservedStorage {
  readonly directories: readonly LogDirectory[];
  readonly openFiles: OpenFiles;
  readonly pool: BufferPool;
  readonly logCount: () => number;
}

export function observeStorage(metrics: MetricsRegistry, observed: ObservedStorage): void {
  const { directories, openFiles, pool, logCount } = observed;
  observeDirectories(metrics, directories);
  metrics.gauge('odradek_storage_logs', 'Logs in use.', logCount);
  metrics.gauge('odradek_storage_open_files', 'Segment and index files held open.', () => {
    return openFiles.openCount;
  });
  metrics.gauge(
    'odradek_storage_buffer_bytes',
    'Memory held for the tails of logs and for file reads.',
    () => pool.allocatedBytes + pool.lentBytes,
  );
}

function observeDirectories(metrics: MetricsRegistry, directories: readonly LogDirectory[]): void {
  metrics.gauge('kafka_log_logmanager_offlinelogdirectorycount', 'Failed log directories.', () => {
    return directories.filter(({ isOffline }) => isOffline).length;
  });
  const eachDirectory = (valueOf: (directory: LogDirectory) => number) => (): Sample[] =>
    directories.map((each) => ({ labels: [each.path], value: valueOf(each) }));
  metrics.observe(
    'gauge',
    {
      name: 'kafka_log_logmanager_logdirectoryoffline',
      help: '1 for a log directory that failed.',
      labelNames: ['logDirectory'],
    },
    eachDirectory(({ isOffline }) => Number(isOffline)),
  );
  metrics.observe(
    'gauge',
    {
      name: 'kafka_log_logmanager_remaininglogstorecover',
      help: 'Logs still to be loaded at the start (KIP-831).',
      labelNames: ['dir'],
    },
    eachDirectory(({ loading }) => loading.remainingLogs),
  );
  metrics.observe(
    'gauge',
    {
      name: 'kafka_log_logmanager_remainingsegmentstorecover',
      help: 'Segments still to be checked in the log that each worker recovers (KIP-831).',
      labelNames: ['dir', 'threadNum'],
    },
    () =>
      directories.flatMap(({ path, loading }) =>
        loading.remainingSegments.map((value, worker) => ({
          labels: [path, String(worker)],
          value,
        })),
      ),
  );
}

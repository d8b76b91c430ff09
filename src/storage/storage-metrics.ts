/** What storage counts and shows (Kafka's beans of `kafka.log`, and a few of our own). */

import type { MetricName } from '../metrics/catalogue';
import type { MetricsRegistry, Sample } from '../metrics/registry';
import type { Clock } from '../platform/ports';
import type { BufferPool } from './cache/buffer-pool';
import type { Cleaner } from './cleaner/cleaner';
import type { StorageCounters } from './environment';
import type { Log } from './log';
import type { LogDirectory } from './log-directory';
import type { OpenFiles } from './segment/open-files';

export function storageCounters(metrics: MetricsRegistry): StorageCounters {
  return {
    damagedBatches: metrics.counter('odradek_storage_damaged_batches_total'),
    flushTime: metrics.timer('kafka_log_logflushstats_logflushrateandtimems'),
  };
}

export interface ObservedStorage {
  readonly clock: Clock;
  readonly directories: readonly LogDirectory[];
  readonly openFiles: OpenFiles;
  readonly pool: BufferPool;
  readonly logs: ReadonlyMap<string, Log>;
  /** `undefined` until all logs are loaded. */
  readonly cleaner: () => Cleaner | undefined;
}

export function observeStorage(metrics: MetricsRegistry, observed: ObservedStorage): void {
  const { directories, openFiles, pool, logs } = observed;
  observeLogs(metrics, logs);
  observeDirectories(metrics, directories);
  observeCleaner(metrics, observed);
  metrics.gauge('odradek_storage_logs', () => logs.size);
  metrics.gauge('odradek_storage_open_files', () => openFiles.openCount);
  metrics.gauge('odradek_storage_buffer_bytes', () => pool.allocatedBytes + pool.lentBytes);
}

function observeLogs(metrics: MetricsRegistry, logs: ReadonlyMap<string, Log>): void {
  const ofLog = (name: MetricName, valueOf: (log: Log) => number): void => {
    metrics.observe(name, function* (): Iterable<Sample> {
      for (const log of logs.values()) {
        yield { labels: [log.topic, String(log.partition)], value: valueOf(log) };
      }
    });
  };
  ofLog('kafka_log_log_size', ({ sizeBytes }) => sizeBytes);
  ofLog('kafka_log_log_numlogsegments', ({ segments }) => segments.all.length);
  ofLog('kafka_log_log_logstartoffset', ({ logStartOffset }) => logStartOffset);
  ofLog('kafka_log_log_logendoffset', ({ logEndOffset }) => logEndOffset);
}

function observeDirectories(metrics: MetricsRegistry, directories: readonly LogDirectory[]): void {
  metrics.gauge('kafka_log_logmanager_offlinelogdirectorycount', () => {
    return directories.filter(({ isOffline }) => isOffline).length;
  });
  const eachDirectory = (valueOf: (directory: LogDirectory) => number) => (): Sample[] =>
    directories.map((each) => ({ labels: [each.path], value: valueOf(each) }));
  metrics.observe(
    'kafka_log_logmanager_logdirectoryoffline',
    eachDirectory(({ isOffline }) => Number(isOffline)),
  );
  metrics.observe(
    'kafka_log_logmanager_remaininglogstorecover',
    eachDirectory(({ loading }) => loading.remainingLogs),
  );
  metrics.observe('kafka_log_logmanager_remainingsegmentstorecover', () =>
    directories.flatMap(({ path, loading }) =>
      loading.remainingSegments.map((value, worker) => ({ labels: [path, String(worker)], value })),
    ),
  );
}

const PERCENT = 100;
const MS_PER_SECOND = 1000;

function observeCleaner(
  metrics: MetricsRegistry,
  { clock, cleaner, directories }: ObservedStorage,
): void {
  const last = () => cleaner()?.lastRun;
  metrics.gauge('kafka_log_logcleaner_max_buffer_utilization_percent', () => {
    return PERCENT * (last()?.mapUtilization ?? 0);
  });
  metrics.gauge('kafka_log_logcleaner_cleaner_recopy_percent', () => {
    const { bytesBefore = 0, bytesAfter = 0 } = last() ?? {};
    return bytesBefore > 0 ? (PERCENT * bytesAfter) / bytesBefore : 0;
  });
  metrics.gauge('kafka_log_logcleaner_max_clean_time_secs', () => {
    return (last()?.tookMs ?? 0) / MS_PER_SECOND;
  });
  metrics.gauge('kafka_log_logcleaner_deadthreadcount', () => 0);
  metrics.gauge('kafka_log_logcleanermanager_max_dirty_percent', () => {
    return PERCENT * (cleaner()?.largestDirtyRatio ?? 0);
  });
  metrics.gauge('kafka_log_logcleanermanager_time_since_last_run_ms', () => {
    const lookedMs = cleaner()?.lookedMs;
    return lookedMs === undefined ? 0 : clock.monotonicMs() - lookedMs;
  });
  const uncleanable = (valueOf: (logs: readonly Log[]) => number) => (): Sample[] =>
    directories.map(({ path, logs }) => {
      const damaged = [...logs.values()].filter((log) => cleaner()?.isUncleanable(log) ?? false);
      return { labels: [path], value: valueOf(damaged) };
    });
  metrics.observe(
    'kafka_log_logcleanermanager_uncleanable_partitions_count',
    uncleanable(({ length }) => length),
  );
  metrics.observe(
    'kafka_log_logcleanermanager_uncleanable_bytes',
    uncleanable((logs) => logs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)),
  );
}

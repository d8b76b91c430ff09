/** What the process uses that a broker runs in. */
import { RecentRatio } from '../metrics/recent-ratio';
import type { MetricsRegistry } from '../metrics/registry';
import type { LoopDelay, Platform, ProcessUsage } from '../platform/ports';

const MS_PER_SECOND = 1000;

type Observed = Pick<Platform, 'clock' | 'process'>;

/** Registers it; returns how to end the watch of the event loop. */
export function observeProcess(
  registry: MetricsRegistry,
  { clock, process }: Observed,
): () => void {
  observeUsage(registry, process);
  observeLoopTime(registry, { clock, process });
  return observeLoopDelay(registry, process);
}

function observeUsage(registry: MetricsRegistry, process: Observed['process']): void {
  const counter = (
    name:
      | 'process_cpu_seconds_total'
      | 'process_cpu_user_seconds_total'
      | 'process_cpu_system_seconds_total',
    read: (usage: ProcessUsage) => number,
  ): void => registry.gauge(name, () => read(process.usage()));
  counter('process_cpu_seconds_total', (usage) => usage.cpuUserSeconds + usage.cpuSystemSeconds);
  counter('process_cpu_user_seconds_total', ({ cpuUserSeconds }) => cpuUserSeconds);
  counter('process_cpu_system_seconds_total', ({ cpuSystemSeconds }) => cpuSystemSeconds);
  registry.gauge('process_resident_memory_bytes', () => process.usage().residentBytes);
  registry.gauge('process_start_time_seconds', () => process.usage().startedMs / MS_PER_SECOND);
  registry.gauge('process_open_fds', () => process.openFileDescriptors());
  registry.observe('nodejs_version_info', () => [
    { labels: [process.usage().nodeVersion], value: 1 },
  ]);
  registry.gauge('nodejs_heap_size_total_bytes', () => process.usage().heapTotalBytes);
  registry.gauge('nodejs_heap_size_used_bytes', () => process.usage().heapUsedBytes);
  registry.gauge('nodejs_external_memory_bytes', () => process.usage().externalBytes);
  registry.gauge(
    'kafka_server_kafkaserver_linux_disk_read_bytes',
    () => process.diskTraffic()?.readBytes,
  );
  registry.gauge(
    'kafka_server_kafkaserver_linux_disk_write_bytes',
    () => process.diskTraffic()?.writtenBytes,
  );
}

/** One event loop does what Kafka's network threads and request handlers do: its idle share is theirs. */
function observeLoopTime(registry: MetricsRegistry, { clock, process }: Observed): void {
  const { idleMs, activeMs } = process.loopTime();
  const recent = new RecentRatio(idleMs, idleMs + activeMs, clock.monotonicMs());
  const idleShare = (): number => {
    const now = process.loopTime();
    return recent.read(now.idleMs, now.idleMs + now.activeMs, clock.monotonicMs()) ?? 1;
  };
  registry.gauge('kafka_network_socketserver_networkprocessoravgidlepercent', idleShare);
  registry.gauge('kafka_network_socketserver_networkprocessoravgidle_percent', idleShare);
  registry.observe('kafka_network_processor_idlepercent', () => [
    { labels: ['0'], value: idleShare() },
  ]);
  registry.gauge('kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent', idleShare);
  registry.gauge('nodejs_eventloop_utilization', () => 1 - idleShare());
}

/** All of them are of the time since the metrics were read last, so the first of them asks for all. */
function observeLoopDelay(registry: MetricsRegistry, process: Observed['process']): () => void {
  const watch = process.watchLoopDelay();
  let delay: LoopDelay = watch.read();
  registry.gauge('nodejs_eventloop_lag_p50_seconds', () => {
    delay = watch.read();
    return delay.p50Seconds;
  });
  registry.gauge('nodejs_eventloop_lag_p90_seconds', () => delay.p90Seconds);
  registry.gauge('nodejs_eventloop_lag_p99_seconds', () => delay.p99Seconds);
  registry.gauge('nodejs_eventloop_lag_max_seconds', () => delay.maxSeconds);
  return () => watch.stop();
}

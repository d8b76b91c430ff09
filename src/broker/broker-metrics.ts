/**
 * The metrics of a broker as a whole: what its clients send and take, what waits, and what the process uses.
 * Parts below register their own; `metrics-endpoint.ts` shows them all.
 */
import type { Counter, MetricsRegistry } from '../metrics/registry';
import type { ProcessMonitor } from '../platform/ports';
import { RequestCounts } from './request-counts';

/** Traffic in records and bytes, over all topics (`kafka.server:type=BrokerTopicMetrics`). */
export interface Traffic {
  readonly messagesIn: Counter;
  readonly bytesIn: Counter;
  /** To consumers. */
  readonly bytesOut: Counter;
  /** To followers. */
  readonly replicationBytesOut: Counter;
}

export class BrokerMetrics {
  readonly traffic: Traffic;
  readonly requests: RequestCounts;

  constructor(readonly registry: MetricsRegistry) {
    const topics = (name: string, help: string): Counter =>
      registry.counter(`kafka_server_brokertopicmetrics_${name}_total`, help);
    this.traffic = {
      messagesIn: topics('messagesin', 'Records appended by producers.'),
      bytesIn: topics('bytesin', 'Bytes of record batches appended by producers.'),
      bytesOut: topics('bytesout', 'Bytes of record batches sent to consumers.'),
      replicationBytesOut: topics('replicationbytesout', 'Bytes of batches sent to followers.'),
    };
    this.requests = new RequestCounts(registry);
  }

  observePurgatories(sizes: Readonly<Record<string, () => number>>): void {
    const description = {
      name: 'kafka_server_delayedoperationpurgatory_purgatorysize',
      help: 'Requests that wait for their condition or their time-out.',
      labelNames: ['delayedOperation'],
    };
    this.registry.observe('gauge', description, () =>
      Object.entries(sizes).map(([operation, size]) => ({ labels: [operation], value: size() })),
    );
  }
}

/** Registers what the process uses; returns how to end the watch of its event loop. */
export function observeProcess(registry: MetricsRegistry, process: ProcessMonitor): () => void {
  const cpu = { name: 'process_cpu_seconds_total', help: 'CPU time, user and system together.' };
  registry.observe('counter', cpu, () => {
    const { cpuUserSeconds, cpuSystemSeconds } = process.usage();
    return [{ labels: [], value: cpuUserSeconds + cpuSystemSeconds }];
  });
  registry.gauge('process_resident_memory_bytes', 'Resident memory of the process.', () => {
    return process.usage().residentBytes;
  });
  registry.gauge('odradek_heap_used_bytes', 'JavaScript objects on the heap.', () => {
    return process.usage().heapUsedBytes;
  });
  registry.gauge('odradek_external_memory_bytes', 'Buffers outside of the heap.', () => {
    return process.usage().externalBytes;
  });
  const watch = process.watchLoopDelay();
  const delay = {
    name: 'odradek_event_loop_delay_seconds',
    help: 'How late the event loop was since it was last asked; quantile 1 is the longest delay.',
    labelNames: ['quantile'],
  };
  registry.observe('gauge', delay, () => {
    const { p50Seconds, p99Seconds, maxSeconds } = watch.read();
    return [
      { labels: ['0.5'], value: p50Seconds },
      { labels: ['0.99'], value: p99Seconds },
      { labels: ['1'], value: maxSeconds },
    ];
  });
  return () => watch.stop();
}

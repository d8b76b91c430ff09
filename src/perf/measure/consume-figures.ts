/** What consuming came to, of one client or of several together. */
import type { ConsumeResult } from './consume-load';

const BYTES_PER_MB = 2 ** 20;

/** Rates over the whole time, and over the time of fetching alone, as `kafka-consumer-perf-test` gives them. */
export interface ConsumeFigures {
  /** Wall-clock milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  readonly records: number;
  readonly mb: number;
  readonly recordsPerSecond: number;
  readonly mbPerSecond: number;
  /** From the start until leaders and offsets were known; Kafka's tool joins a group in that time. */
  readonly setupMs: number;
  readonly fetchMs: number;
  readonly fetchRecordsPerSecond: number;
  readonly fetchMbPerSecond: number;
}

export function consumeFigures(results: readonly ConsumeResult[]): ConsumeFigures {
  const startMs = Math.min(...results.map((result) => result.startMs));
  const fetchStartMs = Math.min(...results.map((result) => result.fetchStartMs));
  const endMs = Math.max(...results.map((result) => result.endMs));
  const records = results.reduce((sum, result) => sum + result.records, 0);
  const mb = results.reduce((sum, result) => sum + result.bytes, 0) / BYTES_PER_MB;
  const perSecond = endMs > startMs ? 1000 / (endMs - startMs) : 0;
  const perFetchSecond = endMs > fetchStartMs ? 1000 / (endMs - fetchStartMs) : 0;
  return {
    ...{ startMs, endMs, records, mb },
    recordsPerSecond: records * perSecond,
    mbPerSecond: mb * perSecond,
    setupMs: fetchStartMs - startMs,
    fetchMs: endMs - fetchStartMs,
    fetchRecordsPerSecond: records * perFetchSecond,
    fetchMbPerSecond: mb * perFetchSecond,
  };
}

/** What producing came to, of one client or of several together. */
import { LatencyHistogram } from './histogram';
import type { HistogramData } from './histogram';

const BYTES_PER_MB = 2 ** 20;

/** Records of one client, from the first that was sent to the last that was acknowledged; wall-clock milliseconds. */
export interface ProducePart {
  readonly startMs: number;
  readonly endMs: number;
  readonly bytes: number;
  readonly latency: HistogramData;
}

export interface ProduceResult {
  readonly total: ProducePart;
  /** Without the warm-up. */
  readonly measured: ProducePart;
}

export interface ProduceFigures {
  readonly records: number;
  readonly recordsPerSecond: number;
  /** MB are 2^20 bytes of values. */
  readonly mbPerSecond: number;
  readonly averageMs: number;
  readonly maxMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly elapsedMs: number;
}

/** Figures of clients that ran side by side: from the first start to the last end. */
export function produceFigures(parts: readonly ProducePart[]): ProduceFigures {
  const latency = new LatencyHistogram();
  let bytes = 0;
  for (const part of parts) {
    latency.add(part.latency);
    bytes += part.bytes;
  }
  const used = parts.filter((part) => part.latency.count > 0);
  const elapsedMs =
    used.length === 0
      ? 0
      : Math.max(...used.map(({ endMs }) => endMs)) -
        Math.min(...used.map(({ startMs }) => startMs));
  const perSecond = elapsedMs > 0 ? 1000 / elapsedMs : 0;
  return {
    records: latency.count,
    recordsPerSecond: latency.count * perSecond,
    mbPerSecond: (bytes / BYTES_PER_MB) * perSecond,
    averageMs: latency.averageMs,
    maxMs: latency.maxMs,
    p50Ms: latency.percentileMs(0.5),
    p95Ms: latency.percentileMs(0.95),
    p99Ms: latency.percentileMs(0.99),
    p999Ms: latency.percentileMs(0.999),
    elapsedMs,
  };
}

/** Figures in the words of Kafka's perf tools, so that whatever reads their output reads this. */
import type { ConsumeFigures } from './consume-figures';
import type { LatencyHistogram } from './histogram';
import type { ProduceFigures } from './produce-figures';
import type { Progress } from './progress';

const BYTES_PER_MB = 2 ** 20;

/** A line of `kafka-producer-perf-test` about the last `elapsedMs`. */
export function produceWindowLine(window: Progress, elapsedMs: number): string {
  const { records, bytes, latencyTotalMs, latencyMaxMs } = window;
  const perSecond = 1000 / elapsedMs;
  const averageMs = records === 0 ? 0 : latencyTotalMs / records;
  return (
    `${String(records)} records sent, ${(records * perSecond).toFixed(1)} records/sec ` +
    `(${((bytes / BYTES_PER_MB) * perSecond).toFixed(2)} MB/sec), ` +
    `${averageMs.toFixed(1)} ms avg latency, ${latencyMaxMs.toFixed(1)} ms max latency.`
  );
}

/** The last line of `kafka-producer-perf-test`. `kind` is what it calls records after the warm-up. */
export function produceTotalLine(figures: ProduceFigures, kind: '' | ' steady state' = ''): string {
  const whole = (ms: number): string => ms.toFixed(0);
  return (
    `${String(figures.records)}${kind} records sent, ${figures.recordsPerSecond.toFixed(6)} records/sec ` +
    `(${figures.mbPerSecond.toFixed(2)} MB/sec), ${figures.averageMs.toFixed(2)} ms avg latency, ` +
    `${figures.maxMs.toFixed(2)} ms max latency, ${whole(figures.p50Ms)} ms 50th, ` +
    `${whole(figures.p95Ms)} ms 95th, ${whole(figures.p99Ms)} ms 99th, ${whole(figures.p999Ms)} ms 99.9th.`
  );
}

/** The header of `kafka-consumer-perf-test`. */
export const CONSUME_HEADER =
  'start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, ' +
  'rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec';

/** The header of `kafka-consumer-perf-test --show-detailed-stats`. */
export const CONSUME_DETAIL_HEADER = CONSUME_HEADER.replace(
  'start.time, end.time',
  'time, threadId',
);

/** Writes a wall-clock time. */
export type TimeText = (ms: number) => string;

export function consumeTotalLine(figures: ConsumeFigures, timeText: TimeText): string {
  return [
    timeText(figures.startMs),
    timeText(figures.endMs),
    figures.mb.toFixed(4),
    figures.mbPerSecond.toFixed(4),
    String(figures.records),
    figures.recordsPerSecond.toFixed(4),
    figures.setupMs.toFixed(0),
    figures.fetchMs.toFixed(0),
    figures.fetchMbPerSecond.toFixed(4),
    figures.fetchRecordsPerSecond.toFixed(4),
  ].join(', ');
}

/** A line of `--show-detailed-stats`: all until `time`, and the rates of the last `elapsedMs`. */
export function consumeWindowLine(
  time: string,
  total: Progress,
  window: Progress,
  elapsedMs: number,
): string {
  const mbPerSecond = ((window.bytes / BYTES_PER_MB) * (1000 / elapsedMs)).toFixed(4);
  const recordsPerSecond = (window.records * (1000 / elapsedMs)).toFixed(4);
  const totalMb = (total.bytes / BYTES_PER_MB).toFixed(4);
  const before = [time, '0', totalMb, mbPerSecond, String(total.records)];
  const fetching = ['0', elapsedMs.toFixed(0), mbPerSecond, recordsPerSecond];
  return [...before, recordsPerSecond, ...fetching].join(', ');
}

/** The last lines of `kafka-e2e-latency`, whose percentiles are whole milliseconds; before them the same more finely. */
export function latencyLines(latency: LatencyHistogram): string[] {
  const fine = (share: number): string => latency.percentileMs(share).toFixed(3);
  const whole = (share: number): string => String(Math.floor(latency.percentileMs(share)));
  return [
    `Latency in ms: 50th = ${fine(0.5)}, 95th = ${fine(0.95)}, 99th = ${fine(0.99)}, ` +
      `99.9th = ${fine(0.999)}, max = ${latency.maxMs.toFixed(3)}`,
    `Avg latency: ${latency.averageMs.toFixed(4)} ms`,
    `Percentiles: 50th = ${whole(0.5)}, 99th = ${whole(0.99)}, 99.9th = ${whole(0.999)}`,
  ];
}

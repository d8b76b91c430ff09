/** `odradek perf latency`. */
import type { GivenSettings } from '../../perf/client/settings';
import { LatencyHistogram } from '../../perf/measure/histogram';
import { startLatency } from '../../perf/measure/latency-load';
import { latencyLines } from '../../perf/measure/wording';
import { nodePlatform } from '../../platform/node';
import type { ClientOptions } from '../arguments';
import { OperatorError } from '../failure';
import { print, printValue } from '../output';
import { interruptible } from './interruptible';
import { payloadOf } from './payload';
import type { PayloadOptions } from './payload';
import { prepareTopic } from './topic';

export interface LatencyOptions extends ClientOptions, PayloadOptions {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly numRecords: number;
  readonly warmupRecords: number;
  readonly set?: GivenSettings;
}

/** As Kafka's tool, one line for so many records. */
const RECORDS_PER_LINE = 1_000;

function figuresOf(latency: LatencyHistogram): Readonly<Record<string, number>> {
  return {
    records: latency.count,
    averageMs: latency.averageMs,
    maxMs: latency.maxMs,
    p50Ms: latency.percentileMs(0.5),
    p95Ms: latency.percentileMs(0.95),
    p99Ms: latency.percentileMs(0.99),
    p999Ms: latency.percentileMs(0.999),
  };
}

export async function run(options: LatencyOptions): Promise<void> {
  const { topic, warmupRecords, numRecords: records, output } = options;
  if (warmupRecords >= records)
    throw new OperatorError('--warmup-records must be less than --num-records');
  const { bootstrapServer: bootstrap, set: settings = {} } = options;
  const payload = payloadOf(options);
  let stop = (): void => process.exit();
  await interruptible(
    () => stop(),
    async () => {
      await prepareTopic(options, options);
      const load = startLatency(
        nodePlatform(),
        { bootstrap, topic, records, warmupRecords, payload, settings },
        (place, ms) => {
          if (output === 'table' && place % RECORDS_PER_LINE === 0)
            print(`${String(place)}\t${String(ms)}`);
        },
      );
      stop = () => load.stop();
      const latency = new LatencyHistogram();
      latency.add(await load.result);
      printValue({ topic, ...figuresOf(latency) }, options, () => latencyLines(latency).join('\n'));
    },
  );
}

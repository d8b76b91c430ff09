/** `odradek perf produce`. */
import type { GivenSettings } from '../../perf/client/settings';
import { produceFigures } from '../../perf/measure/produce-figures';
import type { ProduceResult } from '../../perf/measure/produce-figures';
import type { ProduceJob } from '../../perf/measure/produce-load';
import { produceTotalLine, produceWindowLine } from '../../perf/measure/wording';
import type { ClientOptions } from '../arguments';
import { OperatorError } from '../failure';
import { print, printValue } from '../output';
import { shares } from './arguments';
import { startClients } from './client-process';
import { interruptible } from './interruptible';
import { payloadOf } from './payload';
import type { PayloadOptions } from './payload';
import { prepareTopic } from './topic';
import { Windows } from './window';

export interface ProduceOptions extends ClientOptions, PayloadOptions {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly numRecords: number;
  readonly warmupRecords: number;
  readonly throughput: number;
  readonly threads: number;
  readonly set?: GivenSettings;
}

function jobsOf(options: ProduceOptions): ProduceJob[] {
  const { threads, throughput, warmupRecords, numRecords } = options;
  if (warmupRecords >= numRecords)
    throw new OperatorError('--warmup-records must be less than --num-records');
  if (threads > numRecords)
    throw new OperatorError('--threads must not be more than --num-records');
  const warmups = shares(warmupRecords, threads);
  const payload = payloadOf(options);
  return shares(numRecords, threads).map((records, index) => ({
    bootstrap: options.bootstrapServer,
    topic: options.topic,
    records,
    warmupRecords: warmups[index] ?? 0,
    throughput: throughput === -1 ? undefined : throughput / threads,
    payload,
    settings: options.set ?? {},
  }));
}

function report(results: readonly ProduceResult[], options: ProduceOptions): void {
  const measured = produceFigures(results.map((result) => result.measured));
  const { topic, threads, warmupRecords } = options;
  printValue({ topic, threads, ...measured }, options, () => {
    const total = produceTotalLine(produceFigures(results.map((result) => result.total)));
    return warmupRecords === 0 ? total : `${total}\n${produceTotalLine(measured, ' steady state')}`;
  });
}

export async function run(options: ProduceOptions): Promise<void> {
  const jobs = jobsOf(options);
  let stop = (): void => process.exit();
  await interruptible(
    () => stop(),
    async () => {
      await prepareTopic(options, options);
      const windows = new Windows((window, elapsedMs) => {
        if (options.output === 'table') print(produceWindowLine(window, elapsedMs));
      });
      try {
        const load = startClients('produce', jobs, (progress) => windows.add(progress));
        stop = () => load.stop();
        report(await load.result, options);
      } finally {
        windows.stop();
      }
    },
  );
}

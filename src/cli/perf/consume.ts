/** `odradek perf consume`. */
import type { GivenSettings } from '../../perf/client/settings';
import { consumeFigures } from '../../perf/measure/consume-figures';
import type { ConsumeJob, ConsumeResult } from '../../perf/measure/consume-load';
import { addProgress, noProgress } from '../../perf/measure/progress';
import {
  CONSUME_DETAIL_HEADER,
  CONSUME_HEADER,
  consumeTotalLine,
  consumeWindowLine,
} from '../../perf/measure/wording';
import type { ClientOptions } from '../arguments';
import { OperatorError } from '../failure';
import { print, printValue } from '../output';
import { shares } from './arguments';
import { startClients } from './client-process';
import { interruptible } from './interruptible';
import { Windows } from './window';

export interface ConsumeOptions extends ClientOptions {
  readonly topic: string;
  readonly numRecords: number;
  readonly warmupRecords: number;
  readonly threads: number;
  readonly fromLatest: boolean;
  readonly timeout: number;
  readonly showDetailedStats: boolean;
  readonly hideHeader: boolean;
  readonly set?: GivenSettings;
}

function jobsOf(options: ConsumeOptions): ConsumeJob[] {
  const { threads, warmupRecords, numRecords } = options;
  if (warmupRecords >= numRecords)
    throw new OperatorError('--warmup-records must be less than --num-records');
  return shares(warmupRecords, threads).map((warmup, first) => ({
    bootstrap: options.bootstrapServer,
    topic: options.topic,
    share: { first, step: threads },
    // Partitions may hold unequal shares: all clients together end the run.
    records: numRecords,
    warmupRecords: warmup,
    timeoutMs: options.timeout,
    fromLatest: options.fromLatest,
    settings: options.set ?? {},
  }));
}

/** As `2026-01-31 23:59:59:999`, in UTC. */
function timeText(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('.', ':').slice(0, -1);
}

function report(results: readonly ConsumeResult[], options: ConsumeOptions): void {
  const figures = consumeFigures(results);
  const isShort = figures.records + options.warmupRecords < options.numRecords;
  if (isShort && results.some(({ hasTimedOut }) => hasTimedOut))
    process.stderr.write(
      `WARNING: Exiting before consuming the expected number of messages: timeout (${String(options.timeout)} ms) exceeded. ` +
        'You can use the --timeout option to increase the timeout.\n',
    );
  const { topic, threads, showDetailedStats } = options;
  printValue({ topic, threads, ...figures }, options, () =>
    showDetailedStats ? '' : consumeTotalLine(figures, timeText),
  );
}

export async function run(options: ConsumeOptions): Promise<void> {
  const jobs = jobsOf(options);
  const total = noProgress();
  const isForPeople = options.output === 'table';
  const isDetailed = options.showDetailedStats && isForPeople;
  if (!options.hideHeader && isForPeople)
    print(isDetailed ? CONSUME_DETAIL_HEADER : CONSUME_HEADER);
  const windows = new Windows((window, elapsedMs) => {
    if (isDetailed) print(consumeWindowLine(timeText(Date.now()), total, window, elapsedMs));
  });
  try {
    const load = startClients('consume', jobs, (progress) => {
      windows.add(progress);
      addProgress(total, progress);
      if (total.records >= options.numRecords) load.stop();
    });
    await interruptible(
      () => load.stop(),
      async () => report(await load.result, options),
    );
  } finally {
    windows.stop();
  }
}

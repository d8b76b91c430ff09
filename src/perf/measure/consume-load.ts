/** Reads a number of records as fast as the brokers give them. */
import { deferred } from '../../base/deferred';
import type { Platform } from '../../platform/ports';
import { ClusterView } from '../client/cluster-view';
import { Consumer } from '../client/consumer';
import { countRecords } from '../client/fetched-records';
import { parseConsumerSettings } from '../client/settings';
import type { GivenSettings } from '../client/settings';
import { untilLed } from '../client/topics';
import { PerfError } from '../perf-error';
import { StartLine } from './load';
import type { RunningLoad } from './load';
import { ProgressReporter } from './progress';
import type { Progress } from './progress';

export interface ConsumeJob {
  /** As `host:port,…`. */
  readonly bootstrap: string;
  readonly topic: string;
  /** This client reads partitions number `first`, `first + step`, … */
  readonly share: { readonly first: number; readonly step: number };
  /** Ends once so many were read; the last fetch may bring more. */
  readonly records: number;
  /** The first ones, which are in no figure. */
  readonly warmupRecords: number;
  /** Ends when nothing came for so long. */
  readonly timeoutMs: number;
  /** Reads what comes from now on instead of what is there. */
  readonly fromLatest: boolean;
  readonly settings: GivenSettings;
}

/** Wall-clock milliseconds. */
export interface ConsumeResult {
  readonly startMs: number;
  /** Leaders and offsets were known: the first fetch left. With a warm-up, that was over. */
  readonly fetchStartMs: number;
  /** The last records came. */
  readonly endMs: number;
  readonly records: number;
  readonly bytes: number;
  readonly hasTimedOut: boolean;
}

class ConsumeLoad {
  readonly startLine = new StartLine();
  readonly #done = deferred();
  #records = 0;
  #bytes = 0;
  /** Of those, how many were warm-up. */
  #warmupRecords = 0;
  #warmupBytes = 0;
  #fetchStartMs = 0;
  #lastMs = 0;
  #hasTimedOut = false;

  constructor(
    private readonly platform: Platform,
    private readonly job: ConsumeJob,
    private readonly progress: ProgressReporter,
  ) {}

  async run(view: ClusterView): Promise<ConsumeResult> {
    const { clock } = this.platform;
    const { topic, share, fromLatest } = this.job;
    const startMs = clock.nowMs();
    const settings = parseConsumerSettings(this.job.settings);
    if ((await view.topic(topic)) === undefined) throw new PerfError(`there is no topic ${topic}`);
    const places = await untilLed(this.platform, view, topic);
    const consumer = new Consumer({
      ...{ platform: this.platform, view, topic, settings },
      partitions: places
        .filter((_, at) => at % share.step === share.first)
        .map(({ index }) => index),
      from: fromLatest ? 'latest' : 'earliest',
      onFetched: (fetched, offset) => this.#take(fetched, offset, settings.checksCrcs),
    });
    await consumer.prepare();
    await this.startLine.reach();
    this.#fetchStartMs = this.#lastMs = clock.nowMs();
    const cancel = this.#watchForSilence();
    try {
      await Promise.race([this.#done.promise, consumer.run()]);
    } finally {
      cancel();
      consumer.stop();
    }
    return {
      startMs,
      fetchStartMs: this.#fetchStartMs,
      endMs: this.#lastMs,
      records: this.#records - this.#warmupRecords,
      bytes: this.#bytes - this.#warmupBytes,
      hasTimedOut: this.#hasTimedOut,
    };
  }

  stop(): void {
    this.startLine.go();
    this.#done.resolve();
  }

  #take(fetched: Buffer, offset: number, checksCrcs: boolean): void {
    const { records, bytes } = countRecords(fetched, offset, checksCrcs);
    if (records === 0) return;
    this.#records += records;
    this.#bytes += bytes;
    this.#lastMs = this.platform.clock.nowMs();
    this.progress.add(records, bytes);
    if (this.#warmupRecords === 0 && this.job.warmupRecords > 0) this.#endWarmup();
    if (this.#records >= this.job.records) this.#done.resolve();
  }

  #endWarmup(): void {
    if (this.#records < this.job.warmupRecords) return;
    this.#warmupRecords = this.#records;
    this.#warmupBytes = this.#bytes;
    this.#fetchStartMs = this.#lastMs;
  }

  #watchForSilence(): () => void {
    const { clock } = this.platform;
    let cancel = (): void => undefined;
    const arm = (): void => {
      const leftMs = this.#lastMs + this.job.timeoutMs - clock.nowMs();
      if (leftMs <= 0) {
        this.#hasTimedOut = true;
        this.#done.resolve();
      } else cancel = clock.callAfter(leftMs, arm);
    };
    arm();
    return () => cancel();
  }
}

/** Rejects with a `PerfError` or `NetworkError`. */
export function startConsume(
  platform: Platform,
  job: ConsumeJob,
  onProgress: (progress: Progress) => void,
): RunningLoad<ConsumeResult> {
  const progress = new ProgressReporter(platform.clock, onProgress);
  const load = new ConsumeLoad(platform, job, progress);
  const { clientId, requestTimeoutMs } = parseConsumerSettings(job.settings);
  const view = new ClusterView(platform, { bootstrap: job.bootstrap, clientId, requestTimeoutMs });
  const result = load.run(view).finally(() => {
    progress.stop();
    view.close();
  });
  const { startLine } = load;
  return {
    ready: startLine.ready,
    go: () => startLine.go(),
    stop: () => load.stop(),
    result,
  };
}

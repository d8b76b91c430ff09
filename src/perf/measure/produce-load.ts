/** Produces a number of records as fast as the brokers take them, or at a given rate, and measures each one's latency. */
import { deferred } from '../../base/deferred';
import type { Cancel, Platform } from '../../platform/ports';
import { ClusterView } from '../client/cluster-view';
import type { Moment, OutgoingBatch } from '../client/outgoing-batch';
import { Producer } from '../client/producer';
import { takeIdentity } from '../client/producer-identity';
import { parseProducerSettings } from '../client/settings';
import type { GivenSettings } from '../client/settings';
import { untilLed } from '../client/topics';
import { LatencyHistogram } from './histogram';
import { StartLine } from './load';
import type { RunningLoad } from './load';
import { payloads } from './payloads';
import type { PayloadSource } from './payloads';
import { ProgressReporter } from './progress';
import type { Progress } from './progress';
import type { ProducePart, ProduceResult } from './produce-figures';
import { Schedule } from './schedule';

export interface ProduceJob {
  /** As `host:port,…`. */
  readonly bootstrap: string;
  /** Must exist. */
  readonly topic: string;
  readonly records: number;
  /** Of those records, the first ones, which are in no figure. */
  readonly warmupRecords: number;
  /** Records a second at most; without it as many as possible. */
  readonly throughput: number | undefined;
  readonly payload: PayloadSource;
  readonly settings: GivenSettings;
}

/** Records made between two looks at the clock: some microseconds' worth. */
const RECORDS_PER_LOOK = 32;
/** Bytes made before the event loop gets its turn, so that answers are read in time. */
const BYTES_PER_TURN = 256 * 1024;
/** How long a stop waits for what is on its way. */
const STOP_TIMEOUT_MS = 5_000;

/** Collects one part of the result. */
class Part {
  startMs = 0;
  endMs = 0;
  bytes = 0;
  readonly latency = new LatencyHistogram();

  get result(): ProducePart {
    const { startMs, endMs, bytes, latency } = this;
    return { startMs, endMs, bytes, latency: latency.data };
  }
}

class ProduceLoad {
  readonly startLine = new StartLine();
  readonly #done = deferred();
  readonly #total = new Part();
  readonly #measured = new Part();
  readonly #values: readonly Buffer[];
  readonly #recordsPerTurn: number;
  #schedule = new Schedule(0, undefined);
  #records: number;
  #made = 0;
  /** The memory is full: records are made again when some are acknowledged. */
  #isFull = false;
  #isFillScheduled = false;
  #cancelWait: Cancel = () => undefined;
  /** Wall clock minus monotonic clock. */
  #wallOffsetMs = 0;

  constructor(
    private readonly platform: Platform,
    private readonly job: ProduceJob,
    private readonly progress: ProgressReporter,
  ) {
    this.#values = payloads(job.payload, platform);
    this.#recordsPerTurn = Math.ceil(BYTES_PER_TURN / (this.#values[0]?.length ?? 1));
    this.#records = job.records;
  }

  async run(view: ClusterView): Promise<ProduceResult> {
    const { topic } = this.job;
    const settings = parseProducerSettings(this.job.settings);
    const partitions = await untilLed(this.platform, view, topic);
    const identity = await takeIdentity(this.platform, view, settings);
    const producer = new Producer({
      ...{ platform: this.platform, view, topic, partitions, settings, identity },
      events: {
        onAcknowledged: (batch) => this.#acknowledged(producer, batch),
        onFailure: (error) => this.#done.reject(error),
      },
    });
    await this.startLine.reach();
    const { clock } = this.platform;
    this.#wallOffsetMs = clock.nowMs() - clock.monotonicMs();
    this.#schedule = new Schedule(clock.monotonicMs(), this.job.throughput);
    if (this.#records === 0) this.#done.resolve();
    this.#fill(producer);
    try {
      await this.#done.promise;
    } finally {
      this.#cancelWait();
      producer.close();
    }
    return { total: this.#total.result, measured: this.#measured.result };
  }

  /** No more records are made; those on their way are waited for, but not for ever. */
  stop(): void {
    this.#records = this.#made;
    this.startLine.go();
    this.platform.clock.callAfter(STOP_TIMEOUT_MS, () => this.#done.resolve());
    if (this.#total.latency.count === this.#made) this.#done.resolve();
  }

  /** Makes what is due and fits, a turn of the event loop at a time. */
  #fill(producer: Producer): void {
    const { clock } = this.platform;
    this.#cancelWait();
    this.#isFull = false;
    let turn = this.#recordsPerTurn;
    let nowMs = clock.monotonicMs();
    while (!this.#isFull && turn > 0) {
      const due = Math.min(this.#schedule.dueBy(nowMs), this.#records) - this.#made;
      if (due <= 0) break;
      this.#makeSome(producer, nowMs, Math.min(due, RECORDS_PER_LOOK));
      turn -= RECORDS_PER_LOOK;
      nowMs = clock.monotonicMs();
    }
    producer.drain();
    if (this.#isFull || this.#made >= this.#records) return;
    if (turn <= 0) this.#fillSoon(producer);
    else {
      const waitMs = this.#schedule.timeOf(this.#made, nowMs) - nowMs;
      this.#cancelWait = clock.callAfter(Math.max(1, waitMs), () => this.#fill(producer));
    }
  }

  /** Makes records that are due now, until the memory is full. */
  #makeSome(producer: Producer, nowMs: number, count: number): void {
    let moment: Moment | undefined;
    for (let i = 0; i < count; i++) {
      const sendMs = this.#schedule.timeOf(this.#made, nowMs);
      const isMeasured = this.#made >= this.job.warmupRecords;
      if (moment?.sendMs !== sendMs || moment.isMeasured !== isMeasured)
        moment = { sendMs, timestampMs: Math.floor(sendMs + this.#wallOffsetMs), isMeasured };
      const value = this.#values[this.#made % this.#values.length] as Buffer;
      this.#isFull = !producer.append(value, moment);
      if (this.#isFull) return;
      if (this.#made === 0) this.#total.startMs = sendMs + this.#wallOffsetMs;
      if (this.#made === this.job.warmupRecords)
        this.#measured.startMs = sendMs + this.#wallOffsetMs;
      this.#made += 1;
    }
  }

  #fillSoon(producer: Producer): void {
    if (this.#isFillScheduled) return;
    this.#isFillScheduled = true;
    this.platform.clock.callAtEndOfTick(() => {
      this.#isFillScheduled = false;
      this.#fill(producer);
    });
  }

  #acknowledged(producer: Producer, batch: OutgoingBatch): void {
    const nowMs = this.platform.clock.monotonicMs();
    for (const { moment, records, valueBytes } of batch.runs) {
      const latencyMs = nowMs - moment.sendMs;
      this.progress.add(records, valueBytes, latencyMs);
      for (const part of moment.isMeasured ? [this.#total, this.#measured] : [this.#total]) {
        part.latency.record(latencyMs, records);
        part.bytes += valueBytes;
        part.endMs = nowMs + this.#wallOffsetMs;
      }
    }
    if (this.#total.latency.count === this.#records) this.#done.resolve();
    else if (this.#isFull) this.#fillSoon(producer);
  }
}

/** Rejects with a `PerfError` or `NetworkError`. */
export function startProduce(
  platform: Platform,
  job: ProduceJob,
  onProgress: (progress: Progress) => void,
): RunningLoad<ProduceResult> {
  const progress = new ProgressReporter(platform.clock, onProgress);
  const load = new ProduceLoad(platform, job, progress);
  const { clientId, requestTimeoutMs } = parseProducerSettings(job.settings);
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

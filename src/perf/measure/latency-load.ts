/**
 * The time from a record's send until it is both acknowledged and in the hands of a consumer that waits for it, one
 * record at a time. Kafka's EndToEndLatency sends its fetch only after the acknowledgement; here it waits at the
 * broker, as those of consumers do.
 */
import { deferred } from '../../base/deferred';
import type { Deferred } from '../../base/deferred';
import type { Platform } from '../../platform/ports';
import { readRecords } from '../../protocol/records/reader';
import { ClusterView } from '../client/cluster-view';
import { Consumer } from '../client/consumer';
import { Producer } from '../client/producer';
import { takeIdentity } from '../client/producer-identity';
import { parseConsumerSettings, parseProducerSettings } from '../client/settings';
import type { GivenSettings } from '../client/settings';
import { untilLed } from '../client/topics';
import { PerfError } from '../perf-error';
import { LatencyHistogram } from './histogram';
import type { HistogramData } from './histogram';
import { payloads } from './payloads';
import type { PayloadSource } from './payloads';

export interface LatencyJob {
  /** As `host:port,…`. */
  readonly bootstrap: string;
  /** Must exist; nobody else may write to it meanwhile. */
  readonly topic: string;
  readonly records: number;
  /** Of those records, the first ones, which are in no figure. */
  readonly warmupRecords: number;
  readonly payload: PayloadSource;
  /** Of the producer. */
  readonly settings: GivenSettings;
}

const RECORD_TIMEOUT_MS = 60_000;

class LatencyLoad {
  readonly #latency = new LatencyHistogram();
  readonly #failed = deferred<never>();
  #sent: Buffer = Buffer.alloc(0);
  #acknowledged: Deferred<void> = deferred();
  #fetched: Deferred<void> = deferred();
  #isStopped = false;

  constructor(
    private readonly platform: Platform,
    private readonly job: LatencyJob,
    private readonly onRecord: (place: number, latencyMs: number) => void,
  ) {
    // Whoever awaits a record hears of it.
    this.#failed.promise.catch(() => undefined);
  }

  /** With two views, and so connections: answers come in order, and an acknowledgement must not wait behind a fetch. */
  async run(producing: ClusterView, consuming: ClusterView): Promise<HistogramData> {
    const consumer = await this.#startConsumer(consuming);
    const producer = await this.#producer(producing);
    const { records, warmupRecords, payload } = this.job;
    const values = payloads(payload, this.platform);
    try {
      for (let place = 0; place < records && !this.#isStopped; place++) {
        const latencyMs = await this.#send(producer, values[place % values.length] as Buffer);
        if (place >= warmupRecords) this.#latency.record(latencyMs);
        this.onRecord(place, latencyMs);
      }
    } finally {
      producer.close();
      consumer.stop();
    }
    return this.#latency.data;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #startConsumer(view: ClusterView): Promise<Consumer> {
    const { topic } = this.job;
    const places = await untilLed(this.platform, view, topic);
    const consumer = new Consumer({
      ...{ platform: this.platform, view, topic, from: 'latest' },
      partitions: places.map(({ index }) => index),
      settings: parseConsumerSettings({}),
      onFetched: (fetched) => this.#take(fetched),
    });
    await consumer.prepare();
    consumer.run().catch((error: unknown) => this.#failed.reject(error));
    return consumer;
  }

  async #producer(view: ClusterView): Promise<Producer> {
    const { topic } = this.job;
    const settings = parseProducerSettings(this.job.settings);
    const identity = await takeIdentity(this.platform, view, settings);
    const partitions = await untilLed(this.platform, view, topic);
    return new Producer({
      ...{ platform: this.platform, view, topic, partitions, settings, identity },
      events: {
        onAcknowledged: () => this.#acknowledged.resolve(),
        onFailure: (error) => this.#failed.reject(error),
      },
    });
  }

  async #send(producer: Producer, value: Buffer): Promise<number> {
    const { clock } = this.platform;
    this.#sent = value;
    this.#acknowledged = deferred();
    this.#fetched = deferred();
    const cancel = clock.callAfter(RECORD_TIMEOUT_MS, () => {
      const seconds = String(RECORD_TIMEOUT_MS / 1000);
      this.#failed.reject(new PerfError(`a record did not arrive within ${seconds} s`));
    });
    const sendMs = clock.monotonicMs();
    producer.append(value, { sendMs, timestampMs: clock.nowMs(), isMeasured: true });
    producer.drain();
    const arrived = Promise.all([this.#acknowledged.promise, this.#fetched.promise]);
    await Promise.race([arrived, this.#failed.promise]);
    cancel();
    return clock.monotonicMs() - sendMs;
  }

  #take(fetched: Buffer): void {
    const [record, ...others] = [...readRecords(fetched)];
    if (record?.value?.equals(this.#sent) === true && others.length === 0) this.#fetched.resolve();
    else
      this.#failed.reject(
        new PerfError(
          `another record than the one sent came: somebody else writes to ${this.job.topic}`,
        ),
      );
  }
}

/** Rejects with a `PerfError` or `NetworkError`. `onRecord` gets the place of each record in the run. */
export function startLatency(
  platform: Platform,
  job: LatencyJob,
  onRecord: (place: number, latencyMs: number) => void,
): { stop(): void; readonly result: Promise<HistogramData> } {
  const load = new LatencyLoad(platform, job, onRecord);
  const { acks, clientId, requestTimeoutMs } = parseProducerSettings(job.settings);
  if (acks === 0)
    throw new PerfError('acks=0: nothing is acknowledged; acks=1 or acks=all is needed');
  const viewOf = (id: string): ClusterView =>
    new ClusterView(platform, { bootstrap: job.bootstrap, clientId: id, requestTimeoutMs });
  const producing = viewOf(clientId);
  const consuming = viewOf(`${clientId}-reader`);
  const result = load.run(producing, consuming).finally(() => {
    producing.close();
    consuming.close();
  });
  return { stop: () => load.stop(), result };
}

/**
 * A consumer of given partitions on this project's own protocol code: one fetch at a time to each leader for all
 * partitions that it leads, without a group and without fetch sessions. The next fetch is on its way before what
 * the last one brought is looked at.
 */
import type { Platform } from '../../platform/ports';
import { NetworkError } from '../../platform/ports';
import { ERRORS, errorName } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import { FetchRequest, FetchResponse } from '../../protocol/messages/01-fetch';
import type { TypeOf } from '../../protocol/schema';
import { pause } from '../pause';
import { PerfError } from '../perf-error';
import type { BrokerConnection } from '../../network/broker-connection';
import type { ClusterView } from './cluster-view';
import { offsetAfter } from './fetched-records';
import { offsetAt } from './offsets';
import type { OffsetPlace } from './offsets';
import type { ConsumerSettings } from './settings';

export interface ConsumerOptions {
  readonly platform: Platform;
  readonly view: ClusterView;
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly settings: ConsumerSettings;
  readonly from: OffsetPlace;
  /** Whole batches; the records of the first before `offset` were not asked for. `fetched` is not to be kept. */
  onFetched(fetched: Buffer, offset: number): void;
}

interface Partition {
  readonly index: number;
  leaderId: number;
  offset: number;
}

interface Fetched {
  readonly records: Buffer;
  readonly offset: number;
}

type Answer = TypeOf<typeof FetchResponse>;

const NOBODY = -1;
const UNKNOWN_OFFSET = -1;
/** Fetches of a partition without leader are tried again for so long. */
const LEADER_TIMEOUT_MS = 60_000;

export class Consumer {
  readonly #partitions: readonly Partition[];
  #isStopped = false;

  constructor(private readonly options: ConsumerOptions) {
    this.#partitions = options.partitions.map((index) => ({ index, leaderId: NOBODY, offset: 0 }));
  }

  /** Finds the leaders and where to begin. */
  async prepare(): Promise<void> {
    const { from } = this.options;
    await Promise.all(this.#partitions.map((partition) => this.#reset(partition, from)));
    await this.#findLeaders();
  }

  /** Fetches until it is stopped. Rejects with a `PerfError` on what trying again does not mend. */
  async run(): Promise<void> {
    const { clock } = this.options.platform;
    let ledMs = clock.monotonicMs();
    for (;;) {
      const leaders = new Set(this.#partitions.map(({ leaderId }) => leaderId));
      if (!leaders.delete(NOBODY)) ledMs = clock.monotonicMs();
      else if (clock.monotonicMs() - ledMs > LEADER_TIMEOUT_MS) {
        const seconds = String(LEADER_TIMEOUT_MS / 1000);
        throw new PerfError(
          `${this.options.topic} has partitions without leader, for ${seconds} s`,
        );
      }
      await Promise.all([...leaders].map((id) => this.#follow(id)));
      if (!this.#isStopped) await pause(clock, this.options.settings.retryBackoffMs);
      if (this.#isStopped) return;
      await this.#findLeaders();
    }
  }

  /** `run` ends with the answers that are on their way. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Fetches from one leader until a partition has lost its leader, this one or another. */
  async #follow(leaderId: number): Promise<void> {
    try {
      const connection = await this.options.view.broker(leaderId);
      let answer: Promise<Answer> | undefined = this.#fetch(connection, leaderId);
      while (answer) {
        const fetched = this.#advance(await answer);
        answer = this.#isToGoOn() ? this.#fetch(connection, leaderId) : undefined;
        // Should looking at what came fail, nobody awaits this one.
        answer?.catch(() => undefined);
        for (const { records, offset } of fetched) this.options.onFetched(records, offset);
      }
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      for (const partition of this.#partitions)
        if (partition.leaderId === leaderId) partition.leaderId = NOBODY;
    }
  }

  #isToGoOn(): boolean {
    return !this.#isStopped && this.#partitions.every(({ leaderId }) => leaderId !== NOBODY);
  }

  #fetch(connection: BrokerConnection, leaderId: number): Promise<Answer> {
    const { settings, topic } = this.options;
    const led = this.#partitions.filter((partition) => partition.leaderId === leaderId);
    const partitions = led.map(({ index, offset }) => ({
      partition: index,
      fetchOffset: offset,
      partitionMaxBytes: settings.maxPartitionBytes,
    }));
    const message = {
      maxWaitMs: settings.maxWaitMs,
      minBytes: settings.minBytes,
      maxBytes: settings.maxBytes,
      topics: [{ topic, partitions }],
      forgottenTopicsData: [],
    };
    const timeoutMs = settings.maxWaitMs + settings.requestTimeoutMs;
    return connection.request(FetchRequest, FetchResponse, message, timeoutMs);
  }

  /** Moves the partitions behind what has come. */
  #advance(answer: Answer): Fetched[] {
    const fetched: Fetched[] = [];
    for (const { partitionIndex, errorCode, records } of answer.responses[0]?.partitions ?? []) {
      const partition = this.#partitions.find(({ index }) => index === partitionIndex);
      if (!partition) continue;
      if (errorCode !== 0) this.#refused(partition, errorName(errorCode));
      else if (records && records.length > 0) {
        const { offset } = partition;
        partition.offset = offsetAfter(records, offset);
        fetched.push({ records, offset });
      }
    }
    return fetched;
  }

  #refused(partition: Partition, error: ErrorName): void {
    // Retention may have overtaken: what is still there is read.
    if (error === 'OFFSET_OUT_OF_RANGE') partition.offset = UNKNOWN_OFFSET;
    else if (!ERRORS[error].retriable) {
      const where = `partition ${String(partition.index)} of ${this.options.topic}`;
      throw new PerfError(`${where} cannot be read: ${error} (${ERRORS[error].message})`);
    }
    partition.leaderId = NOBODY;
  }

  async #findLeaders(): Promise<void> {
    const { view, topic } = this.options;
    const places = await view.topic(topic);
    for (const partition of this.#partitions) {
      if (partition.offset === UNKNOWN_OFFSET) await this.#reset(partition, 'earliest');
      const place = places?.find(({ index }) => index === partition.index);
      partition.leaderId = place?.leaderId ?? NOBODY;
    }
  }

  async #reset(partition: Partition, place: OffsetPlace): Promise<void> {
    const { platform, view, topic, settings } = this.options;
    const { requestTimeoutMs, retryBackoffMs } = settings;
    const query = { topic, partition: partition.index, place, requestTimeoutMs, retryBackoffMs };
    partition.offset = await offsetAt(platform, view, query);
  }
}

/** One broker's replicas with the Fetch handler in front of them, on a clock that the test moves. */
import { fetch } from '../../src/broker/handlers/01-fetch';
import { BrokerMetrics } from '../../src/broker/broker-metrics';
import { FetchSessionCache } from '../../src/broker/fetch-session-cache';
import { Purgatory } from '../../src/broker/purgatory';
import type { BrokerServices } from '../../src/broker/services';
import { MetricsRegistry } from '../../src/metrics/registry';
import { Timers } from '../../src/platform/timers';
import { codecOf } from '../../src/protocol/codec';
import { errorName } from '../../src/protocol/errors';
import { parseResponse } from '../../src/protocol/frames';
import { FetchRequest, FetchResponse } from '../../src/protocol/messages/01-fetch';
import { lastOffsetOf } from '../../src/protocol/records/batch';
import { batches } from '../../src/protocol/records/reader';
import { aBrokerConfig } from './broker-config';
import { anUpdateMetadata } from './cluster-metadata';
import { aLeaderAndIsrOf } from './control-requests';
import { CountingRandom } from './counting-random';
import type { ManualClock } from './manual-clock';
import { aBatch, ReplicaHost } from './replica-host';

const VERSION = 12;
const LENGTH_BYTES = 4;

export interface FetchAsk {
  /** −1 is a consumer. */
  readonly replicaId?: number;
  readonly sessionId?: number;
  readonly sessionEpoch?: number;
  /** Partition and offset, in order. */
  readonly positions?: readonly (readonly [partition: number, offset: number])[];
  readonly forgotten?: readonly number[];
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly partitionMaxBytes?: number;
  /** The client does not read the answer: what it holds stays held until `readAll`. */
  readonly neverReads?: boolean;
}

export interface FetchedPartition {
  readonly partition: number;
  readonly error: string;
  readonly highWatermark: number;
  readonly logStartOffset: number;
  readonly bytes: number;
  /** One past the last record; `undefined` without records. */
  readonly nextOffset: number | undefined;
}

export interface FetchAnswer {
  readonly error: string;
  readonly sessionId: number;
  readonly partitions: readonly FetchedPartition[];
}

export class FetchingHost {
  readonly timers: Timers;
  readonly delayedFetches: Purgatory;
  readonly fetchSessions: FetchSessionCache;
  readonly #services: BrokerServices;
  readonly #unread: (() => void)[] = [];

  private constructor(
    readonly host: ReplicaHost,
    readonly clock: ManualClock,
  ) {
    this.timers = new Timers(clock);
    this.delayedFetches = new Purgatory(this.timers);
    this.fetchSessions = new FetchSessionCache(clock, new CountingRandom(), 1000);
    const { replicas, metadata, brokerId } = host;
    const { delayedFetches, fetchSessions } = this;
    const config = aBrokerConfig({});
    const readMemory = host.logs.memory;
    const parts = {
      replicas,
      metadata,
      brokerId,
      delayedFetches,
      fetchSessions,
      readMemory,
      metrics: new BrokerMetrics(new MetricsRegistry()),
      config,
    };
    this.#services = parts as unknown as BrokerServices;
  }

  /** Broker 1 leads `partitions` partitions of `t`, with broker 2 as the other member of each ISR. */
  static async start(
    clock: ManualClock,
    partitions: number,
    options: { readonly cacheBytes?: number } = {},
  ): Promise<FetchingHost> {
    const host = await ReplicaHost.start({ clock, brokerId: 1, ...options });
    host.metadata.update(anUpdateMetadata({ brokers: [1, 2] }));
    const fetching = new FetchingHost(host, clock);
    const all = Array.from({ length: partitions }, (_, partition) => partition);
    host.replicas.becomeLeaderOrFollower(
      aLeaderAndIsrOf(all.map((partition) => ({ partition, replicas: [1, 2] }))),
    );
    return fetching;
  }

  append(partition: number, value = 'x'): void {
    this.host
      .partition('t', partition)
      .appendRecordsAsLeader(aBatch(value), { requiredAcks: 1, origin: 'client' });
    this.clock.endTick();
  }

  async fetch(ask: FetchAsk): Promise<FetchAnswer> {
    const frame = Buffer.concat(codecOf(FetchRequest).encode(requestOf(ask), VERSION));
    const reply = await fetch.serve({
      broker: this.#services,
      connection: {
        id: 1,
        listenerName: 'PLAINTEXT',
        remoteAddress: '127.0.0.1',
        remotePort: 1,
      },
      frame,
      bodyOffset: 0,
      apiKey: 1,
      apiVersion: VERSION,
      correlationId: 1,
      clientId: null,
    });
    const { message } = parseResponse(
      FetchResponse,
      VERSION,
      Buffer.concat(reply.buffers ?? []).subarray(LENGTH_BYTES),
    );
    if (ask.neverReads) this.#unread.push(() => reply.onSent?.());
    else reply.onSent?.();
    return {
      error: errorName(message.errorCode),
      sessionId: message.sessionId,
      partitions: message.responses.flatMap(({ partitions }) =>
        partitions.map((each) => ({
          partition: each.partitionIndex,
          error: errorName(each.errorCode),
          highWatermark: each.highWatermark,
          logStartOffset: each.logStartOffset,
          bytes: each.records?.length ?? 0,
          nextOffset: nextOffsetOf(each.records ?? Buffer.alloc(0)),
        })),
      ),
    };
  }

  /** The clients that did not read do so at last. */
  readAll(): void {
    for (const sent of this.#unread.splice(0)) sent();
  }

  async stop(): Promise<void> {
    this.delayedFetches.close();
    await this.host.stop();
  }
}

function nextOffsetOf(records: Buffer): number | undefined {
  const last = [...batches(records)].at(-1);
  return last && lastOffsetOf(records, last.position) + 1;
}

function requestOf(ask: FetchAsk) {
  const { positions = [], forgotten = [] } = ask;
  const partitions = positions.map(([partition, fetchOffset]) => ({
    partition,
    fetchOffset,
    partitionMaxBytes: ask.partitionMaxBytes ?? 1_000_000,
  }));
  return {
    replicaId: ask.replicaId ?? -1,
    maxWaitMs: ask.maxWaitMs ?? 0,
    minBytes: ask.minBytes ?? 1,
    maxBytes: ask.maxBytes ?? 1_000_000,
    sessionId: ask.sessionId ?? 0,
    sessionEpoch: ask.sessionEpoch ?? -1,
    topics: partitions.length > 0 ? [{ topic: 't', partitions }] : [],
    forgottenTopicsData: forgotten.length > 0 ? [{ topic: 't', partitions: forgotten }] : [],
  };
}

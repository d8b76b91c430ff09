/**
 * A producer on this project's own protocol code: batches from the accumulator to the partitions' leaders, one batch
 * a partition in each request, as many requests on their way to a broker as `max.in.flight…` says. A batch whose
 * leader has moved or is lost is sent again, in order. What cannot be mended by trying again ends it.
 */
import type { Cancel, Platform } from '../../platform/ports';
import { NetworkError } from '../../platform/ports';
import { ERRORS } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import { incrementSequence } from '../../protocol/records/batch';
import { PerfError } from '../perf-error';
import { Accumulator } from './accumulator';
import type { BrokerConnection } from '../../network/broker-connection';
import type { ClusterView, PartitionPlace } from './cluster-view';
import { LeaderLookup } from './leader-lookup';
import type { Moment, OutgoingBatch } from './outgoing-batch';
import { sendBatches } from './produce-request';
import type { ProducerIdentity } from './producer-identity';
import type { ProducerSettings } from './settings';

export interface ProducerEvents {
  /** Its records are acknowledged (or, with acks=0, sent). `batch` is not to be kept. */
  onAcknowledged(batch: OutgoingBatch): void;
  /** The producer has ended: what is still in it will not be acknowledged. */
  onFailure(error: Error): void;
}

export interface ProducerOptions {
  readonly platform: Platform;
  readonly view: ClusterView;
  readonly topic: string;
  readonly partitions: readonly PartitionPlace[];
  readonly settings: ProducerSettings;
  readonly identity: ProducerIdentity;
  readonly events: ProducerEvents;
}

interface Partition {
  readonly index: number;
  /** Its place in the list, by which the accumulator knows it. */
  readonly place: number;
  leaderId: number;
  inFlight: number;
  nextSequence: number;
  /** While a batch waits to be sent again, only one batch is on its way, so that order is kept. */
  isRetrying: boolean;
  retryAtMs: number;
}

interface Leader {
  connection: BrokerConnection | undefined;
  isConnecting: boolean;
  inFlight: number;
  /** Which partition is asked first, by turns. */
  turn: number;
}

interface Sent {
  readonly partition: Partition;
  readonly batch: OutgoingBatch;
  readonly bytes: Buffer;
}

export class Producer {
  readonly #accumulator: Accumulator;
  readonly #partitions: readonly Partition[];
  readonly #leaders = new Map<number, Leader>();
  readonly #lookup: LeaderLookup;
  #cancelTimer: Cancel = () => undefined;
  #hasEnded = false;

  constructor(private readonly options: ProducerOptions) {
    const { settings, partitions } = options;
    this.#partitions = partitions.map(({ index, leaderId }, place) => ({
      index,
      place,
      leaderId,
      inFlight: 0,
      nextSequence: 0,
      isRetrying: false,
      retryAtMs: 0,
    }));
    this.#accumulator = new Accumulator({
      partitions: partitions.length,
      batchBytes: settings.batchBytes,
      bufferBytes: settings.bufferBytes,
      lingerMs: settings.lingerMs,
      isAvailable: (place) => (this.#partitions[place]?.leaderId ?? -1) >= 0,
    });
    const { view, topic, platform } = options;
    this.#lookup = new LeaderLookup({
      ...{ clock: platform.clock, view, topic, retryBackoffMs: settings.retryBackoffMs },
      apply: (places) => this.#applyLeaders(places),
      onSettled: () => {
        this.#expire();
        this.drain();
      },
    });
  }

  /** Takes a record; false if the memory is full. It is sent by a later `drain`. */
  append(value: Buffer, moment: Moment): boolean {
    return this.#accumulator.append(value, moment);
  }

  /** Sends what may be sent now, and sets a timer for what may be later. */
  drain(): void {
    if (this.#hasEnded) return;
    this.#cancelTimer();
    const nowMs = this.options.platform.clock.monotonicMs();
    for (const id of new Set(this.#partitions.map(({ leaderId }) => leaderId)))
      if (id >= 0) this.#drainTo(id, nowMs);
    this.#setTimer(nowMs);
  }

  close(): void {
    this.#hasEnded = true;
    this.#cancelTimer();
    this.#lookup.close();
  }

  #drainTo(id: number, nowMs: number): void {
    const leader = this.#leader(id);
    if (!leader.connection || leader.connection.isClosed) {
      this.#connect(id, leader);
      return;
    }
    while (leader.inFlight < this.options.settings.maxInFlight) {
      const sent = this.#collect(id, leader, nowMs);
      if (sent.length === 0) return;
      this.#send(leader, leader.connection, sent);
    }
  }

  /** At most one batch of each partition, up to the largest request. */
  #collect(id: number, leader: Leader, nowMs: number): Sent[] {
    const sent: Sent[] = [];
    let bytes = 0;
    const count = this.#partitions.length;
    const first = leader.turn;
    for (let step = 0; step < count; step++) {
      const partition = this.#partitions[(first + step) % count] as Partition;
      if (partition.leaderId !== id || !this.#isReady(partition, nowMs)) continue;
      const taken = this.#take(partition);
      bytes += taken.bytes.length;
      leader.turn = (partition.place + 1) % count;
      sent.push(taken);
      if (bytes >= this.options.settings.maxRequestBytes) break;
    }
    return sent;
  }

  #isReady(partition: Partition, nowMs: number): boolean {
    if (partition.isRetrying && (partition.inFlight > 0 || nowMs < partition.retryAtMs))
      return false;
    return this.#accumulator.readyInMs(partition.place, nowMs) === 0;
  }

  #take(partition: Partition): Sent {
    const batch = this.#accumulator.take(partition.place) as OutgoingBatch;
    const { settings, identity } = this.options;
    const isFirstTime = !batch.isSealed;
    const bytes = batch.seal({
      codec: settings.compression,
      compressionLevel: settings.compressionLevel,
      producerId: identity.producerId,
      producerEpoch: identity.producerEpoch,
      baseSequence: settings.isIdempotent ? partition.nextSequence : -1,
    });
    if (isFirstTime)
      partition.nextSequence = incrementSequence(partition.nextSequence, batch.recordCount);
    partition.inFlight += 1;
    return { partition, batch, bytes };
  }

  #send(leader: Leader, connection: BrokerConnection, sent: readonly Sent[]): void {
    leader.inFlight += 1;
    const { topic, settings } = this.options;
    const batches = sent.map(({ partition, bytes }) => ({ index: partition.index, bytes }));
    sendBatches(connection, topic, batches, settings)
      .then(
        (errorOf) => this.#settle(sent, errorOf),
        (error: unknown) => this.#lost(sent, error),
      )
      .finally(() => {
        leader.inFlight -= 1;
        this.drain();
      })
      .catch((error: unknown) => this.#fail(error as Error));
  }

  #settle(sent: readonly Sent[], errorOf: (index: number) => ErrorName): void {
    for (const each of sent) {
      each.partition.inFlight -= 1;
      const error = errorOf(each.partition.index);
      // The broker has it already, from an attempt whose answer was lost.
      if (error === 'NONE' || error === 'DUPLICATE_SEQUENCE_NUMBER') this.#acknowledge(each);
      else this.#refused(each, error);
    }
  }

  #acknowledge({ partition, batch }: Sent): void {
    partition.isRetrying = false;
    this.options.events.onAcknowledged(batch);
    this.#accumulator.release(batch);
  }

  #refused(sent: Sent, error: ErrorName): void {
    // What was sent behind a batch that failed is out of order until that one has arrived.
    const isBehind = error === 'OUT_OF_ORDER_SEQUENCE_NUMBER' && sent.partition.isRetrying;
    if (ERRORS[error].retriable || isBehind) this.#retry(sent, error);
    else {
      const { topic } = this.options;
      const where = `partition ${String(sent.partition.index)} of ${topic}`;
      this.#fail(new PerfError(`${where} refuses records: ${error} (${ERRORS[error].message})`));
    }
  }

  #lost(sent: readonly Sent[], error: unknown): void {
    if (!(error instanceof NetworkError)) {
      this.#fail(error as Error);
      return;
    }
    for (const each of sent) {
      each.partition.inFlight -= 1;
      this.#retry(each, error.message);
    }
  }

  #retry({ partition, batch }: Sent, why: string): void {
    const { settings, platform } = this.options;
    const nowMs = platform.clock.monotonicMs();
    if (nowMs - batch.createdMs > settings.deliveryTimeoutMs) {
      const seconds = String(settings.deliveryTimeoutMs / 1000);
      this.#fail(new PerfError(`records were not acknowledged for ${seconds} s: ${why}`));
      return;
    }
    partition.isRetrying = true;
    partition.retryAtMs = nowMs + settings.retryBackoffMs;
    this.#accumulator.putBack(partition.place, batch);
    this.#lookup.start();
  }

  #applyLeaders(places: readonly PartitionPlace[] | undefined): boolean {
    for (const partition of this.#partitions)
      partition.leaderId = places?.find(({ index }) => index === partition.index)?.leaderId ?? -1;
    return this.#partitions.every(({ leaderId }) => leaderId >= 0);
  }

  /** Batches of a partition that stays without leader are never sent, so nothing else notices their age. */
  #expire(): void {
    const { settings, platform } = this.options;
    const oldestMs = platform.clock.monotonicMs() - settings.deliveryTimeoutMs;
    const late = this.#partitions.find(
      ({ place, leaderId }) =>
        leaderId < 0 && (this.#accumulator.oldestMs(place) ?? Infinity) < oldestMs,
    );
    if (!late) return;
    const seconds = String(settings.deliveryTimeoutMs / 1000);
    const where = `partition ${String(late.index)} of ${this.options.topic}`;
    this.#fail(new PerfError(`${where} had no leader for ${seconds} s`));
  }

  #leader(id: number): Leader {
    let leader = this.#leaders.get(id);
    if (!leader) {
      leader = { connection: undefined, isConnecting: false, inFlight: 0, turn: 0 };
      this.#leaders.set(id, leader);
    }
    return leader;
  }

  #connect(id: number, leader: Leader): void {
    if (leader.isConnecting || leader.inFlight > 0) return;
    leader.isConnecting = true;
    this.options.view.broker(id).then(
      (connection) => {
        leader.isConnecting = false;
        leader.connection = connection;
        this.drain();
      },
      () => {
        leader.isConnecting = false;
        for (const partition of this.#partitions)
          if (partition.leaderId === id) partition.leaderId = -1;
        this.#lookup.start();
      },
    );
  }

  /** For the first batch that lingers or waits to be tried again. */
  #setTimer(nowMs: number): void {
    let waitMs = Infinity;
    for (const partition of this.#partitions) {
      const readyInMs = this.#accumulator.readyInMs(partition.place, nowMs);
      if (readyInMs === undefined) continue;
      const retryInMs = partition.isRetrying ? partition.retryAtMs - nowMs : 0;
      const inMs = Math.max(readyInMs, retryInMs);
      // 0: it could be sent and was not, so an answer or a connection is what it waits for.
      if (inMs > 0) waitMs = Math.min(waitMs, inMs);
    }
    if (waitMs === Infinity) return;
    this.#cancelTimer = this.options.platform.clock.callAfter(waitMs, () => this.drain());
  }

  #fail(error: Error): void {
    if (this.#hasEnded) return;
    this.close();
    this.options.events.onFailure(error);
  }
}

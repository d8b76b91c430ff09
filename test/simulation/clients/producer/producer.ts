/**
 * A producer: makes records at a steady rate, and sends them as the Java client does: one batch a partition in a
 * request, several requests under way to a broker, again after a back-off what failed for a reason that may pass.
 */
import { NetworkError } from '../../../../src/platform/ports';
import { ERRORS } from '../../../../src/protocol/errors';
import type { ErrorName } from '../../../../src/protocol/errors';
import type { CompressionCodec } from '../../../../src/protocol/records/batch';
import type { SeededRandom } from '../../kernel/seeded-random';
import type { WorkloadPlan } from '../../plan';
import { Client } from '../client';
import { ClusterView } from '../cluster-view';
import type { Connection } from '../connection';
import { WorkloadOptions } from '../options';
import type { Workload, WorkloadContext } from '../workload';
import { Batch } from './batch';
import type { Identity } from './batch';
import { askForIdentity } from './identity';
import { PartitionQueue } from './partition-queue';
import { SURELY_NOT_APPENDED, produce } from './produce';
import type { Acks, Outcome, Outgoing } from './produce';

const ACKS: readonly Acks[] = [-1, 0, 1];
const CODECS: readonly CompressionCodec[] = ['none', 'none', 'none', 'gzip', 'snappy', 'lz4'];
/** As `buffer.memory`: no more is made while so many batches wait. */
const MOST_BATCHES = 50;
const RETRY_BACKOFF_MS = 100;
/** At most, while something is wrong. */
const LOOK_UP_EVERY_MS = 250;
const METADATA_MAX_AGE_MS = 5_000;

interface Link {
  connection: Connection | undefined;
  isConnecting: boolean;
  inFlight: number;
}

export interface ProducerSettings {
  readonly acks: Acks;
  readonly isIdempotent: boolean;
  /** Whether what is not idempotent is sent again, and so perhaps doubled, when nobody knows what became of it. */
  readonly retriesUnknown: boolean;
  readonly maxInFlight: number;
  /** Bursts of batches a second. */
  readonly ratePerSecond: number;
  readonly mostPartitions: number;
  readonly mostRecords: number;
  readonly requestTimeoutMs: number;
  readonly deliveryTimeoutMs: number;
}

/** What the plan leaves open is drawn. */
function settingsOf(options: WorkloadOptions, random: SeededRandom): ProducerSettings {
  return {
    acks: options.oneOf('acks', ACKS),
    isIdempotent: options.flag('isIdempotent', true),
    retriesUnknown: options.flag('retriesUnknown', random.oneIn(2)),
    maxInFlight: options.number('maxInFlight', 5),
    ratePerSecond: options.number('ratePerSecond', 3),
    mostPartitions: options.number('mostPartitions', 3),
    mostRecords: options.number('mostRecords', 4),
    requestTimeoutMs: options.number('requestTimeoutMs', 3_000),
    deliveryTimeoutMs: options.number('deliveryTimeoutMs', 15_000),
  };
}

export class Producer implements Workload {
  readonly hosts: readonly string[];
  readonly #client: Client;
  readonly #view: ClusterView;
  readonly #settings: ProducerSettings;
  readonly #topics: readonly string[];
  readonly #queues = new Map<string, PartitionQueue>();
  readonly #links = new Map<number, Link>();
  #identity: Identity | undefined;
  #isAskingIdentity = false;
  #isLookingUp = false;
  #lookedUpMs = -Infinity;
  #records = 0;
  #batches = 0;
  #isStopped = false;
  #cancelTimer = (): void => undefined;

  constructor(plan: WorkloadPlan, context: WorkloadContext) {
    const options = new WorkloadOptions(plan);
    this.#client = new Client(context, `p${String(plan.id)}`);
    this.hosts = [this.#client.name];
    this.#settings = settingsOf(options, this.#client.random.fork('settings'));
    this.#topics = options.topics(context);
    this.#view = new ClusterView(this.#client, () => this.#topics, options);
    this.#client.start(() => this.#make());
  }

  get isIdle(): boolean {
    return this.#isStopped && [...this.#queues.values()].every(({ isEmpty }) => isEmpty);
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #make(): Promise<void> {
    const { ratePerSecond } = this.#settings;
    for (;;) {
      await this.#client.sleep(this.#client.around(1_000 / ratePerSecond));
      if (this.#isStopped) return;
      if (this.#client.nowMs - this.#lookedUpMs > METADATA_MAX_AGE_MS) this.#lookUp();
      this.#makeBatches();
      this.#pump();
    }
  }

  #makeBatches(): void {
    const { random } = this.#client;
    const places = this.#topics.flatMap((topic) =>
      this.#view.partitionsOf(topic).map((partition) => ({ topic, partition })),
    );
    const waiting = [...this.#queues.values()].reduce((sum, { size }) => sum + size, 0);
    const wanted = random.between(1, this.#settings.mostPartitions);
    for (let count = 0; count < Math.min(wanted, MOST_BATCHES - waiting); count++) {
      if (places.length === 0) return;
      const [place] = places.splice(random.below(places.length), 1);
      if (place) this.#makeBatch(this.#queue(place.topic, place.partition));
    }
  }

  #makeBatch(queue: PartitionQueue): void {
    const { random, clock, name } = this.#client;
    const { acks, isIdempotent, mostRecords } = this.#settings;
    const ids = Array.from(
      { length: random.between(1, mostRecords) },
      () => `${name}-${String(this.#records++).padStart(6, '0')}`,
    );
    const timestamp = clock.nowMs();
    const records = ids.map((id) => {
      const key = random.oneIn(3) ? Buffer.from(`k${String(random.below(20))}`) : null;
      return { key, value: Buffer.from(id), timestamp };
    });
    const codec = random.pick(CODECS);
    queue.add(new Batch(this.#batches++, ids, this.#client.nowMs, { records, codec }));
    const { topic, partition } = queue;
    for (const record of ids)
      this.#client.tell({ kind: 'sent', topic, partition, record, acks, isIdempotent });
  }

  #queue(topic: string, partition: number): PartitionQueue {
    const key = `${topic}-${String(partition)}`;
    let queue = this.#queues.get(key);
    if (!queue) {
      const { isIdempotent, maxInFlight } = this.#settings;
      queue = new PartitionQueue(topic, partition, {
        isIdempotent,
        isOneAtATime: maxInFlight === 1,
      });
      this.#queues.set(key, queue);
    }
    return queue;
  }

  /** Sends what may be sent now, gives up what is too old, and sees to it that this runs again when more may be done. */
  #pump(): void {
    this.#cancelTimer();
    this.#expire();
    this.#renewEpoch();
    if (this.#settings.isIdempotent && !this.#identity) this.#askIdentity();
    for (const leader of this.#leadersWanted()) this.#sendTo(leader);
    this.#setTimer();
    if (this.isIdle) this.#view.close();
  }

  #leadersWanted(): ReadonlySet<number> {
    const leaders = new Set<number>();
    for (const queue of this.#queues.values()) {
      if (!queue.hasWaiting) continue;
      const leader = this.#view.leaderOf(queue.topic, queue.partition);
      if (leader) leaders.add(leader.id);
      else this.#lookUp();
    }
    return leaders;
  }

  #sendTo(id: number): void {
    const link = this.#link(id);
    if (!link.connection || link.connection.isClosed) {
      this.#connect(id, link);
      return;
    }
    while (link.inFlight < this.#settings.maxInFlight) {
      const outgoing = this.#take(id);
      if (outgoing.length === 0) return;
      link.inFlight += 1;
      const { connection } = link;
      this.#client.start(() => this.#send(link, connection, outgoing));
    }
  }

  #take(leaderId: number): Outgoing[] {
    const outgoing: Outgoing[] = [];
    for (const queue of this.#queues.values()) {
      if (this.#view.leaderOf(queue.topic, queue.partition)?.id !== leaderId) continue;
      const batch = queue.take(this.#client.nowMs, this.#identity);
      if (batch) outgoing.push({ queue, batch });
    }
    return outgoing;
  }

  async #send(link: Link, connection: Connection, outgoing: readonly Outgoing[]): Promise<void> {
    let outcomes: ReadonlyMap<Outgoing, Outcome> = new Map();
    try {
      const target = { connection, view: this.#view };
      outcomes = await produce(this.#client, target, outgoing, this.#settings);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      this.#lookUp();
    }
    link.inFlight -= 1;
    for (const each of outgoing) this.#settle(each, outcomes.get(each));
    this.#pump();
  }

  /** Without an outcome nobody knows what became of the batch. */
  #settle(sent: Outgoing, outcome: Outcome | undefined): void {
    const { queue, batch } = sent;
    if (outcome?.error === 'NONE' || outcome?.error === 'DUPLICATE_SEQUENCE_NUMBER') {
      this.#noteCopy(batch);
      queue.acknowledged(batch);
      this.#tellAcked(sent, outcome.error === 'NONE' ? outcome.offset : -1);
      return;
    }
    const error = outcome?.error ?? 'NETWORK_EXCEPTION';
    const isSurelyOut = SURELY_NOT_APPENDED.has(error);
    if (!isSurelyOut) this.#noteCopy(batch);
    const mayRetry = this.#settings.isIdempotent || this.#settings.retriesUnknown || isSurelyOut;
    if (mayRetry && queue.isWorthRetrying(batch, error)) {
      queue.retry(batch, this.#client.nowMs + this.#client.around(RETRY_BACKOFF_MS));
      if (ERRORS[error].retriable) this.#lookUp();
    } else {
      queue.failed(batch);
      this.#tellFailed(sent, error);
    }
  }

  /** Of an idempotent batch there is never more than one: the broker knows it again. */
  #noteCopy(batch: Batch): void {
    batch.possibleCopies = batch.stamp ? 1 : batch.possibleCopies + 1;
  }

  #expire(): void {
    const oldestMs = this.#client.nowMs - this.#settings.deliveryTimeoutMs;
    for (const queue of this.#queues.values())
      for (const batch of queue.expire(oldestMs)) this.#tellFailed({ queue, batch }, 'EXPIRED');
  }

  #renewEpoch(): void {
    if (!this.#identity) return;
    const queues = [...this.#queues.values()].filter((queue) => queue.needsNewEpoch());
    if (queues.length === 0) return;
    const { producerId, producerEpoch } = this.#identity;
    const identity = { producerId, producerEpoch: producerEpoch + 1 };
    this.#identity = identity;
    for (const queue of queues)
      for (const batch of queue.restart(identity))
        this.#tellFailed({ queue, batch }, 'OUT_OF_ORDER_SEQUENCE_NUMBER');
  }

  #tellAcked({ queue, batch }: Outgoing, offset: number): void {
    const { topic, partition } = queue;
    batch.records.forEach((record, index) =>
      this.#client.tell({
        ...{ kind: 'acked', topic, partition, record, copies: batch.possibleCopies },
        offset: offset < 0 ? -1 : offset + index,
      }),
    );
  }

  #tellFailed({ queue, batch }: Outgoing, error: ErrorName | 'EXPIRED'): void {
    const { topic, partition } = queue;
    const copies = batch.possibleCopies;
    for (const record of batch.records)
      this.#client.tell({
        ...{ kind: 'failed', topic, partition, record, error, copies },
        isSure: copies === 0,
      });
  }

  #link(id: number): Link {
    let link = this.#links.get(id);
    if (!link) {
      link = { connection: undefined, isConnecting: false, inFlight: 0 };
      this.#links.set(id, link);
    }
    return link;
  }

  #connect(id: number, link: Link): void {
    if (link.isConnecting) return;
    link.isConnecting = true;
    this.#client.start(async () => {
      try {
        link.connection = await this.#view.connect(id);
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        this.#lookUp();
        await this.#client.sleep(this.#client.around(RETRY_BACKOFF_MS));
      }
      link.isConnecting = false;
      this.#pump();
    });
  }

  #lookUp(): void {
    if (this.#isLookingUp) return;
    this.#isLookingUp = true;
    this.#client.start(async () => {
      if (await this.#view.refresh()) this.#lookedUpMs = this.#client.nowMs;
      this.#pump();
      await this.#client.sleep(this.#client.around(LOOK_UP_EVERY_MS));
      this.#isLookingUp = false;
      this.#pump();
    });
  }

  #askIdentity(): void {
    if (this.#isAskingIdentity) return;
    this.#isAskingIdentity = true;
    this.#client.start(async () => {
      const { requestTimeoutMs } = this.#settings;
      this.#identity = await askForIdentity(this.#client, this.#view, requestTimeoutMs);
      if (!this.#identity) await this.#client.sleep(this.#client.around(RETRY_BACKOFF_MS));
      this.#isAskingIdentity = false;
      this.#pump();
    });
  }

  /** For what waits for its back-off, or will be too old. */
  #setTimer(): void {
    const nowMs = this.#client.nowMs;
    let dueMs = Infinity;
    for (const { retryAtMs } of this.#queues.values()) {
      if (retryAtMs !== undefined && retryAtMs > nowMs) dueMs = Math.min(dueMs, retryAtMs);
    }
    const isWaiting = [...this.#queues.values()].some(({ hasWaiting }) => hasWaiting);
    if (isWaiting) dueMs = Math.min(dueMs, nowMs + 1_000);
    if (dueMs < Infinity)
      this.#cancelTimer = this.#client.machine.after(dueMs - nowMs, () => this.#pump());
  }
}

import { deferred } from '../../src/base/deferred';
import { MetadataCache } from '../../src/metadata/metadata-cache';
import { NetworkError } from '../../src/platform/ports';
import { codecOf } from '../../src/protocol/codec';
import { errorCode, ProtocolError, type ErrorName } from '../../src/protocol/errors';
import { FetchRequest, type FetchResponse } from '../../src/protocol/messages/01-fetch';
import type {
  ListOffsetsRequest,
  ListOffsetsResponse,
} from '../../src/protocol/messages/02-list-offsets';
import type { InputOf, MessageSpec, TypeOf } from '../../src/protocol/schema';
import type { FetchQuery } from '../../src/replication/fetch-query';
import type {
  IsrChange,
  IsrChangeResult,
  PeerConnection,
  PeerConnector,
  PeerTarget,
} from '../../src/replication/ports';
import type { Log } from '../../src/storage/log';
import { anUpdateMetadata } from './cluster-metadata';
import { aLeaderAndIsr } from './control-requests';
import type { DeviceFiles } from './device-files';
import type { Below } from './seeded';
import { drained } from './drained';
import { ManualClock } from './manual-clock';
import { aBatch, ReplicaHost } from './replica-host';

const TOPIC = 't';
const LATEST = -1;

type FetchAnswer = InputOf<typeof FetchResponse>;
type PartitionAnswer = FetchAnswer['responses'][number]['partitions'][number];
type AskedPartition = FetchRequest['topics'][number]['partitions'][number];

/** A record that a producer was told is safe. */
export interface Acked {
  readonly offset: number;
  readonly value: string;
}

/**
 * Several brokers' replicas of the one partition `t-0` over real logs, fetching from each other directly, on
 * a clock that the test moves. The test is the controller: it elects, and ISR changes come to it.
 */
export class ReplicaCluster {
  readonly clock = new ManualClock();
  readonly acked: Acked[] = [];
  readonly #hosts = new Map<number, ReplicaHost>();
  readonly #directories = new Map<number, string>();
  /** Broker ids that no other broker reaches, nor the controller. */
  readonly #isolated = new Set<number>();
  /** Connections by the two brokers at their ends. */
  readonly #connections = new Set<{ from: number; to: number; connection: LocalConnection }>();
  #state = { leader: -1, leaderEpoch: -1, partitionEpoch: -1, isr: [] as readonly number[] };
  #produced = 0;

  private constructor(
    private readonly ids: readonly number[],
    private readonly properties: Readonly<Record<string, string>>,
    private readonly devices: ReadonlyMap<number, DeviceFiles>,
  ) {}

  /** Over temporary folders, or over the devices given for the brokers. */
  static async start(
    ids: readonly number[],
    properties: Readonly<Record<string, string>> = {},
    devices: ReadonlyMap<number, DeviceFiles> = new Map(),
  ): Promise<ReplicaCluster> {
    const cluster = new ReplicaCluster(ids, properties, devices);
    for (const id of ids) await cluster.startBroker(id);
    return cluster;
  }

  async stop(): Promise<void> {
    for (const host of this.#hosts.values()) await host.stop();
  }

  get leader(): number {
    return this.#state.leader;
  }

  get isr(): readonly number[] {
    return this.#state.isr;
  }

  get alive(): readonly number[] {
    return [...this.#hosts.keys()];
  }

  isIsolated(id: number): boolean {
    return this.#isolated.has(id);
  }

  partition(id: number) {
    return this.#host(id).partition(TOPIC, 0);
  }

  log(id: number): Log {
    const log = this.logIfAny(id);
    if (!log) throw new Error(`broker ${String(id)} has no log`);
    return log;
  }

  /** A broker has none before it first hears of the partition. */
  logIfAny(id: number): Log | undefined {
    return this.#host(id).logs.get({ topic: TOPIC, partition: 0 });
  }

  async startBroker(brokerId: number): Promise<void> {
    const { clock } = this;
    const device = this.devices.get(brokerId);
    const directory = device ? '/data' : this.#directories.get(brokerId);
    const host = await ReplicaHost.start({
      clock,
      brokerId,
      properties: this.properties,
      metadata: new MetadataCache(),
      peers: this.#peersOf(brokerId),
      isrUpdates: { submit: (change) => this.#onIsrChange(brokerId, change) },
      ...(directory === undefined ? {} : { directory }),
      ...(device ? { files: device.files } : {}),
    });
    this.#hosts.set(brokerId, host);
    this.#directories.set(brokerId, host.directory);
    this.#announceBrokers();
    if (this.#state.leader >= 0) this.#tell(brokerId);
  }

  /** kill -9. */
  killBroker(id: number): void {
    this.#host(id).kill();
    this.#hosts.delete(id);
    this.#closeConnections((ends) => ends.from === id || ends.to === id);
    this.#announceBrokers();
  }

  /** The machine goes dark: what is not on its device is lost, but for what `below` spares of it. */
  cutPower(id: number, below?: Below): void {
    this.killBroker(id);
    this.devices.get(id)?.cutPower(below);
  }

  /** The broker goes on, but nobody hears it. */
  isolate(id: number): void {
    this.#isolated.add(id);
    this.#closeConnections((ends) => ends.from === id || ends.to === id);
    this.#announceBrokers();
  }

  /** It is heard again, and hears what has happened. */
  reconnect(id: number): void {
    this.#isolated.delete(id);
    this.#announceBrokers();
    this.#tell(id);
  }

  /** Makes `leader` the leader, with the members of the ISR that can be reached, or with those given. */
  elect(leader: number, isr?: readonly number[]): void {
    const { leaderEpoch, partitionEpoch } = this.#state;
    const all = this.#state.isr.length > 0 ? this.#state.isr : this.ids;
    this.#state = {
      leader,
      leaderEpoch: leaderEpoch + 1,
      partitionEpoch: partitionEpoch + 1,
      isr: isr ?? all.filter((id) => this.#isReachable(id)),
    };
    for (const id of this.#hosts.keys()) this.#tell(id);
  }

  /**
   * What the controller does when brokers come and go: the ISR loses who cannot be reached, but never its
   * last member, and a member that can be reached leads.
   */
  control(): void {
    const { leader, isr } = this.#state;
    const reachable = isr.filter((id) => this.#isReachable(id));
    if (reachable.length === 0) this.#state = { ...this.#state, leader: -1 };
    else if (!reachable.includes(leader)) this.elect(reachable[0] ?? -1, reachable);
    else if (reachable.length < isr.length) this.elect(leader, reachable);
  }

  /** Appends at `broker` with acks=all; `acked` gets the record when it is safe. */
  produce(broker = this.leader): void {
    const value = `value ${String(this.#produced++)}`;
    const partition = this.partition(broker);
    const { lastOffset } = partition.appendRecordsAsLeader(aBatch(value), {
      requiredAcks: -1,
      origin: 'client',
    });
    const { leaderEpoch } = partition;
    const host = this.#host(broker);
    const watch = () => {
      const outcome =
        partition.leaderEpoch === leaderEpoch
          ? partition.checkEnoughReplicas(lastOffset + 1)
          : 'over';
      if (outcome === 'pending') return;
      host.listener.watchers.delete(watch);
      if (outcome === 'NONE') this.acked.push({ offset: lastOffset, value });
    };
    host.listener.watchers.add(watch);
  }

  /** Lets `ms` pass, one at a time. */
  async run(ms: number): Promise<void> {
    for (let i = 0; i < ms; i++) {
      this.clock.advance(1);
      await drained();
    }
  }

  async until(condition: () => boolean, maxMs = 120_000): Promise<void> {
    for (let ms = 0; ms < maxMs; ms++) {
      if (condition()) return;
      await this.run(1);
    }
    throw new Error(`not reached in ${String(maxMs)} ms: ${condition.toString()}`);
  }

  /** Bytes of the log of a broker. */
  async bytes(id: number, upTo = this.log(id).logEndOffset): Promise<Buffer> {
    const log = this.log(id);
    const parts: Buffer[] = [];
    let offset = log.logStartOffset;
    while (offset < upTo) {
      const read = await log.read({ offset, upTo, maxBytes: 1_000_000, minOneBatch: true });
      const chunk = Buffer.concat(read.buffers);
      read.release();
      if (chunk.length === 0) break;
      parts.push(chunk);
      offset = endOf(chunk);
    }
    return Buffer.concat(parts);
  }

  #host(id: number): ReplicaHost {
    const host = this.#hosts.get(id);
    if (!host) throw new Error(`broker ${String(id)} does not run`);
    return host;
  }

  #isReachable(id: number): boolean {
    return this.#hosts.has(id) && !this.#isolated.has(id);
  }

  #announceBrokers(): void {
    const brokers = this.ids.filter((id) => this.#isReachable(id));
    for (const [id, host] of this.#hosts) {
      if (!this.#isolated.has(id)) host.replicas.updateMetadata(anUpdateMetadata({ brokers }));
    }
  }

  /** LeaderAndIsr. */
  #tell(id: number): void {
    if (!this.#isReachable(id)) return;
    this.#host(id).replicas.becomeLeaderOrFollower(
      aLeaderAndIsr({ ...this.#state, replicas: this.ids, isNew: true }),
    );
  }

  /** AlterPartition, as the controller takes it. */
  async #onIsrChange(from: number, change: IsrChange): Promise<IsrChangeResult> {
    await Promise.resolve();
    while (!this.#isReachable(from)) {
      const waited = deferred();
      this.clock.callAfter(50, () => waited.resolve());
      await waited.promise;
    }
    const state = this.#state;
    if (change.leaderEpoch !== state.leaderEpoch) return { error: 'FENCED_LEADER_EPOCH' };
    if (change.partitionEpoch !== state.partitionEpoch) return { error: 'INVALID_UPDATE_VERSION' };
    if (!change.isr.every((id) => this.#isReachable(id))) return { error: 'INELIGIBLE_REPLICA' };
    this.#state = { ...state, isr: change.isr, partitionEpoch: state.partitionEpoch + 1 };
    return { error: 'NONE', ...this.#state };
  }

  #peersOf(from: number): PeerConnector {
    return {
      connect: (target: PeerTarget) => {
        const to = target.brokerId;
        if (!this.#isReachable(to) || this.#isolated.has(from)) {
          return Promise.reject(new NetworkError('ECONNREFUSED', 'not reachable'));
        }
        const connection = new LocalConnection(this.#host(to), this.clock);
        this.#connections.add({ from, to, connection });
        return Promise.resolve(connection);
      },
    };
  }

  #closeConnections(which: (ends: { from: number; to: number }) => boolean): void {
    for (const each of this.#connections) {
      if (!which(each)) continue;
      each.connection.close();
      this.#connections.delete(each);
    }
  }
}

function endOf(batches: Buffer): number {
  let position = 0;
  let end = 0;
  while (position < batches.length) {
    end = batches.readInt32BE(position + 4) + batches.readInt32BE(position + 23) + 1;
    position += 12 + batches.readInt32BE(position + 8);
  }
  return end;
}

/** Serves Fetch, without sessions, and ListOffsets of another broker in this process; the bytes are the wire's. */
class LocalConnection implements PeerConnection {
  isClosed = false;
  readonly #open = new Set<(error: Error) => void>();

  constructor(
    private readonly host: ReplicaHost,
    private readonly clock: ManualClock,
  ) {}

  request<S extends MessageSpec, R extends MessageSpec>(
    requestSpec: S,
    responseSpec: R,
    version: number,
    message: InputOf<S>,
  ): Promise<TypeOf<R>> {
    if (this.isClosed) return Promise.reject(new NetworkError('ECONNRESET', 'closed'));
    const { promise, resolve, reject } = deferred<TypeOf<R>>();
    this.#open.add(reject);
    const codec = codecOf(requestSpec);
    const request = codec.decode(Buffer.concat(codec.encode(message, version)), version).message;
    const served =
      requestSpec.apiKey === FetchRequest.apiKey
        ? this.#fetch(request as unknown as FetchRequest)
        : this.#listOffsets(request as unknown as ListOffsetsRequest);
    served.then((answer) => {
      this.#open.delete(reject);
      const bytes = Buffer.concat(codecOf(responseSpec).encode(answer as InputOf<R>, version));
      if (!this.isClosed) resolve(codecOf(responseSpec).decode(bytes, version).message);
    }, reject);
    return promise;
  }

  close(): void {
    this.isClosed = true;
    for (const reject of this.#open) reject(new NetworkError('ECONNRESET', 'closed'));
    this.#open.clear();
  }

  async #fetch(request: FetchRequest): Promise<FetchAnswer> {
    let answer = await this.#readAll(request, true);
    if (!isWorthSending(answer)) {
      await this.#untilSomethingHappens(request);
      answer = await this.#readAll(request, false);
    }
    return answer;
  }

  async #readAll(request: FetchRequest, counts: boolean): Promise<FetchAnswer> {
    const responses = [];
    for (const { topicId, partitions } of request.topics) {
      const answers: PartitionAnswer[] = [];
      for (const asked of partitions)
        answers.push(await this.#read(request.replicaState, asked, counts));
      responses.push({ topicId, partitions: answers });
    }
    return { throttleTimeMs: 0, errorCode: 0, sessionId: 0, responses };
  }

  async #read(
    { replicaId, replicaEpoch: brokerEpoch }: FetchRequest['replicaState'],
    asked: AskedPartition,
    counts: boolean,
  ): Promise<PartitionAnswer> {
    const { fetchOffset, logStartOffset } = asked;
    const reader = { kind: 'follower' as const, brokerId: replicaId, brokerEpoch };
    const query: FetchQuery = { ...asked, reader };
    const base = { partitionIndex: asked.partition, abortedTransactions: null, records: null };
    try {
      const partition = this.host.partition(TOPIC, asked.partition);
      const position = partition.read(query, {
        maxBytes: asked.partitionMaxBytes,
        minOneBatch: true,
      });
      const { divergingEpoch, highWatermark, endOffset: leaderEndOffset } = position;
      if (counts && !divergingEpoch) {
        partition.recordFollowerFetch(replicaId, {
          brokerEpoch,
          fetchOffset,
          logStartOffset,
          leaderEndOffset,
        });
      }
      const data = await position.data;
      const records = data ? Buffer.concat(data.buffers) : null;
      data?.release();
      return {
        ...base,
        errorCode: 0,
        highWatermark,
        logStartOffset: position.logStartOffset,
        ...(divergingEpoch ? { divergingEpoch } : {}),
        records,
      };
    } catch (error) {
      const name: ErrorName =
        error instanceof ProtocolError ? error.errorName : 'UNKNOWN_TOPIC_OR_PARTITION';
      return { ...base, errorCode: errorCode(name), highWatermark: -1 };
    }
  }

  #untilSomethingHappens({ maxWaitMs }: FetchRequest): Promise<void> {
    const { promise, resolve } = deferred();
    const { watchers } = this.host.listener;
    const partitions = [...this.host.replicas.partitions()];
    const watch = () => {
      watchers.delete(watch);
      for (const partition of partitions) partition.watchers.delete(appended);
      resolve();
    };
    const appended = { onPartitionChange: watch };
    watchers.add(watch);
    for (const partition of partitions) partition.watchers.add(appended);
    this.clock.callAfter(maxWaitMs, watch);
    return promise;
  }

  #listOffsets({ topics }: ListOffsetsRequest): Promise<InputOf<typeof ListOffsetsResponse>> {
    const answers = topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, timestamp }) => {
        const log = this.host.partition(name, partitionIndex).requireLog();
        const offset = timestamp === LATEST ? log.logEndOffset : log.logStartOffset;
        return { partitionIndex, errorCode: 0, offset };
      }),
    }));
    return Promise.resolve({ throttleTimeMs: 0, topics: answers });
  }
}

function isWorthSending({ responses }: FetchAnswer): boolean {
  return responses.some(({ partitions }) =>
    partitions.some(
      ({ errorCode: code, records, divergingEpoch }) =>
        code !== 0 || records !== null || divergingEpoch,
    ),
  );
}

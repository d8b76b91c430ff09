/**
 * The cluster as a client knows it: brokers, and who leads which partition in which epoch. Metadata may come from a
 * broker that lags behind, so a leader of an older epoch than one already known is not believed (KIP-320).
 */
import { NetworkError } from '../../../src/platform/ports';
import { errorName } from '../../../src/protocol/errors';
import type { ErrorName } from '../../../src/protocol/errors';
import { MetadataRequest, MetadataResponse } from '../../../src/protocol/messages/03-metadata';
import { ZERO_UUID } from '../../../src/protocol/schema';
import type { TypeOf } from '../../../src/protocol/schema';
import type { Client } from './client';
import { Connection } from './connection';
import type { WorkloadOptions } from './options';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

export interface Leader {
  /** −1 while nobody leads. */
  readonly id: number;
  /** −1 if it is not known. */
  readonly epoch: number;
}

interface KnownTopic {
  /** `ZERO_UUID` if it is not known. */
  readonly id: string;
  readonly leaders: Map<number, Leader>;
  /** The brokers of each partition, as last told. */
  readonly replicas: Map<number, readonly number[]>;
}

type Metadata = TypeOf<typeof MetadataResponse>;
type TopicMetadata = Metadata['topics'][number];

export const CONNECT_TIMEOUT_MS = 1_000;
const METADATA_TIMEOUT_MS = 2_000;
/** From the first on that lets a client forbid that the topic is made. */
const METADATA_VERSIONS = [4, 12] as const;
/** As `reconnect.backoff.ms`, which doubles up to its `max`. */
const RECONNECT_MS = 50;
const MAX_RECONNECT_MS = 1_000;

const TOPIC_ERRORS: readonly ErrorName[] = [
  'NONE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
];
const PARTITION_ERRORS: readonly ErrorName[] = [
  'NONE',
  'LEADER_NOT_AVAILABLE',
  'LISTENER_NOT_FOUND',
];

interface Known {
  readonly connecting: Promise<Connection>;
}

export class ClusterView {
  readonly #topics = new Map<string, KnownTopic>();
  readonly #names = new Map<string, string>();
  #brokers = new Map<number, HostPort>();
  readonly #connections = new Map<string, Known>();
  /** Attempts that failed in a row, and until when the next one waits. */
  readonly #failures = new Map<string, { readonly count: number; readonly untilMs: number }>();
  #refreshing: Promise<boolean> | undefined;
  readonly #version: number;
  controllerId = -1;

  constructor(
    private readonly client: Client,
    private readonly topics: () => readonly string[],
    options: WorkloadOptions,
  ) {
    const { random } = client;
    const newest = METADATA_VERSIONS[1];
    const drawn = random.oneIn(2) ? newest : random.between(...METADATA_VERSIONS);
    this.#version = options.number('metadataVersion', drawn);
  }

  /** In no order that means anything. */
  get brokerIds(): readonly number[] {
    return [...this.#brokers.keys()];
  }

  /** Whether topics are known by their ids. */
  get knowsTopicIds(): boolean {
    return this.#version >= 10;
  }

  leaderOf(topic: string, partition: number): Leader | undefined {
    const leader = this.#topics.get(topic)?.leaders.get(partition);
    return leader && this.#brokers.has(leader.id) ? leader : undefined;
  }

  partitionsOf(topic: string): readonly number[] {
    return [...(this.#topics.get(topic)?.leaders.keys() ?? [])];
  }

  replicasOf(topic: string, partition: number): readonly number[] {
    return this.#topics.get(topic)?.replicas.get(partition) ?? [];
  }

  topicId(topic: string): string {
    return this.#topics.get(topic)?.id ?? ZERO_UUID;
  }

  topicName(id: string): string | undefined {
    return this.#names.get(id);
  }

  /** What an answer told in passing (KIP-951). */
  learnLeader(topic: string, partition: number, leader: Leader): void {
    const known = this.#topics.get(topic)?.leaders;
    if (leader.id >= 0 && leader.epoch > (known?.get(partition)?.epoch ?? -1))
      known?.set(partition, leader);
  }

  learnBroker(id: number, address: HostPort): void {
    this.#brokers.set(id, address);
  }

  /** Asks any broker about the topics; false if none answered. One question at a time, however many want to know. */
  refresh(): Promise<boolean> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /** A connection to the broker, made if there is none. Rejects with a `NetworkError`. */
  connect(id: number): Promise<Connection> {
    const address = this.#brokers.get(id);
    if (address) return this.#connectTo(address);
    return Promise.reject(new NetworkError('ENOTFOUND', `broker ${String(id)} is not known`));
  }

  /** A connection to some broker that answers. Rejects with a `NetworkError` if none does. */
  async anyBroker(): Promise<Connection> {
    const addresses = [...this.#brokers.values(), ...this.client.context.bootstrap];
    const from = this.client.random.below(addresses.length);
    let last: unknown;
    for (let step = 0; step < addresses.length; step++) {
      const address = addresses[(from + step) % addresses.length] as HostPort;
      try {
        return await this.#connectTo(address);
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  /** The connections are closed; asking again makes new ones. */
  close(): void {
    for (const { connecting } of this.#connections.values())
      connecting.then(
        (connection) => connection.close(),
        () => undefined,
      );
    this.#connections.clear();
  }

  async #refresh(): Promise<boolean> {
    try {
      const connection = await this.anyBroker();
      const version = connection.served(MetadataRequest, this.#version);
      const topics = this.topics().map((name) => ({ name }));
      const answer = await connection.ask(
        MetadataRequest,
        MetadataResponse,
        { topics, allowAutoTopicCreation: false },
        { timeoutMs: METADATA_TIMEOUT_MS, version },
      );
      this.#take(answer, connection.broker);
      return true;
    } catch (error) {
      if (error instanceof NetworkError) return false;
      throw error;
    }
  }

  #take(answer: Metadata, broker: string): void {
    this.#brokers = new Map(
      answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]),
    );
    this.controllerId = answer.controllerId;
    const asked = new Set(this.topics());
    for (const topic of answer.topics) {
      const error = errorName(topic.errorCode);
      if (topic.name === null || !asked.has(topic.name))
        this.client.accuse(broker, `metadata of a topic that was not asked for`);
      else if (!TOPIC_ERRORS.includes(error))
        this.client.accuse(broker, `metadata: ${error} for topic ${topic.name}`);
      else if (error === 'NONE') this.#takeTopic(topic.name, topic, broker);
    }
  }

  #takeTopic(name: string, topic: TopicMetadata, broker: string): void {
    const id = topic.topicId;
    const before = this.#topics.get(name);
    const isSame = before?.id === id;
    const leaders = isSame ? before.leaders : new Map<number, Leader>();
    const replicas = new Map<number, readonly number[]>();
    for (const partition of topic.partitions) {
      const { partitionIndex: index, leaderId, leaderEpoch } = partition;
      this.#judge(`${name}-${String(index)}`, partition, broker);
      replicas.set(index, partition.replicaNodes);
      // A version without epochs tells nothing that could be compared.
      const isNews = leaderEpoch < 0 || leaderEpoch >= (leaders.get(index)?.epoch ?? -1);
      if (isNews) leaders.set(index, { id: leaderId, epoch: leaderEpoch });
    }
    this.#topics.set(name, { id, leaders, replicas });
    if (id !== ZERO_UUID) this.#names.set(id, name);
  }

  #judge(where: string, partition: TopicMetadata['partitions'][number], broker: string): void {
    const error = errorName(partition.errorCode);
    const { leaderId, replicaNodes, isrNodes } = partition;
    if (!PARTITION_ERRORS.includes(error))
      this.client.accuse(broker, `metadata: ${error} for ${where}`);
    else if (error === 'NONE' && !this.#brokers.has(leaderId))
      this.client.accuse(broker, `metadata: leader ${String(leaderId)} of ${where} is no broker`);
    else if (!isrNodes.every((id) => replicaNodes.includes(id)))
      this.client.accuse(
        broker,
        `metadata: ISR ${String(isrNodes)} of ${where}, replicas ${String(replicaNodes)}`,
      );
  }

  async #connectTo(address: HostPort): Promise<Connection> {
    const key = `${address.host}:${String(address.port)}`;
    const known = this.#connections.get(key);
    if (known) {
      const connection = await known.connecting.catch(() => undefined);
      if (connection && !connection.isClosed) return connection;
      if (this.#connections.get(key) === known) this.#connections.delete(key);
      return this.#connectTo(address);
    }
    const waitMs = (this.#failures.get(key)?.untilMs ?? 0) - this.client.nowMs;
    if (waitMs > 0) throw new NetworkError('ECONNREFUSED', `${key} has just not been reached`);
    const connecting = Connection.open(this.client, address, CONNECT_TIMEOUT_MS);
    this.#connections.set(key, { connecting });
    try {
      const connection = await connecting;
      this.#failures.delete(key);
      return connection;
    } catch (error) {
      this.#noteFailure(key);
      throw error;
    }
  }

  #noteFailure(key: string): void {
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    const waitMs = Math.min(MAX_RECONNECT_MS, RECONNECT_MS * 2 ** (count - 1));
    this.#failures.set(key, { count, untilMs: this.client.nowMs + this.client.around(waitMs) });
  }
}

/** The cluster as a client knows it: brokers by id with a connection to each, and where a topic's leaders are. */
import type { Platform } from '../../platform/ports';
import { NetworkError } from '../../platform/ports';
import { errorCode, errorName } from '../../protocol/errors';
import { MetadataRequest, MetadataResponse } from '../../protocol/messages/03-metadata';
import type { TypeOf } from '../../protocol/schema';
import { PerfError } from '../perf-error';
import { BrokerConnection } from '../../network/broker-connection';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

export interface PartitionPlace {
  readonly index: number;
  /** −1 while nobody leads. */
  readonly leaderId: number;
}

export interface ClusterViewOptions {
  /** As `host:port,…`. */
  readonly bootstrap: string;
  readonly clientId: string;
  readonly requestTimeoutMs: number;
}

const CONNECT_TIMEOUT_MS = 5_000;

/** Throws a `PerfError` on what is no list of `host:port`. */
export function parseBootstrap(list: string): HostPort[] {
  return list.split(',').map((entry) => {
    const match = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(entry.trim());
    const [, host = '', digits = ''] = match ?? [];
    const port = Number(digits);
    if (host !== '' && port > 0 && port <= 65_535) return { host, port };
    throw new PerfError(`"${entry.trim()}" in the list of brokers is not host:port`);
  });
}

export class ClusterView {
  readonly #bootstrap: readonly HostPort[];
  #brokers = new Map<number, HostPort>();
  readonly #connections = new Map<string, Promise<BrokerConnection>>();
  #controllerId = -1;
  #isClosed = false;

  constructor(
    private readonly platform: Platform,
    private readonly options: ClusterViewOptions,
  ) {
    this.#bootstrap = parseBootstrap(options.bootstrap);
  }

  /** The ids of the brokers that the last metadata named. */
  get brokerIds(): readonly number[] {
    return [...this.#brokers.keys()];
  }

  /** Asks for a topic; `undefined` if there is none. Rejects with a `PerfError` if no broker answers, or one refuses. */
  async topic(name: string): Promise<readonly PartitionPlace[] | undefined> {
    const { topics } = await this.#metadata([{ name }]);
    const found = topics[0];
    const code = found?.errorCode ?? errorCode('UNKNOWN_TOPIC_OR_PARTITION');
    if (code === errorCode('UNKNOWN_TOPIC_OR_PARTITION')) return undefined;
    if (code !== 0 && code !== errorCode('LEADER_NOT_AVAILABLE'))
      throw new PerfError(`topic ${name}: ${errorName(code)}`);
    return (found?.partitions ?? [])
      .map(({ partitionIndex, leaderId }) => ({ index: partitionIndex, leaderId }))
      .sort((a, b) => a.index - b.index);
  }

  /** A connection to the controller, for what changes topics. */
  async controller(): Promise<BrokerConnection> {
    await this.#metadata([]);
    return this.#brokers.has(this.#controllerId)
      ? this.broker(this.#controllerId)
      : this.#anyBroker();
  }

  /** The connection to a broker, made if there is none. Rejects with a `NetworkError`. */
  broker(id: number): Promise<BrokerConnection> {
    const address = this.#brokers.get(id);
    if (!address) return Promise.reject(new PerfError(`broker ${String(id)} is not known`));
    return this.#connectionTo(address);
  }

  /** Closes all connections; none is made any more. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#connections.values())
      connection.then(
        (open) => open.close(),
        () => undefined,
      );
    this.#connections.clear();
  }

  async #metadata(
    topics: readonly { readonly name: string }[],
  ): Promise<TypeOf<typeof MetadataResponse>> {
    const connection = await this.#anyBroker();
    const request = { topics, allowAutoTopicCreation: false };
    const { requestTimeoutMs } = this.options;
    const answer = await connection.request(
      MetadataRequest,
      MetadataResponse,
      request,
      requestTimeoutMs,
    );
    this.#brokers = new Map(
      answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]),
    );
    this.#controllerId = answer.controllerId;
    return answer;
  }

  /** Known brokers first, then those that the user named: one that answers. */
  async #anyBroker(): Promise<BrokerConnection> {
    let last: unknown;
    for (const address of [...this.#brokers.values(), ...this.#bootstrap]) {
      try {
        return await this.#connectionTo(address);
      } catch (error) {
        last = error;
      }
    }
    const why = last instanceof Error ? last.message : String(last);
    throw new PerfError(`no broker answers at ${this.options.bootstrap}: ${why}`, { cause: last });
  }

  async #connectionTo(address: HostPort): Promise<BrokerConnection> {
    const key = `${address.host}:${String(address.port)}`;
    const known = this.#connections.get(key);
    if (known) {
      const connection = await known.catch(() => undefined);
      if (connection && !connection.isClosed) return connection;
      if (this.#connections.get(key) === known) this.#connections.delete(key);
      else return this.#connectionTo(address);
    }
    if (this.#isClosed) throw new NetworkError('ECANCELED', 'the measurement has ended');
    const connecting = BrokerConnection.open(this.platform, {
      ...address,
      clientId: this.options.clientId,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
    });
    this.#connections.set(key, connecting);
    return connecting;
  }
}

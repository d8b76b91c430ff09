/** The cluster as a client knows it: brokers by id with a connection to each, and where a topic's leaders are. */
import type { Platform } from '../../platform/ports';
import { errorCode, errorName } from '../../protocol/errors';
import { MetadataRequest, MetadataResponse } from '../../protocol/messages/03-metadata';
import type { TypeOf } from '../../protocol/schema';
import { PerfError } from '../perf-error';
import type { BrokerConnection } from '../../network/broker-connection';
import { BrokerPool } from '../../network/broker-pool';
import type { HostPort } from '../../network/broker-pool';

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

export class ClusterView {
  readonly #pool: BrokerPool;
  #brokers = new Map<number, HostPort>();
  #controllerId = -1;

  /** Throws a `PerfError` on a bootstrap list that is none. */
  constructor(
    platform: Platform,
    private readonly options: ClusterViewOptions,
  ) {
    const { bootstrap, clientId } = options;
    this.#pool = new BrokerPool(platform, {
      bootstrap,
      clientId,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      refuse: (message, why) => new PerfError(message, why),
    });
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
      : this.#pool.any(this.#brokers.values());
  }

  /** The connection to a broker, made if there is none. Rejects with a `NetworkError`. */
  broker(id: number): Promise<BrokerConnection> {
    const address = this.#brokers.get(id);
    if (!address) return Promise.reject(new PerfError(`broker ${String(id)} is not known`));
    return this.#pool.to(address);
  }

  /** Closes all connections; none is made any more. */
  close(): void {
    this.#pool.close();
  }

  async #metadata(
    topics: readonly { readonly name: string }[],
  ): Promise<TypeOf<typeof MetadataResponse>> {
    const connection = await this.#pool.any(this.#brokers.values());
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
}

/**
 * The connections of an administrator's client to any Kafka cluster: to a broker by its id, to the controller, to
 * a group's coordinator; those are found anew while they move. What is asked over them is in the files beside.
 */
import type { BrokerConnection } from '../network/broker-connection';
import { BrokerPool } from '../network/broker-pool';
import type { Clock, Network } from '../platform/ports';
import { NetworkError } from '../platform/ports';
import type { ErrorName } from '../protocol/errors';
import { MetadataRequest, MetadataResponse } from '../protocol/messages/03-metadata';
import {
  FindCoordinatorRequest,
  FindCoordinatorResponse,
} from '../protocol/messages/10-find-coordinator';
import type { InputOf, MessageSpec, TypeOf } from '../protocol/schema';
import { AdminError, refuseUnlessNone } from './admin-error';
import { metadataOf } from './metadata';
import type { BrokerNode, ClusterMetadata } from './metadata';

export interface AdminOptions {
  /** As `host:port,…`. */
  readonly bootstrap: string;
  readonly clientId: string;
  readonly requestTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** For how long what moves (leader, controller, coordinator) is looked for. */
  readonly retryTimeoutMs: number;
}

const RETRY_BACKOFF_MS = 100;
const GROUP_COORDINATOR = 0;

/** They end by themselves: what was asked for has moved, or is on its way. */
const PASSING: ReadonlySet<ErrorName> = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'NOT_CONTROLLER',
]);

export function isPassing(error: ErrorName): boolean {
  return PASSING.has(error);
}

/** Every method rejects with an `AdminError`, a `NetworkError` or an `UnsupportedApiError`. */
export class AdminClient {
  readonly #pool: BrokerPool;
  #brokers: readonly BrokerNode[] = [];

  constructor(
    private readonly platform: { readonly clock: Clock; readonly network: Network },
    private readonly options: AdminOptions,
  ) {
    this.#pool = new BrokerPool(platform, {
      ...options,
      refuse: (message, why) => new AdminError(message, why),
    });
  }

  get requestTimeoutMs(): number {
    return this.options.requestTimeoutMs;
  }

  /** `null` asks about all topics. A topic that does not exist carries its error; none is created. */
  async metadata(topics: readonly string[] | null): Promise<ClusterMetadata> {
    const connection = await this.#pool.any(this.#brokers);
    const answer = await this.#ask(connection, MetadataRequest, MetadataResponse, {
      topics: topics?.map((name) => ({ name })) ?? null,
      allowAutoTopicCreation: false,
    });
    const found = metadataOf(answer);
    this.#brokers = found.brokers;
    return found;
  }

  async askAny<S extends MessageSpec, R extends MessageSpec>(
    request: S,
    response: R,
    message: InputOf<S>,
  ): Promise<TypeOf<R>> {
    return this.#ask(await this.#pool.any(this.#brokers), request, response, message);
  }

  async askBroker<S extends MessageSpec, R extends MessageSpec>(
    id: number,
    request: S,
    response: R,
    message: InputOf<S>,
  ): Promise<TypeOf<R>> {
    return this.#ask(await this.connection(id), request, response, message);
  }

  /** `check` throws what the answer refuses: it is asked again where that is only that the controller has moved. */
  async askController<S extends MessageSpec, R extends MessageSpec>(
    request: S,
    response: R,
    message: InputOf<S>,
    check: (answer: TypeOf<R>) => void,
  ): Promise<TypeOf<R>> {
    return this.retrying(async () => {
      const { controllerId } = await this.metadata([]);
      if (controllerId < 0)
        throw new AdminError('the cluster has no controller', { errorName: 'NOT_CONTROLLER' });
      const answer = await this.askBroker(controllerId, request, response, message);
      check(answer);
      return answer;
    });
  }

  /** Asks the coordinator of `group`; `check` as for `askController`. */
  async askCoordinator<S extends MessageSpec, R extends MessageSpec>(
    group: string,
    api: { readonly request: S; readonly response: R },
    message: InputOf<S>,
    check: (answer: TypeOf<R>) => void,
  ): Promise<TypeOf<R>> {
    return this.retrying(async () => {
      const { id } = await this.coordinator(group);
      const answer = await this.askBroker(id, api.request, api.response, message);
      check(answer);
      return answer;
    });
  }

  async coordinator(group: string): Promise<BrokerNode> {
    return this.retrying(async () => {
      const { errorCode, errorMessage, nodeId, host, port } = await this.askAny(
        FindCoordinatorRequest,
        FindCoordinatorResponse,
        { key: group, keyType: GROUP_COORDINATOR },
      );
      refuseUnlessNone(
        `the coordinator of group ${group} cannot be found`,
        errorCode,
        errorMessage,
      );
      const known = this.#brokers.find(({ id }) => id === nodeId);
      if (!known) await this.metadata([]);
      return { id: nodeId, host, port, rack: known?.rack ?? null };
    });
  }

  /** The connection to a broker, made if there is none. */
  async connection(id: number): Promise<BrokerConnection> {
    if (!this.#brokers.some((broker) => broker.id === id)) await this.metadata([]);
    const address = this.#brokers.find((broker) => broker.id === id);
    if (!address)
      throw new AdminError(
        `there is no broker ${String(id)}: the cluster has ${this.#brokers.map((broker) => broker.id).join(', ')}`,
      );
    return this.#pool.to(address);
  }

  /** Tries until `attempt` fails with something other than what passes, or the time is over. */
  async retrying<T>(attempt: () => Promise<T>): Promise<T> {
    const { clock } = this.platform;
    const deadlineMs = clock.monotonicMs() + this.options.retryTimeoutMs;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        const passes =
          error instanceof AdminError &&
          error.errorName !== undefined &&
          isPassing(error.errorName);
        const mayRetry = passes || error instanceof NetworkError;
        if (!mayRetry || clock.monotonicMs() >= deadlineMs) throw error;
      }
      await new Promise<void>((resolve) => clock.callAfter(RETRY_BACKOFF_MS, resolve));
    }
  }

  close(): void {
    this.#pool.close();
  }

  // oxlint-disable-next-line max-params -- a request is these things.
  #ask<S extends MessageSpec, R extends MessageSpec>(
    connection: BrokerConnection,
    request: S,
    response: R,
    message: InputOf<S>,
  ): Promise<TypeOf<R>> {
    return connection.request(request, response, message, this.options.requestTimeoutMs);
  }
}

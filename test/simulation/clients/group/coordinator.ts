/**
 * A member's way to its coordinator: a connection of its own, since a join waits there and holds up what is behind it.
 * Each question gives the answer or the name of an error; one that the API must not give is an accusation.
 */
import { NetworkError } from '../../../../src/platform/ports';
import { errorName } from '../../../../src/protocol/errors';
import type { ErrorName } from '../../../../src/protocol/errors';
import {
  FindCoordinatorRequest,
  FindCoordinatorResponse,
} from '../../../../src/protocol/messages/10-find-coordinator';
import type { InputOf, MessageSpec, TypeOf } from '../../../../src/protocol/schema';
import type { Client } from '../client';
import { CONNECT_TIMEOUT_MS } from '../cluster-view';
import type { ClusterView } from '../cluster-view';
import { Connection } from '../connection';

const ASK_TIMEOUT_MS = 3_000;
const KEYS_SINCE = 4;
/** Share groups came with 6, which is not for others. */
const HIGHEST_VERSION = 5;
/** The coordinator is another one, or none yet. */
export const COORDINATOR_ERRORS: readonly ErrorName[] = [
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
];

export interface Question<Q extends MessageSpec, R extends MessageSpec> {
  readonly request: Q;
  readonly response: R;
  readonly versions: readonly [number, number];
  readonly timeoutMs?: number;
  message(version: number): InputOf<Q>;
}

export class Coordinator {
  #connection: Connection | undefined;

  constructor(
    private readonly client: Client,
    private readonly view: ClusterView,
    private readonly group: string,
  ) {}

  /** Asks the coordinator, after finding it where needed. Rejects with a `NetworkError`. */
  async ask<Q extends MessageSpec, R extends MessageSpec>(
    question: Question<Q, R>,
  ): Promise<{ readonly answer: TypeOf<R>; readonly broker: string; readonly version: number }> {
    const connection = await this.#connect();
    const { request, response, versions, timeoutMs = ASK_TIMEOUT_MS } = question;
    const version = connection.served(request, this.client.random.between(...versions));
    const message = question.message(version);
    const answer = await connection.ask(request, response, message, { timeoutMs, version });
    return { answer, broker: connection.broker, version };
  }

  /** The next question finds the coordinator anew. */
  forget(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** Accuses the broker unless it may give the error. */
  judge(api: string, error: ErrorName, allowed: readonly ErrorName[], broker: string): void {
    if (error === 'NONE' || allowed.includes(error)) return;
    this.client.accuse(broker, `${api} in ${this.group}: ${error}`);
  }

  async #connect(): Promise<Connection> {
    if (this.#connection && !this.#connection.isClosed) return this.#connection;
    const found = await this.#find();
    const connection = await Connection.open(this.client, found, CONNECT_TIMEOUT_MS);
    this.#connection = connection;
    return connection;
  }

  async #find(): Promise<{ host: string; port: number }> {
    const connection = await this.view.anyBroker();
    const wanted = this.client.random.between(0, HIGHEST_VERSION);
    const version = connection.served(FindCoordinatorRequest, wanted);
    const hasKeys = version >= KEYS_SINCE;
    const answer = await connection.ask(
      FindCoordinatorRequest,
      FindCoordinatorResponse,
      hasKeys ? { coordinatorKeys: [this.group] } : { key: this.group },
      { timeoutMs: ASK_TIMEOUT_MS, version },
    );
    const found = hasKeys ? answer.coordinators[0] : answer;
    const error = errorName(found?.errorCode ?? -1);
    this.judge('FindCoordinator', error, ['COORDINATOR_NOT_AVAILABLE'], connection.broker);
    if (!found || error !== 'NONE')
      throw new NetworkError('ENOTFOUND', `no coordinator of ${this.group}: ${error}`);
    if (hasKeys && answer.coordinators[0]?.key !== this.group)
      this.client.accuse(connection.broker, `a coordinator of another group than ${this.group}`);
    return { host: found.host, port: found.port };
  }
}

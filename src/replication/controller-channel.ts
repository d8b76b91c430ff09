/**
 * Requests from this broker to whichever broker is the controller (`NodeToControllerChannelManager`). A
 * request is sent again until a controller has answered it: what is asked must be safe to ask twice. The
 * controller's place is what the metadata cache says, looked up anew before each connection.
 */

import type { MetadataCache } from '../metadata/metadata-cache';
import { NetworkError } from '../platform/ports';
import { errorName } from '../protocol/errors';
import type { InputOf, MessageSpec, TypeOf } from '../protocol/schema';
import { deferred, type Deferred } from '../base/deferred';
import type { PeerConnection, PeerConnector, ReplicationPlatform } from './ports';

/** Before the metadata cache is asked again for another controller. */
const POLL_MS = 100;
/** Before another connection to the same controller. */
const RECONNECT_MS = 50;

export interface ControllerCall<S extends MessageSpec, R extends MessageSpec> {
  readonly request: S;
  readonly response: R;
  /** Called for each attempt, so that it may carry the present broker epoch. */
  build(): { readonly version: number; readonly message: InputOf<S> };
  /** The answer's error as a whole. */
  errorCodeOf(response: TypeOf<R>): number;
}

export interface ControllerChannelOptions {
  readonly platform: ReplicationPlatform;
  readonly brokerId: number;
  readonly metadata: MetadataCache;
  readonly interBrokerListener: string;
  readonly peers: PeerConnector;
  /** An attempt without answer in this time counts as a lost connection. */
  readonly requestTimeoutMs: () => number;
}

export class ControllerChannel {
  #connection: Promise<PeerConnection> | undefined;
  #connectedTo = -1;
  #isClosed = false;
  /** Calls that wait before their next attempt. */
  readonly #waiting = new Set<Deferred<void>>();

  constructor(private readonly options: ControllerChannelOptions) {}

  /** The answer of a controller, whatever else it says. Rejects with a `NetworkError` only once the channel is closed. */
  async send<S extends MessageSpec, R extends MessageSpec>(
    call: ControllerCall<S, R>,
  ): Promise<TypeOf<R>> {
    while (!this.#isClosed) {
      const attempt = await this.#attempt(call);
      if ('response' in attempt) return attempt.response;
      await this.#wait(attempt.retryAfterMs);
    }
    throw new NetworkError('ECANCELED', 'the channel to the controller is closed');
  }

  close(): void {
    this.#isClosed = true;
    this.#drop();
    for (const waiting of this.#waiting) waiting.resolve();
  }

  async #attempt<S extends MessageSpec, R extends MessageSpec>(
    call: ControllerCall<S, R>,
  ): Promise<{ response: TypeOf<R> } | { retryAfterMs: number }> {
    try {
      const connection = await this.#connect();
      if (!connection) return { retryAfterMs: POLL_MS };
      const { version, message } = call.build();
      const timeoutMs = this.options.requestTimeoutMs();
      const response = await connection.request(
        call.request,
        call.response,
        version,
        message,
        timeoutMs,
      );
      if (errorName(call.errorCodeOf(response)) !== 'NOT_CONTROLLER') return { response };
      this.#drop();
      return { retryAfterMs: POLL_MS };
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      this.#drop();
      return { retryAfterMs: RECONNECT_MS };
    }
  }

  /** `undefined` while no controller is known. */
  async #connect(): Promise<PeerConnection | undefined> {
    if (this.options.metadata.controllerId !== this.#connectedTo) this.#drop();
    const connecting = this.#connection ?? this.#open();
    if (!connecting) return undefined;
    const connection = await connecting;
    if (connection.isClosed)
      throw new NetworkError('ECONNRESET', 'the controller closed the connection');
    return connection;
  }

  #open(): Promise<PeerConnection> | undefined {
    const { metadata, interBrokerListener, brokerId, peers } = this.options;
    const { controllerId } = metadata;
    const endpoint = metadata.endpoint(controllerId, interBrokerListener);
    if (!endpoint || this.#isClosed) return undefined;
    const clientId = `broker-${String(brokerId)}-to-controller`;
    const timeoutMs = this.options.requestTimeoutMs();
    this.#connectedTo = controllerId;
    this.#connection = peers.connect({ brokerId: controllerId, endpoint, clientId, timeoutMs });
    return this.#connection;
  }

  #drop(): void {
    this.#connectedTo = -1;
    this.#connection?.then(
      (connection) => connection.close(),
      () => undefined,
    );
    this.#connection = undefined;
  }

  async #wait(delayMs: number): Promise<void> {
    if (this.#isClosed) return;
    const waiting = deferred();
    this.#waiting.add(waiting);
    const cancel = this.options.platform.clock.callAfter(delayMs, () => waiting.resolve());
    await waiting.promise;
    cancel();
    this.#waiting.delete(waiting);
  }
}

/**
 * Requests from this broker to whichever broker is the controller (`NodeToControllerChannelManager`). A
 * request is sent again until a controller has answered it: what is asked must be safe to ask twice. The
 * controller's place is what the metadata cache says. Once that names another, nothing is waited for from
 * the one before, which may be frozen with the connection open.
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

const NOBODY = -1;

export class ControllerChannel {
  #connection: Promise<PeerConnection> | undefined;
  /** Ends the wait for a connection that is being made. */
  #cancelConnecting: () => void = () => undefined;
  #connectedTo = NOBODY;
  #controllerId = NOBODY;
  readonly #stopListening: () => void;
  #isClosed = false;
  /** Calls that wait before their next attempt. */
  readonly #waiting = new Set<Deferred<void>>();

  constructor(private readonly options: ControllerChannelOptions) {
    this.#stopListening = options.metadata.onChange(() => this.#onMetadata());
  }

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
    this.#stopListening();
    this.#drop();
    this.#retryNow();
  }

  #onMetadata(): void {
    const { controllerId } = this.options.metadata;
    if (controllerId === this.#controllerId) return;
    this.#controllerId = controllerId;
    if (this.#connectedTo !== controllerId) this.#drop();
    this.#retryNow();
  }

  #retryNow(): void {
    for (const waiting of this.#waiting) waiting.resolve();
  }

  async #attempt<S extends MessageSpec, R extends MessageSpec>(
    call: ControllerCall<S, R>,
  ): Promise<{ response: TypeOf<R> } | { retryAfterMs: number }> {
    const used = this.#connection ?? this.#open();
    if (!used) return { retryAfterMs: POLL_MS };
    try {
      const connection = await used;
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
      this.#dropIf(used);
      return { retryAfterMs: POLL_MS };
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      this.#dropIf(used);
      return { retryAfterMs: RECONNECT_MS };
    }
  }

  /** Another call may have made a new connection by now. */
  #dropIf(used: Promise<PeerConnection>): void {
    if (this.#connection === used) this.#drop();
  }

  /** `undefined` while no controller is known. */
  #open(): Promise<PeerConnection> | undefined {
    const { metadata, interBrokerListener, brokerId, peers } = this.options;
    const { controllerId } = metadata;
    const endpoint = metadata.endpoint(controllerId, interBrokerListener);
    if (!endpoint || this.#isClosed) return undefined;
    const clientId = `broker-${String(brokerId)}-to-controller`;
    const timeoutMs = this.options.requestTimeoutMs();
    const cancelled = deferred<never>();
    const connecting = peers.connect({ brokerId: controllerId, endpoint, clientId, timeoutMs });
    this.#connectedTo = controllerId;
    this.#connection = Promise.race([connecting, cancelled.promise]);
    this.#cancelConnecting = () => {
      connecting.then(
        (connection) => connection.close(),
        () => undefined,
      );
      cancelled.reject(new NetworkError('ECANCELED', 'the controller has changed'));
    };
    return this.#connection;
  }

  #drop(): void {
    this.#cancelConnecting();
    this.#cancelConnecting = () => undefined;
    this.#connectedTo = NOBODY;
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

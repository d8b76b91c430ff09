/**
 * A `ZooKeeperSession` made of one `SessionClient` after another: keeps requests while disconnected,
 * sends those lost with a connection again, and replaces an expired session (Kafka's
 * `ZooKeeperClient` and the retry rule of `KafkaZkClient`).
 */

import { deferred } from '../base/deferred';
import type { Clock, Log } from '../platform/ports';
import { MultiError, ZooKeeperError, isZooKeeperError } from './errors';
import type {
  CreateMode,
  NodeEvent,
  Operation,
  OperationResult,
  SessionState,
  Stat,
  ZnodeChildren,
  ZnodeData,
  ZooKeeperSession,
} from './session';
import type { ClientFactory, ClientListener, SessionClient } from './session-client';
import type { SessionCredentials } from './types';

/** Requests that wait while disconnected; more are refused with THROTTLED_OP. */
const MAX_WAITING = 100_000;

type Hook = () => void | Promise<void>;

interface Request {
  readonly operation: string;
  readonly path: string;
  readonly attempt: (client: SessionClient) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: ZooKeeperError) => void;
  /** An attempt was lost with its connection: it may have been carried out. */
  wasLost: boolean;
}

export interface ReconnectingSessionOptions {
  readonly createClient: ClientFactory;
  /** `zookeeper.max.in.flight.requests`. */
  readonly maxInFlight: number;
  readonly clock: Clock;
  readonly log: Log;
}

export class ReconnectingSession implements ZooKeeperSession {
  readonly #options: ReconnectingSessionOptions;
  readonly #log: Log;
  readonly #dataHandlers = new Map<string, (event: NodeEvent) => void>();
  readonly #childHandlers = new Map<string, () => void>();
  readonly #expiredHooks = new Set<Hook>();
  readonly #establishedHooks = new Set<Hook>();
  #client: SessionClient;
  #state: SessionState = 'disconnected';
  #waiting: Request[] = [];
  readonly #inFlight = new Set<Request>();
  /** A session has been replaced and its successor is not connected yet. */
  #isRenewing = false;
  #onFirstConnected: (() => void) | undefined;

  constructor(options: ReconnectingSessionOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#client = this.#createClient();
  }

  /** Opens the first session. Rejects with OPERATION_TIMEOUT, and closes, if no server takes it within `timeoutMs`. */
  async connect(timeoutMs: number): Promise<void> {
    const connected = deferred();
    this.#onFirstConnected = connected.resolve;
    const cancel = this.#options.clock.callAfter(timeoutMs, () =>
      connected.reject(new ZooKeeperError('OPERATION_TIMEOUT', 'connect', '/')),
    );
    this.#client.connect();
    try {
      await connected.promise;
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      cancel();
    }
  }

  get state(): SessionState {
    return this.#state;
  }

  get sessionId(): bigint {
    return this.#client.credentials.sessionId;
  }

  get sessionTimeoutMs(): number {
    return this.#client.sessionTimeoutMs;
  }

  sessionCredentials(): SessionCredentials {
    return this.#client.credentials;
  }

  create(path: string, data: Buffer | null, mode: CreateMode = 'persistent'): Promise<string> {
    return this.#request('create', path, (client) => client.create(path, data, mode));
  }

  getData(path: string): Promise<ZnodeData> {
    return this.#request('getData', path, (client) =>
      client.getData(path, this.#dataHandlers.has(path)),
    );
  }

  setData(path: string, data: Buffer, version: number): Promise<Stat> {
    return this.#request('setData', path, (client) => client.setData(path, data, version));
  }

  delete(path: string, version: number): Promise<void> {
    return this.#request('delete', path, (client) => client.delete(path, version));
  }

  exists(path: string): Promise<Stat | undefined> {
    return this.#request('exists', path, (client) =>
      client.exists(path, this.#dataHandlers.has(path)),
    );
  }

  getChildren(path: string): Promise<ZnodeChildren> {
    return this.#request('getChildren', path, (client) =>
      client.getChildren(path, this.#childHandlers.has(path)),
    );
  }

  multi(operations: readonly Operation[]): Promise<OperationResult[]> {
    const path = operations[0]?.path ?? '/';
    return this.#request('multi', path, (client) => client.multi(operations));
  }

  watchData(path: string, handler: (event: NodeEvent) => void): void {
    this.#dataHandlers.set(path, handler);
  }

  unwatchData(path: string): void {
    this.#dataHandlers.delete(path);
  }

  watchChildren(path: string, handler: () => void): void {
    this.#childHandlers.set(path, handler);
  }

  unwatchChildren(path: string): void {
    this.#childHandlers.delete(path);
  }

  onSessionExpired(hook: Hook): () => void {
    this.#expiredHooks.add(hook);
    return () => this.#expiredHooks.delete(hook);
  }

  onSessionEstablished(hook: Hook): () => void {
    this.#establishedHooks.add(hook);
    return () => this.#establishedHooks.delete(hook);
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#failWaiting();
    await this.#client.close();
    this.#failInFlight();
  }

  #request<T>(
    operation: string,
    path: string,
    attempt: (client: SessionClient) => Promise<T>,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#state === 'expired' || this.#state === 'closed') {
        return reject(new ZooKeeperError('SESSION_EXPIRED', operation, path));
      }
      if (this.#waiting.length >= MAX_WAITING) {
        return reject(new ZooKeeperError('THROTTLED_OP', operation, path));
      }
      const settle = resolve as (value: unknown) => void;
      this.#waiting.push({ operation, path, attempt, resolve: settle, reject, wasLost: false });
      this.#sendWaiting();
    });
  }

  #sendWaiting(): void {
    while (this.#state === 'connected' && this.#inFlight.size < this.#options.maxInFlight) {
      const request = this.#waiting.shift();
      if (!request) return;
      this.#inFlight.add(request);
      void this.#send(request);
    }
  }

  async #send(request: Request): Promise<void> {
    try {
      const value = await request.attempt(this.#client);
      if (this.#inFlight.delete(request)) request.resolve(value);
    } catch (error) {
      if (this.#inFlight.delete(request)) this.#onFailed(request, error);
    }
    this.#sendWaiting();
  }

  #onFailed(request: Request, error: unknown): void {
    const { operation, path } = request;
    if (isZooKeeperError(error, 'CONNECTION_LOSS')) {
      request.wasLost = true;
      if (this.#state === 'closed') {
        request.reject(new ZooKeeperError('SESSION_EXPIRED', operation, path, { cause: error }));
      } else this.#waiting.push(request);
    } else if (error instanceof ZooKeeperError) {
      request.reject(request.wasLost ? asMaybeDone(error) : error);
    } else {
      request.reject(new ZooKeeperError('SYSTEM_ERROR', operation, path, { cause: error }));
    }
  }

  #failWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const request of waiting) {
      request.reject(new ZooKeeperError('SESSION_EXPIRED', request.operation, request.path));
    }
  }

  #failInFlight(): void {
    for (const request of this.#inFlight) {
      request.reject(new ZooKeeperError('SESSION_EXPIRED', request.operation, request.path));
    }
    this.#inFlight.clear();
  }

  #createClient(): SessionClient {
    const listener: ClientListener = {
      onConnected: () => this.#onConnected(),
      onDisconnected: () => this.#onDisconnected(),
      onExpired: () => void this.#onExpired(),
      onDataEvent: (path, event) =>
        this.#guarded(path, () => this.#dataHandlers.get(path)?.(event)),
      onChildrenEvent: (path) => this.#guarded(path, () => this.#childHandlers.get(path)?.()),
    };
    return this.#options.createClient(listener);
  }

  #onConnected(): void {
    this.#state = 'connected';
    this.#log.info('connected to ZooKeeper', {
      session: sessionName(this.sessionId),
      timeoutMs: this.sessionTimeoutMs,
    });
    this.#onFirstConnected?.();
    if (this.#isRenewing) {
      this.#isRenewing = false;
      void this.#runHooks(this.#establishedHooks);
    }
    this.#sendWaiting();
  }

  #onDisconnected(): void {
    if (this.#state === 'connected') {
      this.#log.warn('lost the connection to ZooKeeper', { session: sessionName(this.sessionId) });
      this.#state = 'disconnected';
    }
  }

  async #onExpired(): Promise<void> {
    this.#log.warn('the ZooKeeper session has expired', { session: sessionName(this.sessionId) });
    this.#state = 'expired';
    this.#failInFlight();
    this.#failWaiting();
    await this.#runHooks(this.#expiredHooks);
    if (this.state === 'closed') return;
    this.#state = 'disconnected';
    this.#isRenewing = true;
    this.#client = this.#createClient();
    this.#client.connect();
  }

  async #runHooks(hooks: ReadonlySet<Hook>): Promise<void> {
    for (const hook of [...hooks]) {
      try {
        await hook();
      } catch (error) {
        this.#log.error('a ZooKeeper session hook failed', { error });
      }
    }
  }

  #guarded(path: string, handler: () => void): void {
    try {
      handler();
    } catch (error) {
      this.#log.error('a znode handler failed', { path, error });
    }
  }
}

function asMaybeDone(error: ZooKeeperError): ZooKeeperError {
  const options = { cause: error, maybeDone: true };
  return error instanceof MultiError
    ? new MultiError(error.code, error.index, error.path, options)
    : new ZooKeeperError(error.code, error.operation, error.path, options);
}

/** A session's id as ZooKeeper prints it. */
export function sessionName(sessionId: bigint): string {
  return `0x${sessionId.toString(16)}`;
}

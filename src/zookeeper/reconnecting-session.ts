/**
 * A `ZooKeeperSession` made of one `SessionClient` after another: requests wait while disconnected, an
 * expired session is replaced by a new one (Kafka's `ZooKeeperClient`).
 */

import { deferred } from '../base/deferred';
import type { Clock, Log } from '../platform/ports';
import { ZooKeeperError } from './errors';
import { type Attempt, RequestPipeline } from './request-pipeline';
import type {
  CreateMode,
  NodeEvent,
  Operation,
  OperationResult,
  SessionCredentials,
  SessionState,
  Stat,
  ZnodeChildren,
  ZnodeData,
  ZooKeeperSession,
} from './session';
import type { ClientFactory, ClientListener, SessionClient } from './session-client';
import type { SessionMetrics } from './session-metrics';

type Hook = () => void | Promise<void>;

export interface ReconnectingSessionOptions {
  readonly createClient: ClientFactory;
  /** `zookeeper.max.in.flight.requests`. */
  readonly maxInFlight: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: SessionMetrics | undefined;
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
  readonly #requests: RequestPipeline;
  /** A session has been replaced and its successor is not connected yet. */
  #isRenewing = false;
  #onFirstConnected: (() => void) | undefined;

  constructor(options: ReconnectingSessionOptions) {
    this.#options = options;
    this.#log = options.log;
    const { maxInFlight, metrics, clock } = options;
    this.#requests = new RequestPipeline(
      maxInFlight,
      metrics && { clock, latency: metrics.requestLatency },
    );
    this.#client = this.#createClient();
  }

  /** Opens the first session. Rejects with OPERATION_TIMEOUT, and closes, if no server takes it within `timeoutMs`. */
  async connect(timeoutMs: number): Promise<void> {
    const connected = deferred();
    this.#onFirstConnected = () => connected.resolve();
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

  abandon(): void {
    this.#enter('closed');
    this.#client.abandon();
    this.#failRequests();
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#enter('closed');
    this.#requests.pause();
    this.#requests.failWaiting();
    await this.#client.close();
    this.#failRequests();
  }

  #request<T>(operation: string, path: string, attempt: Attempt<T>): Promise<T> {
    if (this.#state === 'expired' || this.#state === 'closed') {
      return Promise.reject(new ZooKeeperError('SESSION_EXPIRED', operation, path));
    }
    return this.#requests.submit(operation, path, attempt);
  }

  #enter(state: SessionState): void {
    this.#state = state;
    const { metrics } = this.#options;
    if (metrics) metrics.state = state;
  }

  #failRequests(): void {
    this.#requests.pause();
    this.#requests.failInFlight();
    this.#requests.failWaiting();
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
    this.#options.metrics?.connects.add();
    this.#enter('connected');
    this.#log.info('connected to ZooKeeper', {
      session: sessionName(this.sessionId),
      timeoutMs: this.sessionTimeoutMs,
    });
    this.#onFirstConnected?.();
    if (this.#isRenewing) {
      this.#isRenewing = false;
      void this.#runHooks(this.#establishedHooks);
    }
    this.#requests.resume(this.#client);
  }

  #onDisconnected(): void {
    this.#requests.pause();
    if (this.#state === 'connected') {
      this.#options.metrics?.disconnects.add();
      this.#log.warn('lost the connection to ZooKeeper', { session: sessionName(this.sessionId) });
      this.#enter('disconnected');
    }
  }

  async #onExpired(): Promise<void> {
    this.#options.metrics?.expires.add();
    this.#log.warn('the ZooKeeper session has expired', { session: sessionName(this.sessionId) });
    this.#enter('expired');
    this.#failRequests();
    await this.#runHooks(this.#expiredHooks);
    if (this.state === 'closed') return;
    this.#enter('disconnected');
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

/** A session's id as ZooKeeper prints it. */
export function sessionName(sessionId: bigint): string {
  return `0x${sessionId.toString(16)}`;
}

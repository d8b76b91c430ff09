/**
 * Mends the connection of node-zookeeper-client 1.1.3, from outside, where it would hang, crash or lose
 * its place: no read time-out, none for the answer to the connect request, half a frame kept over a
 * reconnect, malformed frames thrown at the process, request numbers beyond 32 bits, one unbounded
 * packet to set all watches again, a socket opened after it was told to close.
 */

import type { Cancel, Clock, Log } from '../platform/ports';
import { FrameAssembler } from './frames';

/** `ConnectionManager.STATES` of the library. */
export const CONNECTION_STATES = {
  DISCONNECTED: 0,
  CONNECTED: 2,
  CLOSING: -1,
  CLOSED: -2,
  SESSION_EXPIRED: -3,
} as const;

interface SetWatches {
  relativeZxid: Buffer;
  dataWatches: string[];
  existWatches: string[];
  childWatches: string[];
}

/** A request of the library: `header.type` is the operation's code. */
export interface LibraryRequest {
  header: { type: number; xid: number } | null;
  payload: unknown;
}

/** What is used of the library's `ConnectionManager`; its methods are looked up on the instance, so that they can be replaced there. */
export interface LibraryConnection {
  state: number;
  sessionTimeout: number;
  connectTimeout: number;
  xid: number;
  pendingBuffer: Buffer | null;
  servers: { host: string; port: number }[];
  socket?: { destroy(): void };
  connectTimeoutHandler: { close(): unknown } | null;
  packetQueue: { queue: unknown[] };
  findNextServer(callback: (server: unknown) => void): void;
  onSocketConnected(): void;
  onSocketData(data: Buffer): void;
  queue(request: LibraryRequest, callback?: (error: unknown) => void): void;
  on(event: 'state', listener: (state: number) => void): void;
}

const SET_WATCHES = 101;
const CLOSE_SESSION = -11;
/** As in the Java client: a server refuses packets over `jute.maxbuffer`, 1 MiB. */
const SET_WATCHES_MAX_BYTES = 128 * 1024;
/** Well before 2^31, where the library could no longer write its request numbers. */
const MAX_XID = 2_000_000_000;
const MIN_CHECK_MS = 5;

export class ConnectionGuard {
  readonly #connection: LibraryConnection;
  readonly #clock: Clock;
  readonly #log: Log;
  /** Runs when nothing has been sent for a third of the session time-out. */
  readonly #sendHeartbeat: () => void;
  readonly #frames = new FrameAssembler();
  #heardMs: number;
  #sentMs: number;
  #cancelCheck: Cancel | undefined;
  #isAbandoned = false;
  #isSessionClosed = false;

  constructor(
    connection: LibraryConnection,
    options: { clock: Clock; log: Log; sendHeartbeat: () => void },
  ) {
    this.#connection = connection;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#sendHeartbeat = options.sendHeartbeat;
    this.#heardMs = this.#clock.monotonicMs();
    this.#sentMs = this.#heardMs;
    this.#guardConnecting();
    this.#guardData();
    this.#guardQueue();
  }

  /** Starts watching for silence. */
  start(): void {
    this.#heardMs = this.#clock.monotonicMs();
    this.#scheduleCheck();
  }

  /** The server has confirmed the end of the session. */
  get isSessionClosed(): boolean {
    return this.#isSessionClosed;
  }

  /** To be called for each request that is sent. */
  noteSent(): void {
    this.#sentMs = this.#clock.monotonicMs();
    if (this.#connection.xid > MAX_XID) this.#connection.xid = 0;
  }

  /** Closes the socket; the library then connects again. */
  drop(why: string): void {
    this.#log.warn('dropping the connection to ZooKeeper', { why });
    this.#destroySocket();
  }

  /** Closes the socket and keeps the library from opening another. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#cancelCheck?.();
    this.#connection.state = CONNECTION_STATES.CLOSING;
    this.#connection.packetQueue.queue = [];
    this.#destroySocket();
  }

  #destroySocket(): void {
    // The library's own timer would otherwise hit the next connection's socket.
    this.#connection.connectTimeoutHandler?.close();
    this.#connection.socket?.destroy();
  }

  #guardConnecting(): void {
    const connection = this.#connection;
    const findNextServer = connection.findNextServer.bind(connection);
    connection.findNextServer = (callback) => {
      findNextServer((server) => {
        if (this.#isAbandoned) return;
        this.#heardMs = this.#clock.monotonicMs();
        callback(server);
      });
    };
    const onSocketConnected = connection.onSocketConnected.bind(connection);
    connection.onSocketConnected = () => {
      this.#frames.reset();
      connection.pendingBuffer = null;
      onSocketConnected();
    };
  }

  #guardData(): void {
    const connection = this.#connection;
    const onFrame = connection.onSocketData.bind(connection);
    connection.onSocketData = (data) => {
      if (this.#isAbandoned) return;
      this.#heardMs = this.#clock.monotonicMs();
      try {
        this.#frames.push(data, onFrame);
      } catch (error) {
        this.drop(`unreadable answer: ${String(error)}`);
      }
    };
  }

  #guardQueue(): void {
    const connection = this.#connection;
    const queue = connection.queue.bind(connection);
    connection.queue = (request, callback) => {
      if (request.header?.type === SET_WATCHES) {
        for (const part of splitSetWatches(request)) queue(part, callback);
      } else if (request.header?.type === CLOSE_SESSION) {
        queue(request, (error) => (this.#isSessionClosed = !error));
      } else queue(request, callback);
    };
  }

  /** Looks again when the next heartbeat or the read time-out is due, whichever comes first. */
  #scheduleCheck(): void {
    const nowMs = this.#clock.monotonicMs();
    const dueMs = Math.min(this.#sentMs + this.#heartbeatMs, this.#heardMs + this.#silenceLimitMs);
    const delayMs = Math.max(dueMs - nowMs, MIN_CHECK_MS);
    this.#cancelCheck = this.#clock.callAfter(delayMs, () => this.#check());
  }

  #check(): void {
    const nowMs = this.#clock.monotonicMs();
    const silentMs = nowMs - this.#heardMs;
    if (silentMs >= this.#silenceLimitMs) {
      this.#heardMs = nowMs;
      this.drop(`no answer for ${String(Math.round(silentMs))} ms`);
    } else if (nowMs - this.#sentMs >= this.#heartbeatMs) {
      this.#sentMs = nowMs;
      if (this.#isConnected) this.#sendHeartbeat();
    }
    if (!this.#isAbandoned) this.#scheduleCheck();
  }

  get #isConnected(): boolean {
    return this.#connection.state === CONNECTION_STATES.CONNECTED;
  }

  get #heartbeatMs(): number {
    return this.#connection.sessionTimeout / 3;
  }

  /** As the Java client: two thirds of the session time-out once connected, an equal share for each server before. */
  get #silenceLimitMs(): number {
    const { sessionTimeout, connectTimeout } = this.#connection;
    return this.#isConnected ? (sessionTimeout * 2) / 3 : connectTimeout;
  }
}

/** Several requests of bounded size in place of one that sets all watches again. */
function splitSetWatches(request: LibraryRequest): LibraryRequest[] {
  const payload = request.payload as SetWatches;
  const parts: LibraryRequest[] = [];
  let current: SetWatches | undefined;
  let bytes = 0;
  const add = (kind: 'dataWatches' | 'existWatches' | 'childWatches', path: string): void => {
    if (!current || bytes + path.length > SET_WATCHES_MAX_BYTES) {
      current = like(payload, { dataWatches: [], existWatches: [], childWatches: [] });
      bytes = 0;
      parts.push(like(request, { header: like(request.header, {}), payload: current }));
    }
    current[kind].push(path);
    bytes += path.length + 4;
  };
  for (const path of payload.dataWatches) add('dataWatches', path);
  for (const path of payload.existWatches) add('existWatches', path);
  for (const path of payload.childWatches) add('childWatches', path);
  return parts;
}

/** A copy with the same methods. */
function like<T>(original: T, changes: Partial<T>): T {
  return Object.assign(
    Object.create(Object.getPrototypeOf(original) as object) as object,
    original,
    changes,
  ) as T;
}

/**
 * One ZooKeeper session over whatever carries it: each method is one attempt, and a lost connection is
 * an error. `ReconnectingSession` makes a lasting `ZooKeeperSession` of these.
 */

import type { Clock, Log } from '../platform/ports';
import type { ConnectTarget } from './connect-string';
import type { CreateMode, NodeEvent, Operation, OperationResult, Stat } from './session';
import type { SessionCredentials, ZnodeChildren, ZnodeData } from './session';

/** What a client tells while it lives. Called one at a time, never from inside of one of its methods but `connect`. */
export interface ClientListener {
  /** A server has accepted the session, for the first time or again. */
  onConnected(): void;
  /** Requests under way have failed, or will fail, with CONNECTION_LOSS; the client goes on trying. */
  onDisconnected(): void;
  /** The session is gone for good, and this client with it. */
  onExpired(): void;
  onDataEvent(path: string, event: NodeEvent): void;
  onChildrenEvent(path: string): void;
}

export interface SessionClient {
  readonly credentials: SessionCredentials;
  /** Negotiated once connected, before that what was asked for. */
  readonly sessionTimeoutMs: number;
  connect(): void;

  create(path: string, data: Buffer | null, mode: CreateMode): Promise<string>;
  getData(path: string, watch: boolean): Promise<ZnodeData>;
  setData(path: string, data: Buffer, version: number): Promise<Stat>;
  delete(path: string, version: number): Promise<void>;
  exists(path: string, watch: boolean): Promise<Stat | undefined>;
  getChildren(path: string, watch: boolean): Promise<ZnodeChildren>;
  multi(operations: readonly Operation[]): Promise<OperationResult[]>;

  /** Ends the session on the server if it can be reached now, else leaves it to expire. Resolves with whether the server has confirmed it; never rejects. */
  close(): Promise<boolean>;
  /** Lets go of the session without a word to the server. */
  abandon(): void;
}

/** What a client is to connect to, and how long its session outlives a lost connection. */
export interface ClientOptions {
  readonly target: ConnectTarget;
  /** What is asked for; the server may grant less or more. */
  readonly sessionTimeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Makes the client of one session, new or existing. `NodeClient` is what production uses; whoever starts a broker may
 * give another one, so that everything above a client runs without sockets.
 */
export type ClientMaker = (
  options: ClientOptions,
  listener: ClientListener,
  credentials?: SessionCredentials,
) => SessionClient;

/** Makes a client for a new session, or for an existing one. */
export type ClientFactory = (
  listener: ClientListener,
  credentials?: SessionCredentials,
) => SessionClient;

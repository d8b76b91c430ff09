/**
 * A ZooKeeper session as promises. It outlives connections and even sessions: a lost connection is
 * waited out, an expired session is replaced by a new one. Paths are relative to the chroot.
 */

/** What ZooKeeper keeps about a node. Times are milliseconds since the epoch. */
export interface Stat {
  readonly czxid: number;
  readonly mzxid: number;
  readonly ctimeMs: number;
  readonly mtimeMs: number;
  readonly version: number;
  readonly cversion: number;
  /** The session that owns an ephemeral node; 0n for a persistent one. */
  readonly ephemeralOwner: bigint;
  readonly numChildren: number;
}

export interface ZnodeData {
  /** `null` for a node without data, as Kafka's container nodes are. */
  readonly data: Buffer | null;
  readonly stat: Stat;
}

export interface ZnodeChildren {
  readonly children: readonly string[];
  readonly stat: Stat;
}

export type CreateMode = 'persistent' | 'ephemeral' | 'persistent-sequential';

export type Operation =
  | { readonly type: 'check'; readonly path: string; readonly version: number }
  | {
      readonly type: 'create';
      readonly path: string;
      readonly data: Buffer | null;
      readonly mode: CreateMode;
    }
  | { readonly type: 'set'; readonly path: string; readonly data: Buffer; readonly version: number }
  | { readonly type: 'delete'; readonly path: string; readonly version: number };

/** What one operation of a multi that succeeded answers. */
export type OperationResult =
  | { readonly type: 'check' }
  | { readonly type: 'create'; readonly path: string }
  | { readonly type: 'set'; readonly stat: Stat }
  | { readonly type: 'delete' };

export type NodeEvent = 'created' | 'deleted' | 'dataChanged';

/** `disconnected` may be for a moment or for long; requests wait. `expired` lasts until the hooks have run. */
export type SessionState = 'connected' | 'disconnected' | 'expired' | 'closed';

/** Enough to take over, and close, a session after a restart. Secret: whoever has it owns the session. */
export interface SessionCredentials {
  readonly sessionId: bigint;
  readonly password: Buffer;
}

/** Matches any version in `setData`, `delete` and the operations of a multi. */
export const ANY_VERSION = -1;

/**
 * Every method rejects with a `ZooKeeperError`. CONNECTION_LOSS is never seen: the request is sent
 * again once connected, and an error it then gets carries `maybeDone`. SESSION_EXPIRED is seen by
 * requests that were under way, or were made before the hooks of `onSessionExpired` had finished.
 */
export interface ZooKeeperSession {
  readonly state: SessionState;
  /** Of the current or last session; 0n before the first. */
  readonly sessionId: bigint;
  /** What the server granted. */
  readonly sessionTimeoutMs: number;
  sessionCredentials(): SessionCredentials;

  /** Resolves with the path made, with its number if sequential. */
  create(path: string, data: Buffer | null, mode?: CreateMode): Promise<string>;
  getData(path: string): Promise<ZnodeData>;
  setData(path: string, data: Buffer, version: number): Promise<Stat>;
  delete(path: string, version: number): Promise<void>;
  exists(path: string): Promise<Stat | undefined>;
  getChildren(path: string): Promise<ZnodeChildren>;
  /** All or nothing. Rejects with a `MultiError` that says which operation was refused. */
  multi(operations: readonly Operation[]): Promise<OperationResult[]>;

  /**
   * One handler per path. Registering sets no watch: from now on `exists` and `getData` of exactly
   * this path do. A watch fires once; reading again sets it again. Handlers must only enqueue.
   */
  watchData(path: string, handler: (event: NodeEvent) => void): void;
  unwatchData(path: string): void;
  /** The same for `getChildren`. */
  watchChildren(path: string, handler: () => void): void;
  unwatchChildren(path: string): void;

  /** Runs, and is waited for, after an expiry and before a new session is asked for. Returns the way to remove it. */
  onSessionExpired(hook: () => void | Promise<void>): () => void;
  /** Runs when a new session has taken an expired one's place (not for the first). All watches are gone by then. */
  onSessionEstablished(hook: () => void | Promise<void>): () => void;

  /**
   * Ends as a crash would: connection and timers are dropped, the server keeps the session until it
   * expires. Pending requests fail with SESSION_EXPIRED.
   */
  abandon(): void;
  /** Ends the session: its ephemeral nodes vanish at once. Pending requests fail with SESSION_EXPIRED. */
  close(): Promise<void>;
}

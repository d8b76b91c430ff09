/**
 * `SessionClient` over node-zookeeper-client 1.1.3. The only file that imports the library; it turns
 * its callbacks, Buffers for ids and numeric codes into promises and our types. `ConnectionGuard` mends
 * its connection; what else is wrong with it is put right where it is called, with a comment.
 */

import * as zookeeper from 'node-zookeeper-client';
import { assert } from '../base/assert';
import { CONNECTION_STATES, ConnectionGuard, type LibraryConnection } from './connection-guard';
import { ZooKeeperError } from './errors';
import {
  idBuffer,
  type LibraryStat,
  sizeOf,
  throwFirstRefusal,
  toError,
  toResult,
  toStat,
  type TransactionResult,
} from './library-values';
import type { CreateMode, NodeEvent, Operation, OperationResult, Stat } from './session';
import type { SessionCredentials, ZnodeChildren, ZnodeData } from './session';
import type { ClientListener, ClientOptions, SessionClient } from './session-client';

/** After all servers were tried in vain, the library waits for a random time up to this. */
const RECONNECT_PAUSE_MS = 500;
const CLOSE_TIMEOUT_MS = 3_000;
/** `jute.maxbuffer` of a server is 1 MiB: it drops the connection of whoever sends more, again at every retry. */
const MAX_REQUEST_BYTES = 1_040_000;

const MODES: Record<CreateMode, number> = {
  persistent: zookeeper.CreateMode.PERSISTENT,
  ephemeral: zookeeper.CreateMode.EPHEMERAL,
  'persistent-sequential': zookeeper.CreateMode.PERSISTENT_SEQUENTIAL,
};

const EVENTS = new Map<number, NodeEvent>([
  [zookeeper.Event.NODE_CREATED, 'created'],
  [zookeeper.Event.NODE_DELETED, 'deleted'],
  [zookeeper.Event.NODE_DATA_CHANGED, 'dataChanged'],
]);

type Callback<A extends unknown[]> = (error: unknown, ...results: A) => void;

export class NodeClient implements SessionClient {
  readonly #client: zookeeper.Client;
  readonly #connection: LibraryConnection;
  readonly #guard: ConnectionGuard;
  readonly #listener: ClientListener;
  readonly #options: ClientOptions;
  /** What to call for each attempt under way when its connection is lost. */
  readonly #underWay = new Set<() => void>();
  #isOver = false;

  constructor(options: ClientOptions, listener: ClientListener, credentials?: SessionCredentials) {
    this.#options = options;
    this.#listener = listener;
    this.#client = createLibraryClient(options, credentials);
    this.#connection = connectionOf(this.#client);
    this.#connection.servers = options.target.servers.map((server) => ({ ...server }));
    this.#guard = new ConnectionGuard(this.#connection, {
      ...options,
      sendHeartbeat: () => void this.exists('/', false).catch(() => undefined),
    });
    this.#connection.on('state', (state) => this.#onState(state));
  }

  get credentials(): SessionCredentials {
    return {
      sessionId: this.#client.getSessionId().readBigUInt64BE(),
      password: this.#client.getSessionPassword(),
    };
  }

  get sessionTimeoutMs(): number {
    return this.#client.getSessionTimeout();
  }

  connect(): void {
    this.#guard.start();
    this.#client.connect();
  }

  async create(path: string, data: Buffer | null, mode: CreateMode): Promise<string> {
    const [created] = await this.#attempt<[string]>('create', path, sizeOf(path, data), (done) => {
      if (data) this.#client.create(path, data, MODES[mode], done);
      else this.#client.create(path, MODES[mode], done);
    });
    return created;
  }

  async getData(path: string, watch: boolean): Promise<ZnodeData> {
    const [data, stat] = await this.#attempt<[Buffer | undefined, LibraryStat]>(
      'getData',
      path,
      0,
      (done) => {
        if (watch) this.#client.getData(path, this.#onDataEvent, done);
        else this.#client.getData(path, done);
      },
    );
    return { data: data ?? null, stat: toStat(stat) };
  }

  async setData(path: string, data: Buffer, version: number): Promise<Stat> {
    const [stat] = await this.#attempt<[LibraryStat]>('setData', path, sizeOf(path, data), (done) =>
      this.#client.setData(path, data, version, done),
    );
    return toStat(stat);
  }

  async delete(path: string, version: number): Promise<void> {
    await this.#attempt('delete', path, 0, (done) => this.#client.remove(path, version, done));
  }

  async exists(path: string, watch: boolean): Promise<Stat | undefined> {
    const [stat] = await this.#attempt<[LibraryStat | null]>('exists', path, 0, (done) => {
      if (watch) this.#client.exists(path, this.#onDataEvent, done);
      else this.#client.exists(path, done);
    });
    return stat ? toStat(stat) : undefined;
  }

  async getChildren(path: string, watch: boolean): Promise<ZnodeChildren> {
    const [children, stat] = await this.#attempt<[string[] | undefined, LibraryStat]>(
      'getChildren',
      path,
      0,
      (done) => {
        if (watch) this.#client.getChildren(path, this.#onChildrenEvent, done);
        else this.#client.getChildren(path, done);
      },
    );
    return { children: children ?? [], stat: toStat(stat) };
  }

  async multi(operations: readonly Operation[]): Promise<OperationResult[]> {
    const [results] = await this.#attempt<[TransactionResult[] | undefined]>(
      'multi',
      operations[0]?.path ?? '/',
      operations.reduce(
        (sum, each) => sum + sizeOf(each.path, 'data' in each ? each.data : null),
        0,
      ),
      // A refused operation is an error and, beside it, the results that tell which one.
      (done) =>
        this.#transaction(operations).commit((error: unknown, answered?: TransactionResult[]) =>
          done(answered ? null : error, answered),
        ),
    );
    assert(results?.length === operations.length, 'a multi answers each of its operations');
    throwFirstRefusal(operations, results);
    return operations.map((operation, i) => toResult(operation, results[i]));
  }

  async close(): Promise<boolean> {
    if (this.#connection.state === CONNECTION_STATES.CONNECTED) {
      await new Promise<void>((resolve) => {
        const cancel = this.#options.clock.callAfter(CLOSE_TIMEOUT_MS, resolve);
        this.#connection.on('state', (state) => {
          if (state !== CONNECTION_STATES.CLOSED) return;
          cancel();
          resolve();
        });
        this.#isOver = true;
        this.#client.close();
      });
    }
    this.abandon();
    return this.#guard.isSessionClosed;
  }

  abandon(): void {
    this.#isOver = true;
    this.#guard.abandon();
    this.#failUnderWay();
  }

  readonly #onDataEvent = (event: zookeeper.Event): void => {
    const kind = EVENTS.get(event.type);
    if (kind && !this.#isOver) this.#listener.onDataEvent(event.path, kind);
  };

  readonly #onChildrenEvent = (event: zookeeper.Event): void => {
    // The library also calls it when the node itself is deleted: that is the data watch's to tell.
    const isChange = event.type === zookeeper.Event.NODE_CHILDREN_CHANGED;
    if (isChange && !this.#isOver) this.#listener.onChildrenEvent(event.path);
  };

  #onState(state: number): void {
    if (state === CONNECTION_STATES.DISCONNECTED) {
      // What the library had not sent yet it would keep for the next connection, without us knowing.
      this.#connection.packetQueue.queue = [];
      this.#failUnderWay();
    }
    if (this.#isOver) return;
    if (state === CONNECTION_STATES.CONNECTED) this.#listener.onConnected();
    else if (state === CONNECTION_STATES.DISCONNECTED) this.#listener.onDisconnected();
    else if (state === CONNECTION_STATES.SESSION_EXPIRED) this.#expire();
  }

  #expire(): void {
    this.abandon();
    this.#listener.onExpired();
  }

  #failUnderWay(): void {
    for (const fail of this.#underWay) fail();
    this.#underWay.clear();
  }

  /** Makes one call of the library a promise that always settles. */
  #attempt<A extends unknown[]>(
    operation: string,
    path: string,
    bytes: number,
    call: (done: Callback<A>) => void,
  ): Promise<A> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new ZooKeeperError('CONNECTION_LOSS', operation, path));
      if (this.#isOver) return fail();
      if (bytes > MAX_REQUEST_BYTES) {
        const cause = new Error(`${String(bytes)} bytes do not fit into one request`);
        return reject(new ZooKeeperError('BAD_ARGUMENTS', operation, path, { cause }));
      }
      this.#underWay.add(fail);
      this.#guard.noteSent();
      try {
        call((error, ...results) => {
          this.#underWay.delete(fail);
          if (error) reject(toError(error, operation, path));
          else resolve(results);
        });
      } catch (error) {
        // The library's assertions, on a path that is none.
        this.#underWay.delete(fail);
        reject(new ZooKeeperError('BAD_ARGUMENTS', operation, path, { cause: error }));
      }
    });
  }

  #transaction(operations: readonly Operation[]): zookeeper.Transaction {
    const transaction = this.#client.transaction();
    const { ops } = transaction as unknown as { ops: { version?: number }[] };
    for (const operation of operations) {
      addOperation(transaction, operation);
      // The library takes version 0 for "any version".
      const added = ops.at(-1);
      if (added && 'version' in operation) added.version = operation.version;
    }
    return transaction;
  }
}

function createLibraryClient(
  { target, sessionTimeoutMs }: ClientOptions,
  credentials: SessionCredentials | undefined,
): zookeeper.Client {
  // The servers are put in afterwards: the library cannot read IPv6 addresses.
  const options = {
    sessionTimeout: sessionTimeoutMs,
    spinDelay: RECONNECT_PAUSE_MS,
    retries: 0,
    sessionId: credentials && idBuffer(credentials.sessionId),
    sessionPassword: credentials?.password,
  };
  return zookeeper.createClient(`servers:1${target.chroot}`, options);
}

function connectionOf(client: zookeeper.Client): LibraryConnection {
  return (client as unknown as { connectionManager: LibraryConnection }).connectionManager;
}

function addOperation(transaction: zookeeper.Transaction, operation: Operation): void {
  const { path } = operation;
  if (operation.type === 'check') transaction.check(path, operation.version);
  else if (operation.type === 'set') transaction.setData(path, operation.data, operation.version);
  else if (operation.type === 'delete') transaction.remove(path, operation.version);
  else if (operation.data) transaction.create(path, operation.data, MODES[operation.mode]);
  else transaction.create(path, MODES[operation.mode]);
}

/** The library throws, out of its socket's handler, on an error code it does not know. */
function tolerateUnknownCodes(): void {
  const exceptions = zookeeper.Exception as unknown as { create(code: number): Error };
  const create = exceptions.create.bind(exceptions);
  exceptions.create = (code) => {
    try {
      return create(code);
    } catch {
      return Object.assign(create(zookeeper.Exception.SYSTEM_ERROR), { code });
    }
  };
}

tolerateUnknownCodes();

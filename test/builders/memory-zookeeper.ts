/**
 * ZooKeeper in memory, served through the session interface: versions, ephemerals, multi and one-shot
 * watches as the real one has them, and faults on demand. Everything settles without timers, so that a test
 * knows when all has happened (`settled`).
 */
import { MultiError, ZooKeeperError } from '../../src/zookeeper/errors';
import type { ZooKeeperErrorCode } from '../../src/zookeeper/errors';
import { ANY_VERSION } from '../../src/zookeeper/session';
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
} from '../../src/zookeeper/session';

interface Node {
  data: Buffer | null;
  version: number;
  cversion: number;
  readonly czxid: number;
  /** The write that last set its data. */
  mzxid: number;
  readonly owner: bigint;
}

type Hook = () => void | Promise<void>;

/** Resolves when everything that can happen without a timer has happened. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export class MemoryZooKeeper {
  readonly nodes = new Map<string, Node>([['/', newNode(null, 0, 0n)]]);
  readonly sessions = new Set<MemorySession>();
  /** Every write that was carried out, with the session that made it. */
  readonly writes: { readonly session: bigint; readonly operations: readonly Operation[] }[] = [];
  #zxid = 0;
  #nextSession = 1n;

  session(): MemorySession {
    const session = new MemorySession(this);
    this.sessions.add(session);
    return session;
  }

  newSessionId(): bigint {
    return this.#nextSession++;
  }

  /** The data of a node as text, `undefined` if there is no such node. */
  text(path: string): string | undefined {
    const node = this.nodes.get(path);
    return node && (node.data?.toString() ?? '');
  }

  /** Writes behind everybody's back, as an operator would; makes the node and its parents if need be. */
  edit(path: string, text: string): void {
    const operation: Operation = this.nodes.has(path)
      ? { type: 'set', path, data: Buffer.from(text), version: ANY_VERSION }
      : { type: 'create', path, data: Buffer.from(text), mode: 'persistent' };
    this.#makeParents(path);
    this.apply([operation], 0n);
  }

  remove(path: string): void {
    this.apply([{ type: 'delete', path, version: ANY_VERSION }], 0n);
  }

  children(path: string): string[] {
    const prefix = path === '/' ? '/' : `${path}/`;
    const names = [...this.nodes.keys()].filter((each) => each !== '/' && each.startsWith(prefix));
    return names.map((each) => each.slice(prefix.length)).filter((name) => !name.includes('/'));
  }

  stat(path: string): Stat | undefined {
    const node = this.nodes.get(path);
    if (!node) return undefined;
    const { version, czxid, mzxid, owner } = node;
    const numChildren = this.children(path).length;
    // A server keeps how many children were made, and tells how many were made and deleted.
    const cversion = node.cversion * 2 - numChildren;
    return {
      czxid,
      mzxid,
      ctimeMs: 0,
      mtimeMs: 0,
      version,
      cversion,
      ephemeralOwner: owner,
      numChildren,
    };
  }

  /** All or nothing. */
  apply(operations: readonly Operation[], session: bigint): OperationResult[] {
    this.#check(operations);
    this.#zxid += 1;
    this.writes.push({ session, operations });
    return operations.map((operation) => this.#perform(operation, session));
  }

  removeEphemeralsOf(session: bigint): void {
    for (const [path, { owner }] of this.nodes)
      if (owner === session && owner !== 0n) this.remove(path);
  }

  #check(operations: readonly Operation[]): void {
    const made = new Map<string, boolean>();
    const versions = new Map<string, number>();
    operations.forEach((operation, index) => {
      const { path } = operation;
      const isThere = made.get(path) ?? this.nodes.has(path);
      const version = versions.get(path) ?? this.nodes.get(path)?.version ?? 0;
      const code = this.#refusal(operation, isThere, version, made);
      if (code) throw new MultiError(code, index, path);
      if (operation.type === 'create') made.set(path, true);
      if (operation.type === 'delete') made.set(path, false);
      if (operation.type === 'set') versions.set(path, version + 1);
    });
  }

  #refusal(
    operation: Operation,
    isThere: boolean,
    version: number,
    made: ReadonlyMap<string, boolean>,
  ): ZooKeeperErrorCode | undefined {
    if (operation.type === 'create') {
      const parent = parentOf(operation.path);
      if (!(made.get(parent) ?? this.nodes.has(parent))) return 'NO_NODE';
      return isThere && operation.mode !== 'persistent-sequential' ? 'NODE_EXISTS' : undefined;
    }
    if (!isThere) return 'NO_NODE';
    if (operation.version !== ANY_VERSION && operation.version !== version) return 'BAD_VERSION';
    const isLeft = (name: string): boolean => made.get(`${operation.path}/${name}`) !== false;
    const isEmpty = operation.type !== 'delete' || !this.children(operation.path).some(isLeft);
    return isEmpty ? undefined : 'NOT_EMPTY';
  }

  #perform(operation: Operation, session: bigint): OperationResult {
    const { path } = operation;
    if (operation.type === 'check') return { type: 'check' };
    if (operation.type === 'create')
      return { type: 'create', path: this.#create(operation, session) };
    const node = this.nodes.get(path);
    if (operation.type === 'set' && node) {
      node.data = operation.data;
      node.version += 1;
      node.mzxid = this.#zxid;
      this.#fireData(path, 'dataChanged');
      return { type: 'set', stat: this.stat(path) as Stat };
    }
    this.nodes.delete(path);
    this.#fireData(path, 'deleted');
    this.#fireChildren(parentOf(path));
    return { type: 'delete' };
  }

  #create(operation: Extract<Operation, { type: 'create' }>, session: bigint): string {
    const parent = this.nodes.get(parentOf(operation.path)) as Node;
    const isSequential = operation.mode === 'persistent-sequential';
    const path = isSequential
      ? `${operation.path}${String(parent.cversion).padStart(10, '0')}`
      : operation.path;
    parent.cversion += 1;
    this.nodes.set(
      path,
      newNode(operation.data, this.#zxid, operation.mode === 'ephemeral' ? session : 0n),
    );
    this.#fireData(path, 'created');
    this.#fireChildren(parentOf(path));
    return path;
  }

  #makeParents(path: string): void {
    const parent = parentOf(path);
    if (this.nodes.has(parent)) return;
    this.#makeParents(parent);
    this.apply([{ type: 'create', path: parent, data: null, mode: 'persistent' }], 0n);
  }

  #fireData(path: string, event: NodeEvent): void {
    for (const session of this.sessions) session.fireData(path, event);
  }

  #fireChildren(path: string): void {
    for (const session of this.sessions) session.fireChildren(path);
  }
}

export class MemorySession implements ZooKeeperSession {
  state: SessionState = 'connected';
  sessionId: bigint;
  readonly sessionTimeoutMs = 18_000;
  /** The next write that matches is carried out, and then reported as this error. */
  failAfter:
    | { readonly matches: (operations: readonly Operation[]) => boolean; readonly error: Error }
    | undefined;
  readonly #zookeeper: MemoryZooKeeper;
  readonly #dataHandlers = new Map<string, (event: NodeEvent) => void>();
  readonly #childHandlers = new Map<string, () => void>();
  readonly #armedData = new Set<string>();
  readonly #armedChildren = new Set<string>();
  readonly #expired = new Set<Hook>();
  readonly #established = new Set<Hook>();

  constructor(zookeeper: MemoryZooKeeper) {
    this.#zookeeper = zookeeper;
    this.sessionId = zookeeper.newSessionId();
  }

  sessionCredentials(): SessionCredentials {
    return { sessionId: this.sessionId, password: Buffer.alloc(16) };
  }

  async create(
    path: string,
    data: Buffer | null,
    mode: CreateMode = 'persistent',
  ): Promise<string> {
    const [result] = await this.#write('create', path, [{ type: 'create', path, data, mode }]);
    return result?.type === 'create' ? result.path : path;
  }

  async getData(path: string): Promise<ZnodeData> {
    await this.#roundTrip('getData', path);
    const node = this.#zookeeper.nodes.get(path);
    if (!node) throw new ZooKeeperError('NO_NODE', 'getData', path);
    if (this.#dataHandlers.has(path)) this.#armedData.add(path);
    return { data: node.data, stat: this.#zookeeper.stat(path) as Stat };
  }

  async setData(path: string, data: Buffer, version: number): Promise<Stat> {
    await this.#write('setData', path, [{ type: 'set', path, data, version }]);
    return this.#zookeeper.stat(path) as Stat;
  }

  async delete(path: string, version: number): Promise<void> {
    await this.#write('delete', path, [{ type: 'delete', path, version }]);
  }

  async exists(path: string): Promise<Stat | undefined> {
    await this.#roundTrip('exists', path);
    if (this.#dataHandlers.has(path)) this.#armedData.add(path);
    return this.#zookeeper.stat(path);
  }

  async getChildren(path: string): Promise<ZnodeChildren> {
    await this.#roundTrip('getChildren', path);
    const stat = this.#zookeeper.stat(path);
    if (!stat) throw new ZooKeeperError('NO_NODE', 'getChildren', path);
    if (this.#childHandlers.has(path)) this.#armedChildren.add(path);
    return { children: this.#zookeeper.children(path), stat };
  }

  async multi(operations: readonly Operation[]): Promise<OperationResult[]> {
    await this.#roundTrip('multi', operations[0]?.path ?? '/');
    const results = this.#zookeeper.apply(operations, this.sessionId);
    this.#maybeFail(operations);
    return results;
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
    this.#expired.add(hook);
    return () => this.#expired.delete(hook);
  }

  onSessionEstablished(hook: Hook): () => void {
    this.#established.add(hook);
    return () => this.#established.delete(hook);
  }

  async close(): Promise<void> {
    this.state = 'closed';
    this.#zookeeper.sessions.delete(this);
    this.#zookeeper.removeEphemeralsOf(this.sessionId);
  }

  abandon(): void {
    this.state = 'closed';
  }

  /** The server ends the session; this client does not know it yet. */
  expireOnServer(): void {
    this.#armedData.clear();
    this.#armedChildren.clear();
    this.state = 'disconnected';
    this.#zookeeper.removeEphemeralsOf(this.sessionId);
  }

  /** The client learns that its session is gone, and gets a new one. */
  async expire(): Promise<void> {
    this.expireOnServer();
    this.state = 'expired';
    for (const hook of this.#expired) await hook();
    this.sessionId = this.#zookeeper.newSessionId();
    this.state = 'connected';
    for (const hook of this.#established) await hook();
  }

  fireData(path: string, event: NodeEvent): void {
    if (this.#armedData.delete(path)) queueMicrotask(() => this.#dataHandlers.get(path)?.(event));
  }

  fireChildren(path: string): void {
    if (this.#armedChildren.delete(path)) queueMicrotask(() => this.#childHandlers.get(path)?.());
  }

  async #write(
    operation: string,
    path: string,
    operations: readonly Operation[],
  ): Promise<OperationResult[]> {
    await this.#roundTrip(operation, path);
    try {
      const results = this.#zookeeper.apply(operations, this.sessionId);
      this.#maybeFail(operations);
      return results;
    } catch (error) {
      throw error instanceof MultiError ? new ZooKeeperError(error.code, operation, path) : error;
    }
  }

  #maybeFail(operations: readonly Operation[]): void {
    if (!this.failAfter?.matches(operations)) return;
    const { error } = this.failAfter;
    this.failAfter = undefined;
    throw error;
  }

  async #roundTrip(operation: string, path: string): Promise<void> {
    await Promise.resolve();
    if (this.state !== 'connected') throw new ZooKeeperError('SESSION_EXPIRED', operation, path);
  }
}

function newNode(data: Buffer | null, czxid: number, owner: bigint): Node {
  return { data, version: 0, cversion: 0, czxid, mzxid: czxid, owner };
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

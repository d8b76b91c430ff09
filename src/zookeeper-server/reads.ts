/** Answers to requests that change nothing durable; some set or drop watches (FinalRequestProcessor, DataTree). */
import { unreachable } from '../base/assert';
import { ADMIN, isAllowed, READ, withoutDigests } from './access';
import type { Identity } from './access';
import type { Requester } from './decide';
import { Refusal } from './errors';
import { checkPath } from './paths';
import { OP_CODES } from './request';
import type {
  GetChildrenRequest,
  GetDataRequest,
  ReadOperation,
  ReadRequest,
  SetWatchesRequest,
} from './request';
import type { OperationResult, Result } from './response';
import type { EventType, Tree } from './tree';
import type { WatchKind, WatchTable, Watcher } from './watches';
import type { Znode } from './znode';

/** A client with its watches. */
export type WatchingRequester = Requester & Watcher;

const EMPTY: Result = { type: 'empty' };
/** An event that no transaction caused has this zxid (WatchedEvent.NO_ZXID). */
const NO_ZXID = -1;

/** Watcher.WatcherType. */
const WATCH_KINDS: ReadonlyMap<number, readonly WatchKind[]> = new Map<
  number,
  readonly WatchKind[]
>([
  [1, ['child']],
  [2, ['data']],
  [3, ['data', 'child', 'persistent', 'recursive']],
  [4, ['persistent']],
  [5, ['recursive']],
]);

/** ZooDefs.AddWatchModes. */
const ADD_WATCH_KINDS: ReadonlyMap<number, WatchKind> = new Map<number, WatchKind>([
  [0, 'persistent'],
  [1, 'recursive'],
]);

export class Reader {
  constructor(
    private readonly tree: Tree,
    private readonly watches: WatchTable,
  ) {}

  /** Throws a `Refusal`. */
  answer(request: ReadRequest, client: WatchingRequester): Result {
    switch (request.type) {
      case 'ping':
        return EMPTY;
      case 'sync':
        return { type: 'path', path: request.path };
      case 'exists':
        return this.#exists(request.path, request.watch, client);
      case 'getData':
        return this.#getData(request, client);
      case 'getChildren':
        return this.#getChildren(request, client);
      case 'getAcl':
        return this.#getAcl(request.path, client);
      case 'multiRead':
        return this.#multiRead(request.operations, client);
      case 'setWatches':
        return this.#setWatches(request, client);
      case 'addWatch':
        return this.#addWatch(request.path, request.mode, client);
      case 'checkWatches':
      case 'removeWatches':
        return this.#checkOrRemoveWatches(request, client);
      case 'getEphemerals':
        return this.#getEphemerals(request.path, client);
      case 'countDescendants':
        return this.#countDescendants(request.path, client);
      case 'whoAmI':
        return { type: 'identities', identities: client.identities.map(withoutPassword) };
      default:
        return unreachable(request);
    }
  }

  #readable(path: string, client: Requester): Znode {
    const znode = this.tree.get(path);
    if (!znode) throw new Refusal('NO_NODE', path);
    if (!isAllowed(znode.acl, READ, client.identities)) throw new Refusal('NO_AUTH', path);
    return znode;
  }

  #exists(path: string, watch: boolean, client: WatchingRequester): Result {
    // The watch of a missing znode waits for its creation.
    if (watch && !this.tree.get(path)) this.watches.add('data', path, client);
    const znode = this.#readable(path, client);
    if (watch) this.watches.add('data', path, client);
    return { type: 'stat', stat: znode.stat() };
  }

  #getData({ path, watch }: GetDataRequest, client: WatchingRequester): Result {
    const znode = this.#readable(path, client);
    if (watch) this.watches.add('data', path, client);
    return { type: 'data', data: znode.data, stat: znode.stat() };
  }

  #getChildren(request: GetChildrenRequest, client: WatchingRequester): Result {
    const { path, watch, withStat } = request;
    const znode = this.#readable(path, client);
    if (watch) this.watches.add('child', path, client);
    const names = [...znode.children];
    return withStat
      ? { type: 'namesAndStat', names, stat: znode.stat() }
      : { type: 'names', names };
  }

  #getAcl(path: string, client: Requester): Result {
    const znode = this.tree.get(path);
    if (!znode) throw new Refusal('NO_NODE', path);
    if (!isAllowed(znode.acl, READ | ADMIN, client.identities)) throw new Refusal('NO_AUTH', path);
    const isAdministrator = isAllowed(znode.acl, ADMIN, client.identities);
    const acl = isAdministrator ? znode.acl : withoutDigests(znode.acl);
    return { type: 'acl', acl, stat: znode.stat() };
  }

  #multiRead(operations: readonly ReadOperation[], client: WatchingRequester): Result {
    return {
      type: 'operations',
      operations: operations.map((operation) => this.#tryOperation(operation, client)),
    };
  }

  #tryOperation(operation: ReadOperation, client: WatchingRequester): OperationResult {
    try {
      const result = this.answer(operation, client);
      return { code: OP_CODES[operation.type], result };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { error: error.errorName };
    }
  }

  /** Sets a client's watches again on a new connection, telling at once what it missed (DataTree.setWatches). */
  #setWatches(request: SetWatchesRequest, client: WatchingRequester): Result {
    const tell = (type: EventType, path: string): void =>
      client.onEvent({ type, path, zxid: NO_ZXID, acl: [] });
    for (const path of request.data) {
      const znode = this.tree.get(path);
      if (!znode) tell('deleted', path);
      else if (znode.mzxid > request.relativeZxid) tell('dataChanged', path);
      else this.watches.add('data', path, client);
    }
    for (const path of request.exist) {
      if (this.tree.get(path)) tell('created', path);
      else this.watches.add('data', path, client);
    }
    for (const path of request.child) {
      const znode = this.tree.get(path);
      if (!znode) tell('deleted', path);
      else if (znode.pzxid > request.relativeZxid) tell('childrenChanged', path);
      else this.watches.add('child', path, client);
    }
    for (const path of request.persistent) this.watches.add('persistent', path, client);
    for (const path of request.recursive) this.watches.add('recursive', path, client);
    return EMPTY;
  }

  #addWatch(path: string, mode: number, client: Watcher): Result {
    checkPath(path);
    const kind = ADD_WATCH_KINDS.get(mode);
    if (!kind) throw new Refusal('BAD_ARGUMENTS', `watch mode ${String(mode)}`);
    this.watches.add(kind, path, client);
    return { type: 'count', count: 0 }; // the answer is an ErrorResponse that says OK
  }

  #checkOrRemoveWatches(
    request: { type: string; path: string; watchType: number },
    client: Watcher,
  ): Result {
    const { path, watchType } = request;
    const kinds = WATCH_KINDS.get(watchType);
    if (!kinds) throw new Refusal('BAD_ARGUMENTS', `watch type ${String(watchType)}`);
    const present = kinds.filter((kind) => this.watches.has(kind, path, client));
    if (present.length === 0) throw new Refusal('NO_WATCHER', path);
    if (request.type === 'removeWatches') {
      for (const kind of present) this.watches.remove(kind, path, client);
    }
    return EMPTY;
  }

  #getEphemerals(prefix: string, client: Requester): Result {
    const paths = [...this.tree.ephemeralsOf(client.sessionId)];
    return { type: 'names', names: paths.filter((path) => path.startsWith(prefix)) };
  }

  #countDescendants(path: string, client: Requester): Result {
    this.#readable(path, client);
    const prefix = path === '/' ? '/' : `${path}/`;
    let count = 0;
    for (const [each] of this.tree.entries()) {
      if (each !== '/' && each.startsWith(prefix)) count++;
    }
    return { type: 'count', count };
  }
}

function withoutPassword(identity: Identity): Identity {
  const { scheme, id } = identity;
  return scheme === 'digest' ? { scheme, id: id.split(':', 1)[0] ?? '' } : identity;
}

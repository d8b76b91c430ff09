/**
 * The tree of znodes (org.apache.zookeeper.server.DataTree), pure: it replays changes that were checked
 * before and says which events follow. It knows no clock, no sessions and no watches.
 */
import { assert, present } from '../base/assert';
import { OPEN_ACL, READ_ONLY_ACL } from './access';
import type { Acl } from './access';
import { nameOf, parentOf } from './paths';
import type { TreeChange } from './transaction';
import { Znode } from './znode';
import type { Stat } from './znode';

export type EventType = 'created' | 'deleted' | 'dataChanged' | 'childrenChanged';

/** Something that watches may wait for. `acl` says who may hear of it. */
export interface TreeEvent {
  readonly type: EventType;
  readonly path: string;
  readonly zxid: number;
  readonly acl: readonly Acl[];
}

/** What a change did: the Stat of the znode it touched (none if deleted), and the events, in order. */
export interface Outcome {
  readonly stat: Stat | undefined;
  readonly events: readonly TreeEvent[];
}

/** Where and when a change happens. */
export interface Moment {
  readonly zxid: number;
  readonly timeMs: number;
}

const BEGINNING: Moment = { zxid: 0, timeMs: 0 };
/** These exist from the start, in this order, and cannot be deleted. */
const SYSTEM_PATHS: ReadonlySet<string> = new Set([
  '/',
  '/zookeeper',
  '/zookeeper/quota',
  '/zookeeper/config',
]);
const NO_PATHS: ReadonlySet<string> = new Set();

export function isSystemPath(path: string): boolean {
  return SYSTEM_PATHS.has(path);
}

export class Tree {
  readonly #znodes = new Map<string, Znode>();
  readonly #ephemerals = new Map<bigint, Set<string>>();
  #dataBytes = 0;

  constructor() {
    for (const path of SYSTEM_PATHS) {
      const acl = path === '/zookeeper/config' ? READ_ONLY_ACL : OPEN_ACL;
      const data = Buffer.alloc(0);
      this.put(path, new Znode({ ...BEGINNING, data, acl, ephemeralOwner: 0n }));
    }
  }

  get(path: string): Znode | undefined {
    return this.#znodes.get(path);
  }

  /** All znodes; a parent comes before its children. */
  entries(): Iterable<[string, Znode]> {
    return this.#znodes;
  }

  get znodeCount(): number {
    return this.#znodes.size;
  }

  /** Bytes of all paths and data: what the tree takes, without overhead. */
  get dataBytes(): number {
    return this.#dataBytes;
  }

  ephemeralsOf(sessionId: bigint): ReadonlySet<string> {
    return this.#ephemerals.get(sessionId) ?? NO_PATHS;
  }

  /** Sessions that own ephemeral znodes, with their paths. */
  ephemerals(): ReadonlyMap<bigint, ReadonlySet<string>> {
    return this.#ephemerals;
  }

  /** Puts a znode under its parent, or takes the place of the one that is there; for loading a snapshot. */
  put(path: string, znode: Znode): void {
    const replaced = this.#znodes.get(path);
    if (replaced) {
      this.#dataBytes -= path.length + (replaced.data?.length ?? 0);
      for (const name of replaced.children) znode.addChild(name);
    } else if (path !== '/') {
      this.#znode(parentOf(path)).addChild(nameOf(path));
    }
    this.#znodes.set(path, znode);
    this.#dataBytes += path.length + (znode.data?.length ?? 0);
    if (znode.isEphemeral) this.#own(znode.ephemeralOwner, path);
  }

  /** Makes a change that has been decided; anything that does not fit is a bug. */
  replay(change: TreeChange, moment: Moment): Outcome {
    switch (change.type) {
      case 'create':
        return this.#create(change, moment);
      case 'delete':
        return this.#delete(change.path, moment);
      case 'setData':
        return this.#setData(change, moment);
      case 'setAcl': {
        const znode = this.#znode(change.path);
        znode.acl = change.acl;
        znode.aversion = change.version;
        return { stat: znode.stat(), events: [] };
      }
    }
  }

  #create(change: TreeChange & { type: 'create' }, moment: Moment): Outcome {
    const { path } = change;
    const { zxid } = moment;
    assert(!this.#znodes.has(path), `created twice: ${path}`);
    const parentPath = parentOf(path);
    const parent = this.#znode(parentPath);
    const znode = new Znode({ ...change, ...moment });
    this.put(path, znode);
    parent.childrenCreated++;
    parent.pzxid = zxid;
    return {
      stat: znode.stat(),
      events: [
        { type: 'created', path, zxid, acl: change.acl },
        { type: 'childrenChanged', path: parentPath, zxid, acl: parent.acl },
      ],
    };
  }

  #delete(path: string, { zxid }: Moment): Outcome {
    const znode = this.#znode(path);
    assert(znode.childCount === 0, `deleted with children: ${path}`);
    const parentPath = parentOf(path);
    const parent = this.#znode(parentPath);
    parent.removeChild(nameOf(path));
    parent.pzxid = zxid;
    this.#znodes.delete(path);
    this.#dataBytes -= path.length + (znode.data?.length ?? 0);
    if (znode.isEphemeral) this.#disown(znode.ephemeralOwner, path);
    return {
      stat: undefined,
      events: [
        { type: 'deleted', path, zxid, acl: znode.acl },
        { type: 'childrenChanged', path: parentPath, zxid, acl: parent.acl },
      ],
    };
  }

  #setData(change: TreeChange & { type: 'setData' }, moment: Moment): Outcome {
    const { path } = change;
    const znode = this.#znode(path);
    this.#dataBytes += (change.data?.length ?? 0) - (znode.data?.length ?? 0);
    znode.data = change.data;
    znode.version = change.version;
    znode.mzxid = moment.zxid;
    znode.mtime = moment.timeMs;
    return {
      stat: znode.stat(),
      events: [{ type: 'dataChanged', path, zxid: moment.zxid, acl: znode.acl }],
    };
  }

  #znode(path: string): Znode {
    return present(this.#znodes.get(path), path);
  }

  #own(sessionId: bigint, path: string): void {
    const paths = this.#ephemerals.get(sessionId) ?? new Set();
    this.#ephemerals.set(sessionId, paths.add(path));
  }

  #disown(sessionId: bigint, path: string): void {
    const paths = this.#ephemerals.get(sessionId);
    paths?.delete(path);
    if (paths?.size === 0) this.#ephemerals.delete(sessionId);
  }
}

/**
 * Watches a znode and what is below it. ZooKeeper's watches say only that something has happened, once: the
 * watcher looks again and compares. Znode versions and the counters of children tell it what fell between two
 * looks, so that nothing is left out without a word. After an expired session it looks at everything again.
 */
import { isZooKeeperError } from '../../../zookeeper/errors';
import type { ZnodeChildren, ZnodeData, ZooKeeperSession } from '../../../zookeeper/session';
import { OperatorError } from '../../failure';
import { byName, childPath, levelOf, nameOf, parentPath } from '../paths';
import { MAX_WATCH_BYTES, mayHaveChildren, watchBytesOf } from './bounds';
import { inOrder } from './change';
import type { Change } from './change';

export interface WatcherOptions {
  readonly root: string;
  /** How many levels below the root; Infinity for all. */
  readonly depth: number;
  /** Called with one change after another, and waited for. */
  readonly onChange: (change: Change) => void | Promise<void>;
  /** A znode that may not be read. */
  readonly onUnreadable: (path: string) => void;
  /** The end of the watch: it cannot go on. */
  readonly onFailure: (error: unknown) => void;
}

interface Seen {
  znode: ZnodeData;
  /** Children that are known, readable or not; none where children are not watched. */
  readonly names: Set<string>;
  /** ZooKeeper's count of creations and deletions of children, at the last look. */
  cversion: number;
  /** Creations and deletions of children told since that look. */
  told: number;
}

interface Read {
  readonly znode: ZnodeData;
  readonly children: ZnodeChildren | undefined;
}

export class Watcher {
  readonly #session: ZooKeeperSession;
  readonly #options: WatcherOptions;
  readonly #seen = new Map<string, Seen>();
  /** Paths to look at, in the order of their events. */
  readonly #pending = new Set<string>();
  /** Differences that are not told yet. */
  readonly #found: Change[] = [];
  /** Data that is known to have been written since the last look. */
  readonly #written = new Set<string>();
  readonly #unreadable = new Set<string>();
  #watchBytes = 0;
  #isRunning = false;
  #isOver = false;
  #mustLookAtAll = false;
  #removeHook = (): void => undefined;

  constructor(session: ZooKeeperSession, options: WatcherOptions) {
    this.#session = session;
    this.#options = options;
  }

  /** Takes the first look, about which nothing is told. Resolves with how many znodes are watched. */
  async start(): Promise<number> {
    this.#removeHook = this.#session.onSessionEstablished(() => {
      this.#mustLookAtAll = true;
      this.#schedule();
    });
    this.#isRunning = true;
    await this.#look(this.#options.root);
    this.#found.length = 0;
    this.#isRunning = false;
    this.#schedule();
    return this.#seen.size;
  }

  stop(): void {
    this.#isOver = true;
    this.#removeHook();
  }

  #schedule(): void {
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      while (!this.#isOver && (await this.#lookOnce())) await this.#tell();
    } catch (error) {
      await this.#tell();
      // What was under way when a session expired is looked at again when there is a new one.
      if (!isZooKeeperError(error, 'SESSION_EXPIRED')) this.#fail(error);
    } finally {
      this.#isRunning = false;
    }
    // The new session may have come while the end of the old one was on its way here.
    const canGoOn = this.#session.state === 'connected' && !this.#isOver;
    if (this.#mustLookAtAll && canGoOn) this.#schedule();
  }

  /** Whether there was something to look at. */
  async #lookOnce(): Promise<boolean> {
    if (this.#mustLookAtAll) {
      await this.#lookAtAll();
      return true;
    }
    const [path] = this.#pending;
    if (path === undefined) return false;
    this.#pending.delete(path);
    await this.#look(path);
    return true;
  }

  /** All watches are gone. What happened meanwhile is told in the order in which ZooKeeper did it, as far as that is known. */
  async #lookAtAll(): Promise<void> {
    this.#mustLookAtAll = false;
    this.#pending.clear();
    const paths = new Set([this.#options.root, ...this.#seen.keys()]);
    try {
      for (const path of [...paths].sort()) await this.#look(path);
    } catch (error) {
      this.#mustLookAtAll = true;
      throw error;
    } finally {
      this.#found.splice(0, this.#found.length, ...inOrder(this.#found));
    }
  }

  #fail(error: unknown): void {
    if (!this.#isOver) this.#options.onFailure(error);
    this.stop();
  }

  async #tell(): Promise<void> {
    for (const change of this.#found.splice(0)) await this.#options.onChange(change);
  }

  /**
   * Compares a znode with the last look at it; what it is now becomes the last look. Each difference is kept as soon
   * as it is found: a look may end halfway, with the session.
   */
  async #look(path: string): Promise<void> {
    const before = this.#seen.get(path);
    const wasWritten = this.#written.delete(path);
    const now = await this.#read(path, this.#watchesChildren(path));
    if (now === 'unreadable') return;
    if (!now) return before ? this.#forget(path, before, wasWritten) : this.#passed(path);
    const { znode, children } = now;
    const old = before?.znode;
    const seen: Seen = before ?? { znode, names: new Set(), cversion: 0, told: 0 };
    seen.znode = znode;
    if (!before) this.#remember(path, seen);
    this.#compare(path, old, znode);
    if (!children) return;
    const isRecreated = old !== undefined && old.stat.czxid !== znode.stat.czxid;
    if (isRecreated) await this.#lookAtOtherChildren(path, seen, children);
    else await this.#lookAtChildren(path, seen, children);
  }

  async #lookAtChildren(
    path: string,
    seen: Seen,
    { children, stat }: ZnodeChildren,
  ): Promise<void> {
    const names = [...children].sort(byName);
    const listed = new Set(names);
    const gone = [...seen.names].filter((name) => !listed.has(name));
    const added = names.filter((name) => !this.#seen.has(childPath(path, name)));
    const kept = names.filter((name) => this.#seen.has(childPath(path, name)));
    for (const name of added) seen.names.add(name);
    await this.#lookTogether(path, [...gone, ...added]);
    const unexplained = (): number => stat.cversion - seen.cversion - seen.told;
    // One that was deleted and made again has the same name.
    if (unexplained() > 0) await this.#lookTogether(path, kept);
    if (unexplained() > 0) this.#found.push({ kind: 'unseen', path, hidden: unexplained() });
    seen.told = Math.max(0, -unexplained());
    seen.cversion = stat.cversion;
  }

  /** Of a znode that was deleted and made again: its counters began anew, and so did those children that have old names. */
  async #lookAtOtherChildren(
    path: string,
    seen: Seen,
    { children, stat }: ZnodeChildren,
  ): Promise<void> {
    for (const name of children) seen.names.add(name);
    await this.#lookTogether(path, [...seen.names].sort(byName));
    seen.told = 0;
    seen.cversion = stat.cversion;
  }

  async #lookTogether(parent: string, names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#look(childPath(parent, name))));
  }

  #compare(path: string, before: ZnodeData | undefined, after: ZnodeData): void {
    const { version, czxid } = after.stat;
    if (!before) {
      this.#countForParent(path, 1);
      this.#found.push({ kind: 'created', path, after, hidden: version });
    } else if (before.stat.czxid !== czxid) {
      this.#countForParent(path, 2);
      this.#found.push({ kind: 'recreated', path, before, after, hidden: version });
    } else if (version !== before.stat.version) {
      const hidden = version - before.stat.version - 1;
      this.#found.push({ kind: 'changed', path, before, after, hidden });
    }
  }

  #forget(path: string, before: Seen, wasWritten: boolean): void {
    for (const name of [...before.names].sort(byName)) {
      const child = childPath(path, name);
      const seen = this.#seen.get(child);
      if (seen) this.#forget(child, seen, false);
    }
    const hidden = this.#written.delete(path) || wasWritten ? 1 : 0;
    this.#found.push({ kind: 'deleted', path, before: before.znode, hidden });
    this.#seen.delete(path);
    this.#watchBytes -= watchBytesOf(path, this.#watchesChildren(path));
    this.#unlist(path, 1);
  }

  /** A child that was listed, and is gone before it could be read. */
  #passed(path: string): void {
    const isListed = this.#seen.get(parentPath(path))?.names.has(nameOf(path)) ?? false;
    if (path === this.#options.root || !isListed) return;
    const wasThere = this.#unreadable.delete(path);
    if (!wasThere) this.#found.push({ kind: 'passed', path, hidden: 0 });
    this.#unlist(path, wasThere ? 1 : 2);
  }

  /** It is no more: its parent will be listed without it, and `count` changes of its children are explained. */
  #unlist(path: string, count: number): void {
    this.#session.unwatchChildren(path);
    if (path === this.#options.root) return;
    this.#session.unwatchData(path);
    this.#seen.get(parentPath(path))?.names.delete(nameOf(path));
    this.#countForParent(path, count);
  }

  #countForParent(path: string, count: number): void {
    const parent = path === this.#options.root ? undefined : this.#seen.get(parentPath(path));
    if (parent) parent.told += count;
  }

  #remember(path: string, seen: Seen): void {
    this.#seen.set(path, seen);
    this.#watchBytes += watchBytesOf(path, this.#watchesChildren(path));
    if (this.#watchBytes <= MAX_WATCH_BYTES) return;
    throw new OperatorError(
      `${this.#options.root} has more below it than can be watched at once: watch a part of it`,
    );
  }

  #watchesChildren(path: string): boolean {
    const { root, depth } = this.#options;
    const isWithin = levelOf(path) - levelOf(root) < depth;
    return isWithin && (path === root || mayHaveChildren(path));
  }

  /** Reads a znode, and sets the watches that tell of its next change. `undefined` if it is not there. */
  async #read(path: string, withChildren: boolean): Promise<Read | 'unreadable' | undefined> {
    this.#session.watchData(path, (event) => {
      if (event === 'dataChanged') this.#written.add(path);
      this.#notice(path);
    });
    if (withChildren) this.#session.watchChildren(path, () => this.#notice(path));
    try {
      const [znode, children] = await Promise.all([
        this.#session.getData(path),
        withChildren ? this.#session.getChildren(path) : undefined,
      ]);
      return { znode, children };
    } catch (error) {
      if (isZooKeeperError(error, 'NO_AUTH')) return this.#skip(path);
      if (!isZooKeeperError(error, 'NO_NODE')) throw error;
    }
    // Only this sets a watch on what is not there; everything else is told of by its parent.
    if (path !== this.#options.root) return undefined;
    const isThere = (await this.#session.exists(path)) !== undefined;
    return isThere ? this.#read(path, withChildren) : undefined;
  }

  #skip(path: string): 'unreadable' {
    if (!this.#unreadable.has(path)) {
      this.#unreadable.add(path);
      this.#options.onUnreadable(path);
      if (!this.#seen.has(path)) this.#countForParent(path, 1);
    }
    return 'unreadable';
  }

  #notice(path: string): void {
    this.#pending.add(path);
    this.#schedule();
  }
}

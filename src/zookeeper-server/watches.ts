/**
 * Who waits for which event (org.apache.zookeeper.server.watch.WatchManager): one-shot watches on data and
 * on children, persistent ones, and persistent ones on whole subtrees.
 */
import { parentOf } from './paths';
import type { TreeEvent } from './tree';

/** Receives events; usually a connection. */
export interface Watcher {
  onEvent(event: TreeEvent): void;
}

const KINDS = ['data', 'child', 'persistent', 'recursive'] as const;
export type WatchKind = (typeof KINDS)[number];

export class WatchTable {
  readonly #watches: Readonly<Record<WatchKind, Map<string, Set<Watcher>>>> = {
    data: new Map(),
    child: new Map(),
    persistent: new Map(),
    recursive: new Map(),
  };
  /** What a watcher watches, to forget it quickly when its connection closes. */
  readonly #paths = new Map<Watcher, Record<WatchKind, Set<string>>>();

  add(kind: WatchKind, path: string, watcher: Watcher): void {
    const watchers = this.#watches[kind].get(path) ?? new Set();
    this.#watches[kind].set(path, watchers.add(watcher));
    let paths = this.#paths.get(watcher);
    if (!paths) {
      paths = { data: new Set(), child: new Set(), persistent: new Set(), recursive: new Set() };
      this.#paths.set(watcher, paths);
    }
    paths[kind].add(path);
  }

  has(kind: WatchKind, path: string, watcher: Watcher): boolean {
    return this.#watches[kind].get(path)?.has(watcher) ?? false;
  }

  /** Takes a watch away; `false` if there was none. */
  remove(kind: WatchKind, path: string, watcher: Watcher): boolean {
    const watchers = this.#watches[kind].get(path);
    if (!watchers?.delete(watcher)) return false;
    if (watchers.size === 0) this.#watches[kind].delete(path);
    const paths = this.#paths.get(watcher);
    paths?.[kind].delete(path);
    if (paths && KINDS.every((each) => paths[each].size === 0)) this.#paths.delete(watcher);
    return true;
  }

  removeAll(watcher: Watcher): void {
    const paths = this.#paths.get(watcher);
    if (!paths) return;
    for (const kind of KINDS) {
      for (const path of paths[kind]) this.remove(kind, path, watcher);
    }
  }

  /** Tells everybody who waits for `event`, each once, and spends the one-shot watches. */
  fire(event: TreeEvent): void {
    const told = new Set<Watcher>();
    const { type, path } = event;
    if (type !== 'childrenChanged') this.#spend('data', path, told);
    if (type === 'childrenChanged' || type === 'deleted') this.#spend('child', path, told);
    for (const watcher of this.#watches.persistent.get(path) ?? []) told.add(watcher);
    // A subtree's watcher hears of the child itself instead.
    if (type !== 'childrenChanged') this.#collectRecursive(path, told);
    for (const watcher of told) watcher.onEvent(event);
  }

  /** Watchers, paths watched, and watches: what `wchs` and `mntr` print. */
  summary(): { watchers: number; paths: number; watches: number } {
    const paths = new Set(KINDS.flatMap((kind) => [...this.#watches[kind].keys()]));
    let watches = 0;
    for (const kind of KINDS) {
      for (const watchers of this.#watches[kind].values()) watches += watchers.size;
    }
    return { watchers: this.#paths.size, paths: paths.size, watches };
  }

  #spend(kind: 'data' | 'child', path: string, told: Set<Watcher>): void {
    for (const watcher of this.#watches[kind].get(path) ?? []) {
      told.add(watcher);
      this.remove(kind, path, watcher);
    }
  }

  #collectRecursive(path: string, told: Set<Watcher>): void {
    if (this.#watches.recursive.size === 0) return;
    for (let at = path; ; at = parentOf(at)) {
      for (const watcher of this.#watches.recursive.get(at) ?? []) told.add(watcher);
      if (at === '/') return;
    }
  }
}

/** The watches that a client believes to have set, so that it can set them again at another server. */
import type { SetWatchesRequest } from '../../../src/zookeeper-server/request';
import type { TreeEvent } from '../../../src/zookeeper-server/tree';

type Kind = 'data' | 'exist' | 'child';

export class ClientWatches {
  readonly #paths: Readonly<Record<Kind, Set<string>>> = {
    data: new Set(),
    exist: new Set(),
    child: new Set(),
  };

  add(kind: Kind, path: string): void {
    this.#paths[kind].add(path);
  }

  /** Spends the watches that an event fires; whether there was any. */
  spend({ type, path }: TreeEvent): boolean {
    const { data, exist, child } = this.#paths;
    if (type === 'childrenChanged') return child.delete(path);
    // The children's watch goes with its znode, and the data's tells of it.
    if (type === 'deleted') child.delete(path);
    const hadData = data.delete(path);
    return exist.delete(path) || hadData;
  }

  /** What sets them again; `undefined` if there are none. What changed after `relativeZxid` is told at once. */
  request(relativeZxid: number): SetWatchesRequest | undefined {
    const { data, exist, child } = this.#paths;
    if (data.size + exist.size + child.size === 0) return undefined;
    return {
      type: 'setWatches',
      relativeZxid,
      data: [...data],
      exist: [...exist],
      child: [...child],
      persistent: [],
      recursive: [],
    };
  }
}

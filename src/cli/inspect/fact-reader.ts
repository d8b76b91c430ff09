/** How znodes are read for a look at the whole: what is missing or unreadable stops nothing. */
import { ZnodeFormatError } from '../../zookeeper/errors';
import { childrenIfExists, pipelined, readIfExists } from '../../zookeeper/operations';
import type { Stat, ZnodeData, ZooKeeperSession } from '../../zookeeper/session';

/** Reads nodes; remembers what cannot be decoded, and the latest change seen. */
export class FactReader {
  readonly unreadable: ZnodeFormatError[] = [];
  newestMs = 0;

  constructor(readonly session: ZooKeeperSession) {}

  /** `undefined` if it is missing, or does not hold what belongs there. */
  async read<T>(path: string, decode: (node: ZnodeData) => T): Promise<T | undefined> {
    const node = await readIfExists(this.session, path);
    if (!node) return undefined;
    this.noteChange(node.stat);
    try {
      return decode(node);
    } catch (error) {
      if (!(error instanceof ZnodeFormatError)) throw error;
      this.unreadable.push(error);
      return undefined;
    }
  }

  async children(path: string): Promise<string[]> {
    return [...(await childrenIfExists(this.session, path))].sort();
  }

  /** What `read` gives for each of `names`, without those that are missing. */
  async all<N, T>(names: readonly N[], read: (name: N) => Promise<T | undefined>): Promise<T[]> {
    const found = await pipelined(names, read);
    return found.filter((each) => each !== undefined);
  }

  noteChange({ mtimeMs }: Stat): void {
    this.newestMs = Math.max(this.newestMs, mtimeMs);
  }
}

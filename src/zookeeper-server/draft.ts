/** The tree as the operations of one request find it, without changing it. */
import type { Acl } from './access';
import { Refusal } from './errors';
import { parentOf } from './paths';
import type { TreeChange } from './transaction';
import type { Tree } from './tree';

/** What a decision needs to know of a znode. */
export interface ZnodeFacts {
  readonly version: number;
  readonly aversion: number;
  readonly childrenCreated: number;
  readonly childCount: number;
  readonly isEphemeral: boolean;
  readonly acl: readonly Acl[];
}

/** The tree as it will be once the operations noted so far have happened; for the later ones of a multi. */
export class Draft {
  readonly #changed = new Map<string, ZnodeFacts | undefined>();

  constructor(private readonly tree: Tree) {}

  find(path: string): ZnodeFacts | undefined {
    return this.#changed.has(path) ? this.#changed.get(path) : this.tree.get(path);
  }

  /** Refuses with NO_NODE what is not there. */
  get(path: string): ZnodeFacts {
    const facts = this.find(path);
    if (!facts) throw new Refusal('NO_NODE', path);
    return facts;
  }

  note(change: TreeChange): void {
    const { path } = change;
    switch (change.type) {
      case 'create': {
        const isEphemeral = change.ephemeralOwner !== 0n;
        const { acl } = change;
        const zeros = { version: 0, aversion: 0, childrenCreated: 0, childCount: 0 };
        this.#changed.set(path, { ...zeros, isEphemeral, acl });
        const { childrenCreated, childCount } = this.get(parentOf(path));
        const grown = { childrenCreated: childrenCreated + 1, childCount: childCount + 1 };
        this.#amend(parentOf(path), grown);
        break;
      }
      case 'delete':
        this.#changed.set(path, undefined);
        this.#amend(parentOf(path), { childCount: this.get(parentOf(path)).childCount - 1 });
        break;
      case 'setData':
        this.#amend(path, { version: change.version });
        break;
      case 'setAcl':
        this.#amend(path, { aversion: change.version, acl: change.acl });
        break;
    }
  }

  #amend(path: string, amended: Partial<ZnodeFacts>): void {
    const { version, aversion, childrenCreated, childCount, isEphemeral, acl } = this.get(path);
    const facts = { version, aversion, childrenCreated, childCount, isEphemeral, acl };
    this.#changed.set(path, { ...facts, ...amended });
  }
}

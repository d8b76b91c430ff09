/** What the watcher of a subtree has to tell. */
import type { ZnodeData } from '../../../zookeeper/session';

/**
 * One difference between two looks. `recreated`: deleted and made again. `passed`: made and deleted before it could
 * be read. `unseen`: children of `path` came and went, and not even their names are known.
 */
export interface Change {
  readonly kind: 'created' | 'changed' | 'deleted' | 'recreated' | 'passed' | 'unseen';
  readonly path: string;
  readonly before?: ZnodeData;
  readonly after?: ZnodeData;
  /**
   * What else happened between the two looks, beyond the one thing that is told: writes of the data, or for `unseen`
   * creations and deletions of children.
   */
  readonly hidden: number;
}

/** By the zxid of what is told; what was deleted has none any more, and comes first. */
export function inOrder(changes: readonly Change[]): Change[] {
  const zxidOf = ({ kind, after }: Change): number => {
    if (!after) return -1;
    return kind === 'changed' ? after.stat.mzxid : after.stat.czxid;
  };
  return changes.toSorted((a, b) => zxidOf(a) - zxidOf(b));
}

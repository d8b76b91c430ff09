/** Who wants to know when a partition may answer a fetch otherwise than before: the fetch sessions that name it. */

/**
 * `appended`: followers may read more; told before the leader looks at its high watermark.
 * `highWatermark`, `logStart`: it moved. `isr`: the controller confirmed another one.
 * `roleEnding`, then `role`: before and after a change of leader, epoch, replicas or log. `truncated`: the log
 * ends earlier.
 */
export type PartitionChange =
  | 'appended'
  | 'highWatermark'
  | 'logStart'
  | 'isr'
  | 'roleEnding'
  | 'role'
  | 'truncated';

export interface PartitionWatcher {
  /** Called in the midst of the change: it may look at the partition but must not change it, and must not start or end watching. */
  onPartitionChange(change: PartitionChange): void;
}

export class PartitionWatchers {
  /** Most partitions have none. */
  #watchers: Set<PartitionWatcher> | undefined;

  get size(): number {
    return this.#watchers?.size ?? 0;
  }

  add(watcher: PartitionWatcher): void {
    this.#watchers ??= new Set();
    this.#watchers.add(watcher);
  }

  delete(watcher: PartitionWatcher): void {
    if (this.#watchers?.delete(watcher) && this.#watchers.size === 0) this.#watchers = undefined;
  }

  notify(change: PartitionChange): void {
    if (!this.#watchers) return;
    for (const watcher of this.#watchers) watcher.onPartitionChange(change);
  }
}

/**
 * Operations that wait for a condition, each watched under any number of keys. An event names a key; the
 * operations under it, and no others, are asked whether they can complete. Adding, completing and expiring
 * cost the same however many wait. A completed operation is taken out of every watch list and out of the
 * timing wheel at once, so nothing has to be purged (`kafka.server.DelayedOperationPurgatory` keeps completed
 * operations until `*.purgatory.purge.interval.requests` of them have gathered).
 */
import { Link, LinkedList } from '../base/linked-list';
import { Timer } from '../base/timing-wheel';
import type { Timers } from '../platform/timers';

export interface DelayedOperation {
  /** True once the condition holds; `complete` follows. Must not complete other operations. */
  isReady(): boolean;
  /** Runs exactly once: ready, or `timedOut`. */
  complete(timedOut: boolean): void;
}

interface WatchList {
  readonly key: string;
  readonly operations: LinkedList<WaitingOperation>;
}

interface Watch {
  readonly list: WatchList;
  readonly link: Link<WaitingOperation>;
}

/** An operation's place in the purgatory. */
export class WaitingOperation {
  readonly watches: Watch[] = [];
  /** Its place among all that wait. */
  readonly link = new Link<WaitingOperation>(this);
  readonly timer: Timer;

  constructor(
    readonly operation: DelayedOperation,
    onTimeout: (waiting: WaitingOperation) => void,
  ) {
    this.timer = new Timer(() => onTimeout(this));
  }
}

export class Purgatory {
  readonly #byKey = new Map<string, WatchList>();
  readonly #all = new LinkedList<WaitingOperation>();
  #size = 0;
  readonly #onTimeout = (waiting: WaitingOperation): void => this.#finish(waiting, true);

  constructor(private readonly timers: Timers) {}

  /** Operations that wait now. */
  get size(): number {
    return this.#size;
  }

  /** Keys under which something waits now. */
  get watchedKeys(): number {
    return this.#byKey.size;
  }

  /**
   * Completes `operation` now if it is ready, else watches it under `keys` until an event completes it or
   * `timeoutMs` passes; then its place is returned, for `checkOne`. No event may fall between the caller's
   * last look at the condition and this call, so there must be no await between the two.
   */
  completeOrWatch(
    operation: DelayedOperation,
    keys: readonly string[],
    timeoutMs: number,
  ): WaitingOperation | undefined {
    const isReady = operation.isReady();
    if (isReady || timeoutMs <= 0) {
      operation.complete(!isReady);
      return undefined;
    }
    const waiting = new WaitingOperation(operation, this.#onTimeout);
    this.timers.add(waiting.timer, timeoutMs);
    this.#all.push(waiting.link);
    this.#size++;
    for (const key of keys) this.#watch(waiting, key);
    return waiting;
  }

  /** Something happened to `key`: completes what is ready now. Returns how many completed. */
  check(key: string): number {
    const list = this.#byKey.get(key);
    if (!list) return 0;
    let completed = 0;
    for (const waiting of list.operations.values()) {
      if (this.checkOne(waiting)) completed++;
    }
    return completed;
  }

  /** Completes one operation if it still waits and is ready now. */
  checkOne(waiting: WaitingOperation): boolean {
    if (!waiting.link.isLinked || !waiting.operation.isReady()) return false;
    this.#finish(waiting, false);
    return true;
  }

  /** Completes everything that waits, as timed out; for the end of the broker. */
  close(): void {
    for (const waiting of this.#all.values()) {
      if (waiting.link.isLinked) this.#finish(waiting, true);
    }
  }

  #watch(waiting: WaitingOperation, key: string): void {
    let list = this.#byKey.get(key);
    if (!list) {
      list = { key, operations: new LinkedList() };
      this.#byKey.set(key, list);
    }
    const link = new Link(waiting);
    list.operations.push(link);
    waiting.watches.push({ list, link });
  }

  #finish(waiting: WaitingOperation, timedOut: boolean): void {
    waiting.link.unlink();
    this.timers.cancel(waiting.timer);
    for (const { list, link } of waiting.watches) {
      link.unlink();
      if (list.operations.isEmpty) this.#byKey.delete(list.key);
    }
    this.#size--;
    waiting.operation.complete(timedOut);
  }
}

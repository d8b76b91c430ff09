/**
 * Operations that wait for a condition, watched under one or more keys. An event names a key; the
 * operations under it are asked whether they can complete. Adding, completing and expiring cost the same
 * however many wait, and a completed operation leaves nothing behind (`kafka.server.DelayedOperationPurgatory`).
 */
import type { Cancel, Clock } from '../platform/ports';

export interface DelayedOperation {
  /** True once the condition holds; `complete` follows at once. Must not change anything. */
  isReady(): boolean;
  /** Runs exactly once: ready, or `timedOut`. */
  complete(timedOut: boolean): void;
}

interface Waiting {
  readonly operation: DelayedOperation;
  readonly keys: readonly string[];
  cancelTimeout: Cancel;
}

export class Purgatory {
  #byKey = new Map<string, Set<Waiting>>();
  #size = 0;

  constructor(private readonly clock: Clock) {}

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
   * `timeoutMs` passes. No event may fall between the caller's last look at the condition and this call,
   * so there must be no await between the two.
   */
  completeOrWatch(operation: DelayedOperation, keys: readonly string[], timeoutMs: number): void {
    if (operation.isReady()) {
      operation.complete(false);
      return;
    }
    if (timeoutMs <= 0) {
      operation.complete(true);
      return;
    }
    const waiting: Waiting = { operation, keys, cancelTimeout: () => undefined };
    waiting.cancelTimeout = this.clock.callAfter(timeoutMs, () => this.#finish(waiting, true));
    this.#size++;
    for (const key of keys) {
      const watchers = this.#byKey.get(key);
      if (watchers) watchers.add(waiting);
      else this.#byKey.set(key, new Set([waiting]));
    }
  }

  /** Something happened to `key`: completes what is ready now. Returns how many completed. */
  check(key: string): number {
    const watchers = this.#byKey.get(key);
    if (!watchers) return 0;
    let completed = 0;
    for (const waiting of [...watchers]) {
      if (!watchers.has(waiting) || !waiting.operation.isReady()) continue;
      this.#finish(waiting, false);
      completed++;
    }
    return completed;
  }

  /** Completes everything that waits, as timed out; for the end of the broker. */
  close(): void {
    for (const watchers of [...this.#byKey.values()]) {
      for (const waiting of [...watchers]) this.#finish(waiting, true);
    }
  }

  #finish(waiting: Waiting, timedOut: boolean): void {
    waiting.cancelTimeout();
    let removed = false;
    for (const key of waiting.keys) {
      const watchers = this.#byKey.get(key);
      if (!watchers?.delete(waiting)) continue;
      removed = true;
      if (watchers.size === 0) this.#byKey.delete(key);
    }
    if (!removed) return;
    this.#size--;
    waiting.operation.complete(timedOut);
  }
}

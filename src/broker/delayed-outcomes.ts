/**
 * What a request has under way on several partitions, answered when the fate of each is known: the common part of
 * appends and deletions that wait for their replicas.
 */
import type { Timers } from '../platform/timers';
import type { ErrorName } from '../protocol/errors';
import { partitionKey } from '../protocol/topic-partition';
import { Purgatory } from './purgatory';

/** One partition's part; `error` is set when its fate is known. */
export interface PendingOutcome {
  readonly topic: string;
  readonly partition: number;
  error: ErrorName | undefined;
}

export abstract class DelayedOutcomes<P extends PendingOutcome> {
  readonly #purgatory: Purgatory;

  #expiredCount = 0;

  constructor(timers: Timers) {
    this.#purgatory = new Purgatory(timers);
  }

  get size(): number {
    return this.#purgatory.size;
  }

  /** Parts whose time was over before their fate was known, since the start. */
  get expiredCount(): number {
    return this.#expiredCount;
  }

  /** Resolves when the `error` of each of `pending` is set, at the latest after `timeoutMs`. */
  protected awaitAll(pending: readonly P[], timeoutMs: number): Promise<void> {
    if (pending.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#purgatory.completeOrWatch(
        {
          isReady: () => this.#settle(pending),
          complete: () => {
            for (const each of pending) {
              if (each.error === undefined) this.#expiredCount++;
              each.error ??= 'REQUEST_TIMED_OUT';
            }
            resolve();
          },
        },
        pending.map(({ topic, partition }) => partitionKey(topic, partition)),
        timeoutMs,
      );
    });
  }

  /** Something happened to the partition that may have decided what waits on it. */
  check(topic: string, partition: number): void {
    this.#purgatory.check(partitionKey(topic, partition));
  }

  close(): void {
    this.#purgatory.close();
  }

  /** How it ended; `undefined` while that is open. */
  protected abstract outcomeOf(pending: P): ErrorName | undefined;

  #settle(pending: readonly P[]): boolean {
    let isSettled = true;
    for (const each of pending) {
      each.error ??= this.outcomeOf(each);
      if (each.error === undefined) isSettled = false;
    }
    return isSettled;
  }
}

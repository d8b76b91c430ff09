/**
 * Appends that wait for their replicas: an acks=all answer is due when the high watermark has passed the
 * last appended offset (`kafka.server.DelayedProduce`). Used by Produce and by the coordinators.
 */
import type { Timers } from '../platform/timers';
import type { ErrorName } from '../protocol/errors';
import { partitionKey } from '../protocol/topic-partition';
import type { ReplicaManager } from '../replication/replica-manager';
import { Purgatory } from './purgatory';

/** One partition's part of an append; `error` is set when its fate is known. */
export interface PendingAppend {
  readonly topic: string;
  readonly partition: number;
  /** The offset after the last appended record. */
  readonly requiredOffset: number;
  error: ErrorName | undefined;
}

export class DelayedAppends {
  readonly #purgatory: Purgatory;

  constructor(
    timers: Timers,
    private readonly replicas: ReplicaManager,
  ) {
    this.#purgatory = new Purgatory(timers);
  }

  get size(): number {
    return this.#purgatory.size;
  }

  /** Resolves when the `error` of each of `appends` is set, at the latest after `timeoutMs`. */
  awaitReplication(appends: readonly PendingAppend[], timeoutMs: number): Promise<void> {
    if (appends.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#purgatory.completeOrWatch(
        {
          isReady: () => this.#settle(appends),
          complete: () => {
            for (const append of appends) append.error ??= 'REQUEST_TIMED_OUT';
            resolve();
          },
        },
        appends.map(({ topic, partition }) => partitionKey(topic, partition)),
        timeoutMs,
      );
    });
  }

  /** The high watermark, the ISR or the leadership of a partition changed. */
  check(topic: string, partition: number): void {
    this.#purgatory.check(partitionKey(topic, partition));
  }

  close(): void {
    this.#purgatory.close();
  }

  #settle(appends: readonly PendingAppend[]): boolean {
    let isSettled = true;
    for (const append of appends) {
      if (append.error !== undefined) continue;
      const outcome = this.#outcomeOf(append);
      if (outcome === 'pending') isSettled = false;
      else append.error = outcome;
    }
    return isSettled;
  }

  #outcomeOf({ topic, partition, requiredOffset }: PendingAppend): ErrorName | 'pending' {
    const found = this.replicas.lookup(topic, partition);
    return typeof found === 'string' ? found : found.checkEnoughReplicas(requiredOffset);
  }
}

/**
 * DeleteRecords that wait for their replicas: the records are gone when the log of every live replica starts
 * at the wanted offset or later (`kafka.server.DelayedDeleteRecords`).
 */
import type { Timers } from '../platform/timers';
import type { ErrorName } from '../protocol/errors';
import { partitionKey } from '../protocol/topic-partition';
import type { ReplicaManager } from '../replication/replica-manager';
import { Purgatory } from './purgatory';

/** One partition's part of a deletion. */
export interface PendingDeletion {
  readonly topic: string;
  readonly partition: number;
  /** Where the logs of all live replicas must start at least. */
  readonly requiredOffset: number;
  /** As last seen, −1 if the partition is no longer led here. */
  lowWatermark: number;
  /** Set when its fate is known. */
  error: ErrorName | undefined;
}

export class DelayedDeletions {
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

  /** Resolves when the `error` of each of `deletions` is set, at the latest after `timeoutMs`. */
  awaitReplicas(deletions: readonly PendingDeletion[], timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#purgatory.completeOrWatch(
        {
          isReady: () => this.#settle(deletions),
          complete: () => {
            for (const deletion of deletions) deletion.error ??= 'REQUEST_TIMED_OUT';
            resolve();
          },
        },
        deletions.map(({ topic, partition }) => partitionKey(topic, partition)),
        timeoutMs,
      );
    });
  }

  /** A follower's log start or the leadership of a partition changed. */
  check(topic: string, partition: number): void {
    this.#purgatory.check(partitionKey(topic, partition));
  }

  close(): void {
    this.#purgatory.close();
  }

  #settle(deletions: readonly PendingDeletion[]): boolean {
    let isSettled = true;
    for (const deletion of deletions) {
      deletion.error ??= this.#outcomeOf(deletion);
      if (deletion.error === undefined) isSettled = false;
    }
    return isSettled;
  }

  #outcomeOf(deletion: PendingDeletion): ErrorName | undefined {
    const found = this.replicas.lookup(deletion.topic, deletion.partition);
    const lowWatermark = typeof found === 'string' ? undefined : found.leadership?.lowWatermark;
    deletion.lowWatermark = lowWatermark ?? -1;
    if (lowWatermark === undefined) {
      return typeof found === 'string' ? found : 'NOT_LEADER_OR_FOLLOWER';
    }
    return lowWatermark >= deletion.requiredOffset ? 'NONE' : undefined;
  }
}

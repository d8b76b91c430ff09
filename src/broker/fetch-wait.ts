/**
 * A fetch that waits for `minBytes` (`kafka.server.DelayedFetch`). It keeps the sum of what its partitions
 * have to offer, so that a change of one partition costs a look at that one.
 */
import type { FetchReader } from '../replication/fetch-query';
import type { PartitionChange } from '../replication/partition-watchers';
import type { FetchPartition, FetchPartitionOwner } from './fetch-partition';
import type { DelayedOperation, Purgatory, WaitingOperation } from './purgatory';

export interface FetchWaitOptions {
  readonly purgatory: Purgatory;
  readonly readerKind: FetchReader['kind'];
  readonly minBytes: number;
  readonly maxWaitMs: number;
  /** About how many bytes a partition would answer now; `undefined` if it has to say something else, at once. */
  readonly bytesOf: (partition: FetchPartition) => number | undefined;
  /** The time is over, and there is not enough. */
  readonly onExpired: () => void;
}

export class FetchWait implements DelayedOperation, FetchPartitionOwner {
  readonly #counted = new Map<FetchPartition, number>();
  #bytes = 0;
  #mustAnswer = false;
  #waiting: WaitingOperation | undefined;
  #onDone: () => void = () => undefined;

  constructor(private readonly options: FetchWaitOptions) {}

  /** Resolves when there is enough to answer, or `maxWaitMs` is over. Changes come by `onChange`. */
  begin(partitions: readonly FetchPartition[]): Promise<void> {
    for (const partition of partitions) {
      this.#count(partition);
      if (this.isReady()) break;
    }
    return new Promise((resolve) => {
      this.#onDone = resolve;
      const { purgatory, maxWaitMs } = this.options;
      this.#waiting = purgatory.completeOrWatch(this, [], maxWaitMs);
    });
  }

  onChange(partition: FetchPartition, change: PartitionChange): void {
    if (!this.#waiting || !this.#isConcernedBy(change)) return;
    this.#count(partition);
    this.options.purgatory.checkOne(this.#waiting);
  }

  isReady(): boolean {
    return this.#mustAnswer || this.#bytes >= this.options.minBytes;
  }

  complete(timedOut: boolean): void {
    if (timedOut) this.options.onExpired();
    this.#waiting = undefined;
    this.#onDone();
  }

  #isConcernedBy(change: PartitionChange): boolean {
    switch (change) {
      case 'appended':
        return this.options.readerKind === 'follower';
      case 'highWatermark':
        return this.options.readerKind !== 'follower';
      case 'isr':
      case 'roleEnding':
        return false;
      case 'logStart':
      case 'role':
      case 'truncated':
        return true;
    }
  }

  #count(partition: FetchPartition): void {
    const bytes = this.options.bytesOf(partition);
    if (bytes === undefined) {
      this.#mustAnswer = true;
      return;
    }
    this.#bytes += bytes - (this.#counted.get(partition) ?? 0);
    this.#counted.set(partition, bytes);
  }
}

/**
 * Follows the transactions of a log while it is read for compaction (Kafka's `CleanedTransactionMetadata`):
 * tells which data was aborted, and whether the marker of a transaction still has data to speak for.
 */

import type { EndMarker } from '../producers/producer-states';
import type { AbortedTransaction } from '../types';

interface OngoingAbort {
  readonly transaction: AbortedTransaction;
  hasData: boolean;
}

export class CleanedTransactions {
  /** Not reached yet, the one that begins first at the end. */
  #aborted: AbortedTransaction[];
  readonly #ongoingAborts = new Map<number, OngoingAbort>();
  /** Producers with committed data whose marker has not come yet. */
  readonly #ongoingCommits = new Set<number>();

  constructor(
    aborted: readonly AbortedTransaction[],
    /** The marker of this transaction is kept, so the index of the cleaned segment needs the entry. */
    private readonly onKeptAbort: (transaction: AbortedTransaction) => void,
  ) {
    this.#aborted = [...aborted].sort((a, b) => b.firstOffset - a.firstOffset);
  }

  /** Whether the data batch was aborted and can go. */
  isAborted(producerId: number, isTransactional: boolean, lastOffset: number): boolean {
    this.#reach(lastOffset);
    if (!isTransactional) return false;
    const abort = this.#ongoingAborts.get(producerId);
    if (abort) {
      abort.hasData = true;
      return true;
    }
    this.#ongoingCommits.add(producerId);
    return false;
  }

  /** Whether the marker speaks for no data that is left before it. */
  isMarkerObsolete(producerId: number, marker: EndMarker | undefined, lastOffset: number): boolean {
    this.#reach(lastOffset);
    if (!marker) return false;
    if (!marker.isAbort) return !this.#ongoingCommits.delete(producerId);
    const abort = this.#ongoingAborts.get(producerId);
    this.#ongoingAborts.delete(producerId);
    if (!abort?.hasData) return true;
    this.onKeptAbort(abort.transaction);
    return false;
  }

  #reach(offset: number): void {
    let next = this.#aborted.at(-1);
    while (next && next.firstOffset <= offset) {
      this.#aborted.pop();
      this.#ongoingAborts.set(next.producerId, { transaction: next, hasData: false });
      next = this.#aborted.at(-1);
    }
  }
}

/**
 * The producers of one partition: which sequences are due, which batches were seen before, which transactions
 * are open (Kafka's `ProducerStateManager` and `ProducerAppendInfo`). Purely in memory; `snapshots.ts` keeps it
 * on disk.
 */

import { ProtocolError } from '../../protocol/errors';
import { incrementSequence } from '../../protocol/records/batch';
import type { ProducerSnapshotEntry } from '../formats/producer-snapshot';
import type { AbortedTransaction } from '../types';
import { NO_SEQUENCE, ProducerEntry } from './producer-entry';
import type { ProducerBatch } from './producer-entry';

/** `replica`: written by the leader or read from our own disk, so it is only followed, not judged. */
export type ProducerOrigin = 'client' | 'coordinator' | 'replica';

/** What producer state needs to know of a batch that carries a producer id. */
export interface ProducerBatchInfo {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly maxTimestamp: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  /** Set if the batch is the end marker of a transaction. */
  readonly marker: EndMarker | undefined;
}

export interface EndMarker {
  readonly isAbort: boolean;
  readonly coordinatorEpoch: number;
}

/** A transaction whose marker may not be replicated yet. */
interface CompletedTransaction {
  readonly firstOffset: number;
  readonly lastOffset: number;
}

export class ProducerStates {
  readonly #producers = new Map<number, ProducerEntry>();
  /** First offset → producer id of open transactions, in order of the first offset. */
  #open = new Map<number, number>();
  /** Completed transactions whose marker lies at or above the high watermark, in order of the first offset. */
  #unreplicated: CompletedTransaction[] = [];

  get size(): number {
    return this.#producers.size;
  }

  get(producerId: number): ProducerEntry | undefined {
    return this.#producers.get(producerId);
  }

  all(): Iterable<ProducerEntry> {
    return this.#producers.values();
  }

  /** First offset that no read_committed consumer may pass; `undefined` if every transaction is decided. */
  get firstUnstableOffset(): number | undefined {
    const open = this.#open.keys().next().value;
    const unreplicated = this.#unreplicated[0]?.firstOffset;
    if (open === undefined) return unreplicated;
    return unreplicated === undefined ? open : Math.min(open, unreplicated);
  }

  /** The batch seen before with the same epoch and sequences, if it is one of the last five. */
  findDuplicate(batch: ProducerBatchInfo): ProducerBatch | undefined {
    const entry = this.#producers.get(batch.producerId);
    if (!entry || entry.producerEpoch !== batch.producerEpoch || batch.isControl) return undefined;
    return entry.findBatch(batch.firstSequence, batch.lastSequence);
  }

  /** Throws `ProtocolError` if the batch must not be appended now. */
  check(batch: ProducerBatchInfo, origin: ProducerOrigin): void {
    if (origin === 'replica') return;
    const entry = this.#producers.get(batch.producerId);
    if (!entry) return;
    checkEpoch(batch, entry);
    if (batch.marker) {
      checkCoordinatorEpoch(batch, batch.marker, entry);
      return;
    }
    if (origin === 'client') checkSequence(batch, entry);
    if (entry.currentTxnFirstOffset !== undefined && !batch.isTransactional) {
      throw new ProtocolError(
        'INVALID_TXN_STATE',
        `Expected transactional write from producer ${String(batch.producerId)}`,
      );
    }
  }

  /** Takes note of an appended batch; returns the transaction that it aborted, if any. */
  update(batch: ProducerBatchInfo): AbortedTransaction | undefined {
    if (batch.isControl && !batch.marker) return undefined;
    let entry = this.#producers.get(batch.producerId);
    if (!entry) {
      entry = new ProducerEntry(batch.producerId, batch.producerEpoch);
      this.#producers.set(batch.producerId, entry);
    }
    if (batch.marker) return this.#endTransaction(entry, batch, batch.marker);
    entry.addBatch(batch.producerEpoch, {
      firstSequence: batch.firstSequence,
      lastSequence: batch.lastSequence,
      firstOffset: batch.firstOffset,
      lastOffset: batch.lastOffset,
      timestamp: batch.maxTimestamp,
    });
    if (batch.isTransactional && entry.currentTxnFirstOffset === undefined) {
      entry.currentTxnFirstOffset = batch.firstOffset;
      this.#open.set(batch.firstOffset, batch.producerId);
    }
    return undefined;
  }

  /** Markers below the high watermark are replicated: their transactions hold back nobody any more. */
  forgetReplicated(highWatermark: number): void {
    if (this.#unreplicated.length === 0) return;
    this.#unreplicated = this.#unreplicated.filter((txn) => txn.lastOffset >= highWatermark);
  }

  /** Removes producers that have been idle for `expirationMs` and have no open transaction. */
  expire(nowMs: number, expirationMs: number): void {
    for (const [producerId, entry] of this.#producers) {
      if (isExpired(entry, nowMs, expirationMs)) this.#producers.delete(producerId);
    }
  }

  snapshot(): ProducerSnapshotEntry[] {
    return Array.from(this.#producers.values(), (entry) => entry.toSnapshot());
  }

  /** Replaces everything by what a snapshot says, without what has expired meanwhile. */
  restore(snapshot: readonly ProducerSnapshotEntry[], nowMs: number, expirationMs: number): void {
    this.clear();
    const entries = snapshot
      .map((each) => ProducerEntry.fromSnapshot(each))
      .filter((entry) => !isExpired(entry, nowMs, expirationMs));
    for (const entry of entries) this.#producers.set(entry.producerId, entry);
    const open = entries
      .map((entry) => [entry.currentTxnFirstOffset ?? -1, entry.producerId] as const)
      .filter(([firstOffset]) => firstOffset >= 0)
      .sort(([a], [b]) => a - b);
    this.#open = new Map(open);
  }

  clear(): void {
    this.#producers.clear();
    this.#open.clear();
    this.#unreplicated = [];
  }

  #endTransaction(
    entry: ProducerEntry,
    batch: ProducerBatchInfo,
    marker: EndMarker,
  ): AbortedTransaction | undefined {
    const firstOffset = entry.currentTxnFirstOffset;
    entry.endTransaction(batch.producerEpoch, marker.coordinatorEpoch, batch.maxTimestamp);
    if (firstOffset === undefined) return undefined;
    this.#open.delete(firstOffset);
    const lastOffset = batch.lastOffset;
    this.#unreplicated.push({ firstOffset, lastOffset });
    this.#unreplicated.sort((a, b) => a.firstOffset - b.firstOffset);
    if (!marker.isAbort) return undefined;
    const lastStableOffset = this.#open.keys().next().value ?? lastOffset + 1;
    return { producerId: batch.producerId, firstOffset, lastOffset, lastStableOffset };
  }
}

function isExpired(entry: ProducerEntry, nowMs: number, expirationMs: number): boolean {
  return entry.currentTxnFirstOffset === undefined && nowMs - entry.lastTimestamp >= expirationMs;
}

function checkEpoch(batch: ProducerBatchInfo, entry: ProducerEntry): void {
  if (batch.producerEpoch >= entry.producerEpoch) return;
  throw new ProtocolError(
    'INVALID_PRODUCER_EPOCH',
    `Epoch of producer ${String(batch.producerId)} is ${String(batch.producerEpoch)}, ` +
      `which is smaller than the last seen epoch ${String(entry.producerEpoch)}`,
  );
}

function checkCoordinatorEpoch(
  batch: ProducerBatchInfo,
  marker: EndMarker,
  entry: ProducerEntry,
): void {
  if (marker.coordinatorEpoch >= entry.coordinatorEpoch) return;
  throw new ProtocolError(
    'TRANSACTION_COORDINATOR_FENCED',
    `Invalid coordinator epoch for producerId ${String(batch.producerId)}: ` +
      `${String(marker.coordinatorEpoch)} (zombie), ${String(entry.coordinatorEpoch)} (current)`,
  );
}

function checkSequence(batch: ProducerBatchInfo, entry: ProducerEntry): void {
  const isNewEpoch = batch.producerEpoch !== entry.producerEpoch;
  const lastSequence = isNewEpoch ? NO_SEQUENCE : entry.lastSequence;
  if (batch.firstSequence === incrementSequence(lastSequence, 1)) return;
  throw new ProtocolError(
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
    `Out of order sequence number for producer ${String(batch.producerId)}: ` +
      `${String(batch.firstSequence)} (incoming seq. number), ` +
      `${String(lastSequence)} (current end sequence number)`,
  );
}

/** What a partition knows about one producer (Kafka's `ProducerStateEntry`). */

import type { ProducerSnapshotEntry } from '../formats/producer-snapshot';

/** How many batches of a producer are known again when they come twice; the producer's in-flight limit. */
export const BATCHES_REMEMBERED = 5;

export const NO_SEQUENCE = -1;
const MAX_SEQUENCE = 2 ** 31 - 1;

export interface ProducerBatch {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly timestamp: number;
}

/** The sequence `count` before `sequence`; before 0 comes 2^31 − 1. */
function sequenceBefore(sequence: number, count: number): number {
  const difference = sequence - count;
  return difference < 0 ? difference + MAX_SEQUENCE + 1 : difference;
}

export class ProducerEntry {
  producerEpoch: number;
  coordinatorEpoch = -1;
  lastTimestamp = -1;
  /** First offset of the open transaction. */
  currentTxnFirstOffset: number | undefined;
  /** The last batches of this epoch, oldest first. */
  #batches: ProducerBatch[] = [];

  constructor(
    readonly producerId: number,
    producerEpoch: number,
  ) {
    this.producerEpoch = producerEpoch;
  }

  static fromSnapshot(snapshot: ProducerSnapshotEntry): ProducerEntry {
    const entry = new ProducerEntry(snapshot.producerId, snapshot.producerEpoch);
    entry.coordinatorEpoch = snapshot.coordinatorEpoch;
    entry.lastTimestamp = snapshot.timestamp;
    const { currentTxnFirstOffset, lastOffset, lastSequence, offsetDelta } = snapshot;
    entry.currentTxnFirstOffset = currentTxnFirstOffset >= 0 ? currentTxnFirstOffset : undefined;
    if (lastOffset < 0) return entry;
    entry.#batches.push({
      firstSequence: sequenceBefore(lastSequence, offsetDelta),
      lastSequence,
      firstOffset: lastOffset - offsetDelta,
      lastOffset,
      timestamp: snapshot.timestamp,
    });
    return entry;
  }

  toSnapshot(): ProducerSnapshotEntry {
    const last = this.lastBatch;
    return {
      producerId: this.producerId,
      producerEpoch: this.producerEpoch,
      lastSequence: last?.lastSequence ?? NO_SEQUENCE,
      lastOffset: last?.lastOffset ?? -1,
      offsetDelta: last ? last.lastOffset - last.firstOffset : 0,
      timestamp: this.lastTimestamp,
      coordinatorEpoch: this.coordinatorEpoch,
      currentTxnFirstOffset: this.currentTxnFirstOffset ?? -1,
    };
  }

  get lastBatch(): ProducerBatch | undefined {
    return this.#batches.at(-1);
  }

  /** −1 if this epoch has written no data. */
  get lastSequence(): number {
    return this.lastBatch?.lastSequence ?? NO_SEQUENCE;
  }

  /** One of the last batches with exactly these sequences. */
  findBatch(firstSequence: number, lastSequence: number): ProducerBatch | undefined {
    return this.#batches.find(
      (batch) => batch.firstSequence === firstSequence && batch.lastSequence === lastSequence,
    );
  }

  addBatch(producerEpoch: number, batch: ProducerBatch): void {
    this.#startEpoch(producerEpoch);
    if (this.#batches.length === BATCHES_REMEMBERED) this.#batches.shift();
    this.#batches.push(batch);
    this.lastTimestamp = batch.timestamp;
  }

  /** An end marker closes the transaction and carries on the epoch it was written with. */
  endTransaction(producerEpoch: number, coordinatorEpoch: number, timestamp: number): void {
    this.#startEpoch(producerEpoch);
    this.coordinatorEpoch = coordinatorEpoch;
    this.lastTimestamp = timestamp;
    this.currentTxnFirstOffset = undefined;
  }

  #startEpoch(producerEpoch: number): void {
    if (producerEpoch === this.producerEpoch) return;
    this.producerEpoch = producerEpoch;
    this.#batches = [];
  }
}

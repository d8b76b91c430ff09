/**
 * The batches of one partition, in the order in which they are to be in the log, and what an idempotent producer
 * knows of its sequences there: the rules of the Java client (TransactionManager, Sender and RecordAccumulator of
 * 3.9), but for one. Where that client would give new sequences to batches of which nobody knows whether they are in
 * the log, and so might double them, this one fails them.
 */
import type { ErrorName } from '../../../../src/protocol/errors';
import { ERRORS } from '../../../../src/protocol/errors';
import type { Batch, Identity } from './batch';

const NOTHING_ACKED = -1;

export class PartitionQueue {
  /** To be sent, or sent again: those that wait for an answer are not here. */
  readonly #waiting: Batch[] = [];
  /** Have a stamp and are not settled, whether on the wire or waiting to be sent again; by sequence. */
  readonly #inFlight: Batch[] = [];
  #onWire = 0;
  #identity: Identity | undefined;
  #nextSequence = 0;
  /** Sequence of the last record that was acknowledged. */
  #lastAcked = NOTHING_ACKED;
  /** The sequence after a batch that was given up without an answer: what is in the log is not known. */
  #unresolvedNext: number | undefined;
  /** Nothing is sent until the epoch has been raised, for which the wire must be empty. */
  #wantsNewEpoch = false;

  constructor(
    readonly topic: string,
    readonly partition: number,
    private readonly rules: { readonly isIdempotent: boolean; readonly isOneAtATime: boolean },
  ) {}

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#onWire === 0;
  }

  /** Batches that are not settled. */
  get size(): number {
    return this.#waiting.length + this.#onWire;
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  add(batch: Batch): void {
    this.#waiting.push(batch);
  }

  /** When the first batch may be sent, if it waits for time alone. */
  get retryAtMs(): number | undefined {
    return this.#waiting[0]?.retryAtMs;
  }

  /** The batch to be sent now, if there is one; it is on the wire from now on. */
  take(nowMs: number, identity: Identity | undefined): Batch | undefined {
    const first = this.#waiting[0];
    if (!first || first.retryAtMs > nowMs) return undefined;
    if (this.rules.isOneAtATime && this.#onWire > 0) return undefined;
    if (this.rules.isIdempotent && !this.#mayLeave(first, identity)) return undefined;
    this.#waiting.shift();
    this.#onWire += 1;
    first.isOnWire = true;
    first.attempts += 1;
    return first;
  }

  /** The batch is in the log, as the broker says. */
  acknowledged(batch: Batch): void {
    this.#leaveWire(batch);
    if (!batch.stamp) return;
    this.#remove(batch);
    this.#lastAcked = Math.max(this.#lastAcked, batch.nextSequence - 1);
  }

  /** Whether to try again what was refused with `error`. */
  isWorthRetrying(batch: Batch, error: ErrorName): boolean {
    if (!batch.stamp) return ERRORS[error].retriable;
    if (error === 'UNKNOWN_PRODUCER_ID') {
      this.#wantsNewEpoch = true;
      return true;
    }
    if (error !== 'OUT_OF_ORDER_SEQUENCE_NUMBER') return ERRORS[error].retriable;
    const { baseSequence } = batch.stamp;
    // What is behind a batch that failed is out of order until that one has arrived.
    if (this.#unresolvedNext === undefined && baseSequence !== this.#lastAcked + 1) return true;
    if (this.#unresolvedNext === undefined || baseSequence === this.#unresolvedNext)
      this.#wantsNewEpoch = true;
    return true;
  }

  /** It goes back to its place among those that wait. */
  retry(batch: Batch, retryAtMs: number): void {
    this.#leaveWire(batch);
    batch.retryAtMs = retryAtMs;
    const at = this.#waiting.findIndex((other) => batch.order < other.order);
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, batch);
  }

  /** It is given up after an answer; the sequences that it took will not come. */
  failed(batch: Batch): void {
    this.#leaveWire(batch);
    if (!batch.stamp) return;
    this.#remove(batch);
    this.#wantsNewEpoch = true;
  }

  /** Takes out what has waited since before `oldestMs`: it is given up. */
  expire(oldestMs: number): Batch[] {
    const expired = this.#waiting.filter(({ createdMs }) => createdMs < oldestMs);
    for (const batch of expired) {
      this.#waiting.splice(this.#waiting.indexOf(batch), 1);
      if (!batch.stamp) continue;
      this.#remove(batch);
      this.#unresolvedNext = batch.nextSequence;
    }
    return expired;
  }

  /**
   * Resolves what can be resolved without the broker. True if the epoch must be raised for this partition, which can
   * be done now: `restart` is to follow.
   */
  needsNewEpoch(): boolean {
    if (this.#unresolvedNext !== undefined && this.#inFlight.length === 0) {
      if (this.#nextSequence !== this.#lastAcked + 1) this.#wantsNewEpoch = true;
      this.#unresolvedNext = undefined;
    }
    return this.#wantsNewEpoch && this.#onWire === 0;
  }

  /** Begins anew at sequence 0. Gives the batches that must be failed, since they may be in the log already. */
  restart(identity: Identity): Batch[] {
    const doubtful = this.#inFlight.filter(({ possibleCopies }) => possibleCopies > 0);
    for (const batch of doubtful) this.#waiting.splice(this.#waiting.indexOf(batch), 1);
    for (const batch of this.#inFlight) batch.stamp = undefined;
    this.#inFlight.length = 0;
    this.#wantsNewEpoch = false;
    this.#unresolvedNext = undefined;
    this.#beginWith(identity);
    return doubtful;
  }

  #mayLeave(first: Batch, identity: Identity | undefined): boolean {
    if (!identity || this.#wantsNewEpoch) return false;
    if (first.stamp) return first === this.#inFlight[0];
    if (this.#unresolvedNext !== undefined) return false;
    if (this.#identity !== identity) {
      if (this.#inFlight.length > 0) return false;
      this.#beginWith(identity);
    }
    first.stamp = { ...identity, baseSequence: this.#nextSequence };
    this.#nextSequence = first.nextSequence;
    this.#inFlight.push(first);
    return true;
  }

  #beginWith(identity: Identity): void {
    this.#identity = identity;
    this.#nextSequence = 0;
    this.#lastAcked = NOTHING_ACKED;
  }

  #remove(batch: Batch): void {
    const at = this.#inFlight.indexOf(batch);
    if (at >= 0) this.#inFlight.splice(at, 1);
  }

  #leaveWire(batch: Batch): void {
    if (!batch.isOnWire) return;
    batch.isOnWire = false;
    this.#onWire -= 1;
  }
}

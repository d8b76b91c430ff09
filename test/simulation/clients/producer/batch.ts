import { incrementSequence } from '../../../../src/protocol/records/batch';
import { buildBatch } from '../../../../src/protocol/records/builder';
import type { BatchToBuild } from '../../../../src/protocol/records/builder';
import type { RecordId } from '../../history';

/** Who an idempotent producer is (KIP-98). */
export interface Identity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** What makes a batch of an idempotent producer known again. */
export interface Stamp extends Identity {
  readonly baseSequence: number;
}

/** Records on their way to one partition, sent and retried as one. */
export class Batch {
  /** What it is known by since it was first sent, in an idempotent producer. */
  stamp: Stamp | undefined;
  isOnWire = false;
  attempts = 0;
  retryAtMs = 0;
  /** How many times its records may be in the log by what was answered so far. */
  possibleCopies = 0;

  constructor(
    /** Its place among the batches of the producer. */
    readonly order: number,
    readonly records: readonly RecordId[],
    readonly createdMs: number,
    private readonly content: Pick<BatchToBuild, 'records' | 'codec'>,
  ) {}

  /** The sequence that follows its last; −1 without a stamp. */
  get nextSequence(): number {
    return this.stamp ? incrementSequence(this.stamp.baseSequence, this.records.length) : -1;
  }

  bytes(): Buffer {
    return buildBatch({ ...this.content, ...this.stamp });
  }
}

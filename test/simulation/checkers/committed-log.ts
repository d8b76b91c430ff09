/**
 * What is committed of one partition: the batches below the highest high watermark that any broker had, put together
 * from the logs of all replicas. It only grows at its end, and nothing in it ever changes.
 */
import { partitionKey } from '../../../src/protocol/topic-partition';
import type { RecordId, TopicPartition } from '../history';
import type { StoredBatch } from './cluster-under-test';

/** A record's place in the committed log. */
export interface CommittedRecord extends TopicPartition {
  readonly id: RecordId;
  readonly offset: number;
  readonly batch: StoredBatch;
}

export class CommittedLog {
  readonly #batches = new Map<number, StoredBatch>();
  readonly #records = new Map<number, RecordId>();
  readonly #offsets = new Map<RecordId, number>();
  #startOffset: number | undefined;
  #endOffset = 0;
  /** Where the logs must reach. */
  #committedEnd = 0;
  /** The broker whose word that is. */
  witness = 'nobody';

  constructor(readonly id: TopicPartition) {}

  /** First offset that was seen here; batches below are not known. */
  get startOffset(): number {
    return this.#startOffset ?? 0;
  }

  /** End of the batches seen. */
  get endOffset(): number {
    return this.#endOffset;
  }

  /** One past the last offset that anybody was told to be committed. */
  get committedEnd(): number {
    return this.#committedEnd;
  }

  /** Somebody was told that all below `endOffset` is committed. */
  note(endOffset: number, witness: string): void {
    if (endOffset <= this.#committedEnd) return;
    this.#committedEnd = endOffset;
    this.witness = witness;
  }

  batchAt(baseOffset: number): StoredBatch | undefined {
    return this.#batches.get(baseOffset);
  }

  recordAt(offset: number): RecordId | undefined {
    return this.#records.get(offset);
  }

  offsetOf(record: RecordId): number | undefined {
    return this.#offsets.get(record);
  }

  /** Adds the batch behind the last one, or, where the logs begin later by now, after a gap. Gives its records. */
  append(batch: StoredBatch): readonly CommittedRecord[] {
    if (batch.baseOffset > this.#endOffset || this.#startOffset === undefined)
      this.#startOffset = batch.baseOffset;
    this.#batches.set(batch.baseOffset, batch);
    this.#endOffset = batch.lastOffset + 1;
    const added: CommittedRecord[] = [];
    if (batch.isControl) return added;
    for (const { offset, id } of batch.records()) {
      if (id === undefined) continue;
      added.push({ ...this.id, id, offset, batch });
    }
    return added;
  }

  /** To be called once checkers have looked at the record. */
  remember({ id, offset }: CommittedRecord): void {
    this.#records.set(offset, id);
    if (!this.#offsets.has(id)) this.#offsets.set(id, offset);
  }
}

/** The committed logs of all partitions, by need. */
export class CommittedLogs {
  readonly #logs = new Map<string, CommittedLog>();
  readonly #listeners: ((record: CommittedRecord, log: CommittedLog) => void)[] = [];

  of({ topic, partition }: TopicPartition): CommittedLog {
    const key = partitionKey(topic, partition);
    const known = this.#logs.get(key);
    if (known) return known;
    const log = new CommittedLog({ topic, partition });
    this.#logs.set(key, log);
    return log;
  }

  /** Hears of each record that is found to be committed, in the order of the log. */
  onRecord(listener: (record: CommittedRecord, log: CommittedLog) => void): void {
    this.#listeners.push(listener);
  }

  append(log: CommittedLog, batch: StoredBatch): void {
    for (const record of log.append(batch)) {
      for (const listener of this.#listeners) listener(record, log);
      log.remember(record);
    }
  }
}

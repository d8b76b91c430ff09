import { incrementSequence } from '../../../src/protocol/records/batch';
import type { StoredBatch } from './cluster-under-test';
import type { Checker, CheckerContext } from './checker';
import type { CommittedLog, CommittedRecord } from './committed-log';
import { nameOf } from './named';

interface Producer {
  epoch: number;
  lastSequence: number;
  /** `RecordBook`'s number of the last record. */
  lastNumber: number;
}

/**
 * The records of an idempotent producer come in the order in which they were sent, batch after batch without a gap in
 * their sequence numbers: a leader refuses whatever does not continue the producer's last batch in its log, and
 * another epoch of the producer begins at 0 (KIP-98, KIP-360). A producer that the log knows nothing of may begin
 * anywhere, as after its older batches were deleted.
 *
 * Exception: `producer.id.expiration.ms` makes a broker forget; no run lasts that day.
 */
export class ProducerOrder implements Checker {
  readonly name = 'producer-order';
  readonly #producers = new Map<CommittedLog, Map<number, Producer>>();

  constructor(private readonly context: CheckerContext) {
    context.logs.onRecord((record, log) => {
      if (record.batch.producerId >= 0) this.#check(record, log);
    });
  }

  #check(record: CommittedRecord, log: CommittedLog): void {
    const { batch } = record;
    const producers = this.#producersOf(log, record);
    const before = producers.get(batch.producerId);
    const number = this.context.records.get(record.id)?.number ?? -1;
    if (record.offset === batch.baseOffset) {
      const wrong = before && wrongAfter(before, batch);
      if (wrong !== undefined) this.#fail(record, wrong);
    }
    const isSameEpoch = before?.epoch === batch.producerEpoch;
    if (isSameEpoch && number <= before.lastNumber)
      this.#fail(
        record,
        'was sent before the one of the same producer that precedes it in the log',
      );
    const count = batch.lastOffset - batch.baseOffset;
    producers.set(batch.producerId, {
      epoch: batch.producerEpoch,
      lastSequence: incrementSequence(batch.baseSequence, count),
      lastNumber: number,
    });
  }

  /** Where the logs begin anew, nothing is known of what producers did before. */
  #producersOf(log: CommittedLog, { offset }: CommittedRecord): Map<number, Producer> {
    const known = this.#producers.get(log);
    if (known && offset > log.startOffset) return known;
    const producers = new Map<number, Producer>();
    this.#producers.set(log, producers);
    return producers;
  }

  #fail(record: CommittedRecord, what: string): void {
    const { batch, id, offset } = record;
    this.context.fail(
      this,
      `${nameOf(record)}: record ${id} at offset ${String(offset)} (producer ` +
        `${String(batch.producerId)}, epoch ${String(batch.producerEpoch)}, batch from sequence ` +
        `${String(batch.baseSequence)}) ${what}`,
    );
  }
}

function wrongAfter(before: Producer, batch: StoredBatch): string | undefined {
  const { epoch, lastSequence } = before;
  if (batch.producerEpoch < epoch) return `comes after epoch ${String(epoch)} of its producer`;
  const expected = batch.producerEpoch > epoch ? 0 : incrementSequence(lastSequence, 1);
  return batch.baseSequence === expected ? undefined : `should begin at ${String(expected)}`;
}

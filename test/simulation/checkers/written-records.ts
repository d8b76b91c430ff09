import type { HistoryEvent } from '../history';
import type { Checker, CheckerContext } from './checker';
import type { BookedRecord } from './record-book';
import type { CommittedLog, CommittedRecord } from './committed-log';
import { nameOf } from './named';

/**
 * What is in the committed log was sent, to this partition, and not refused. A record of an idempotent producer is in
 * it once, at the offset that its producer was told, whatever acks it had: a leader knows the last five batches of
 * each producer from its log, so a batch that is sent again is answered with the offset of the first time, and only
 * one that never made it into the leader's log gets a new one (KIP-98).
 *
 * Exceptions: a producer that is not idempotent may double its records by sending them again. A client must not send
 * a record again as another producer, or in another producer epoch: ours say `failed` instead.
 */
export class WrittenRecords implements Checker {
  readonly name = 'written-record';

  constructor(private readonly context: CheckerContext) {
    context.logs.onRecord((record, log) => this.#onRecord(record, log));
  }

  onHistoryEvent(event: HistoryEvent): void {
    if (event.kind !== 'failed' && event.kind !== 'acked') return;
    const booked = this.context.records.get(event.record);
    const log = this.context.logs.of(event);
    const offset = log.offsetOf(event.record);
    if (!booked || offset === undefined) return;
    this.#check({ ...log.id, id: event.record, offset }, booked);
  }

  #onRecord(record: CommittedRecord, log: CommittedLog): void {
    const booked = this.context.records.get(record.id);
    if (!booked) {
      this.#fail(record, 'was never sent');
      return;
    }
    const before = log.offsetOf(record.id);
    if (before !== undefined && booked.sent.isIdempotent)
      this.#fail(record, `of an idempotent producer is at offset ${String(before)} too`);
    this.#check(record, booked);
  }

  #check(record: Omit<CommittedRecord, 'batch'>, { sent, acked, isRefused }: BookedRecord): void {
    if (!this.context.committed.isJudged(record)) return;
    if (nameOf(sent) !== nameOf(record)) this.#fail(record, `was sent to ${nameOf(sent)}`);
    if (isRefused) this.#fail(record, 'was refused, as its producer was told for sure');
    const isElsewhere = acked && acked.offset >= 0 && acked.offset !== record.offset;
    if (isElsewhere && sent.isIdempotent)
      this.#fail(
        record,
        `of an idempotent producer was acknowledged at offset ${String(acked.offset)}`,
      );
  }

  #fail(record: Omit<CommittedRecord, 'batch'>, what: string): void {
    const where = `${nameOf(record)}: record ${record.id}, committed at ${String(record.offset)},`;
    this.context.fail(this, `${where} ${what}`);
  }
}

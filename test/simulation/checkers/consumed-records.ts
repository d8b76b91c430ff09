import type { Consumed, HistoryEvent, RecordId } from '../history';
import type { Checker, CheckerContext } from './checker';
import { nameOf } from './named';

/**
 * What consumers read is the committed log: a record that was sent, to this partition, and not refused; at one offset
 * the same record for everybody and at all times. A leader gives consumers nothing at or beyond its high
 * watermark, and below that no record changes (see `ReplicaAgreement`). That a record lies below the high watermark
 * of the answer that it came in is checked by the consumer itself, which has the answer.
 *
 * Exceptions: unclean elections and names of deleted topics. A record that retention or compaction has taken since
 * cannot be compared with the logs, but with what others have read.
 */
export class ConsumedRecords implements Checker {
  readonly name = 'consumed-record';
  readonly #seen = new Map<string, Map<number, Consumed>>();
  #waiting: Consumed[] = [];

  constructor(private readonly context: CheckerContext) {}

  onHistoryEvent(event: HistoryEvent): void {
    if (event.kind !== 'consumed' || !this.context.committed.isJudged(event)) return;
    const booked = this.context.records.get(event.record);
    if (!booked) this.#fail(event, 'which was never sent');
    else if (nameOf(booked.sent) !== nameOf(event))
      this.#fail(event, `which was sent to ${nameOf(booked.sent)}`);
    else if (booked.isRefused) this.#fail(event, 'which was refused, as its producer was told');
    const seen = this.#seenOf(event);
    const before = seen.get(event.offset);
    if (!before) {
      seen.set(event.offset, event);
      this.#waiting.push(event);
    } else if (before.record !== event.record)
      this.#fail(event, `where ${before.client} has read ${before.record}`);
  }

  nowAndThen(): void {
    this.#waiting = this.#waiting.filter((consumed) => {
      const log = this.context.logs.of(consumed);
      if (consumed.offset >= log.endOffset) return true;
      this.#compare(consumed, log.recordAt(consumed.offset));
      return false;
    });
  }

  atEnd(): void {
    this.nowAndThen();
    const { settings } = this.context.committed;
    for (const consumed of this.#waiting) {
      const mayBeGone =
        settings.isCompacted(consumed.topic) || settings.mayLoseOldRecords(consumed.topic);
      if (!mayBeGone && this.context.committed.isJudged(consumed))
        this.#fail(consumed, 'which is in no log');
    }
  }

  #compare(consumed: Consumed, committed: RecordId | undefined): void {
    if (committed === undefined || committed === consumed.record) return;
    if (this.context.committed.isJudged(consumed))
      this.#fail(consumed, `where ${committed} is committed`);
  }

  #seenOf(consumed: Consumed): Map<number, Consumed> {
    const key = nameOf(consumed);
    const seen = this.#seen.get(key) ?? new Map<number, Consumed>();
    this.#seen.set(key, seen);
    return seen;
  }

  #fail(consumed: Consumed, what: string): void {
    const { client, record, offset, leaderEpoch, atMs } = consumed;
    this.context.fail(
      this,
      `${nameOf(consumed)}: ${client} has read record ${record} at offset ${String(offset)}, leader ` +
        `epoch ${String(leaderEpoch)}, ${String(atMs)} ms, ${what}`,
    );
  }
}

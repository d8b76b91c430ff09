import type { Acked, HistoryEvent } from '../history';
import type { Checker, CheckerContext } from './checker';
import type { CommittedLog } from './committed-log';
import { nameOf } from './named';

/**
 * A record that was acknowledged with acks=all is in the committed log, at the offset that was told: the answer waits
 * for the high watermark to pass it, and below the high watermark nothing changes (see `ReplicaAgreement`). How large
 * `min.insync.replicas` is makes no difference to that: it says how many disks share the risk. No two
 * records are acknowledged at one offset.
 *
 * Exceptions: unclean elections, deleted topics, and records that retention or DeleteRecords took. An answer without
 * an offset (the duplicate of a batch that is no longer among the last five) says that the record is somewhere.
 * What acks=1 promises ends with the leader: such a record may be lost, and `WrittenRecords` has the rest.
 */
export class AckedRecords implements Checker {
  readonly name = 'acked-record';
  #waiting: Acked[] = [];
  readonly #ackedAt = new Map<string, Acked>();

  constructor(private readonly context: CheckerContext) {}

  onHistoryEvent(event: HistoryEvent): void {
    if (event.kind !== 'acked') return;
    const { committed, records, logs } = this.context;
    if (records.get(event.record)?.sent.acks !== -1) return;
    if (committed.settings.isCompacted(event.topic) || !committed.isJudged(event)) return;
    this.#waiting.push(event);
    if (event.offset < 0) return;
    logs
      .of(event)
      .note(event.offset + 1, `the acknowledgement of ${event.record} to ${event.client}`);
    const place = `${nameOf(event)}@${String(event.offset)}`;
    const other = this.#ackedAt.get(place);
    if (other && other.record !== event.record)
      this.#fail(event, `and so was ${other.record} of ${other.client}`);
    this.#ackedAt.set(place, event);
  }

  nowAndThen(): void {
    this.#waiting = this.#waiting.filter((acked) => {
      const log = this.context.logs.of(acked);
      if (acked.offset < 0 || acked.offset >= log.endOffset) return true;
      this.#check(acked, log);
      return false;
    });
  }

  atEnd(): void {
    this.nowAndThen();
    for (const acked of this.#waiting) this.#check(acked, this.context.logs.of(acked));
  }

  #check(acked: Acked, log: CommittedLog): void {
    const { committed } = this.context;
    if (!committed.isJudged(acked)) return;
    const isThere =
      acked.offset < 0
        ? log.offsetOf(acked.record) !== undefined
        : log.recordAt(acked.offset) === acked.record;
    if (isThere || isTrimmed(acked, log, committed.settings.mayLoseOldRecords(acked.topic))) return;
    const elsewhere = log.offsetOf(acked.record);
    const found = log.recordAt(acked.offset);
    const what = elsewhere === undefined ? 'lost' : `moved to offset ${String(elsewhere)}`;
    const place = found === undefined ? 'nothing is' : `${found} is`;
    const range = `the committed log goes from ${String(log.startOffset)} to ${String(log.endOffset)}`;
    this.#fail(acked, `and is ${what}: ${place} there, ${range}`);
  }

  #fail(acked: Acked, what: string): void {
    const { record, client, offset, atMs } = acked;
    this.context.fail(
      this,
      `${nameOf(acked)}: record ${record} of ${client} was acknowledged with acks=all at offset ` +
        `${String(offset)} (${String(atMs)} ms) ${what}`,
    );
  }
}

/** Whether the record may have gone with the beginning of the log, before anybody looked. */
function isTrimmed(acked: Acked, log: CommittedLog, mayLoseOldRecords: boolean): boolean {
  if (!mayLoseOldRecords) return false;
  return acked.offset < 0 || log.recordAt(acked.offset) === undefined;
}

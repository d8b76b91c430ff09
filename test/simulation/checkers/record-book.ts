/** What clients have said of each record that they have handed to a producer. */
import type { Acked, HistoryEvent, RecordId, Sent } from '../history';

export interface BookedRecord {
  readonly sent: Sent;
  /** Counts what was sent, in the order in which it was handed over. */
  readonly number: number;
  acked: Acked | undefined;
  /** Its producer was told that it is in no log. */
  isRefused: boolean;
}

export class RecordBook {
  readonly #records = new Map<RecordId, BookedRecord>();

  get(record: RecordId): BookedRecord | undefined {
    return this.#records.get(record);
  }

  note(event: HistoryEvent): void {
    if (event.kind === 'sent') {
      const number = this.#records.size;
      this.#records.set(event.record, { sent: event, number, acked: undefined, isRefused: false });
    } else if (event.kind === 'acked' || event.kind === 'failed') {
      const booked = this.#records.get(event.record);
      if (booked && event.kind === 'acked') booked.acked = event;
      else if (booked && event.kind === 'failed' && event.isSure) booked.isRefused = true;
    }
  }
}

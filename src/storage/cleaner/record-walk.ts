/**
 * Walks along the records of a batch (magic 2) in place, for whoever needs to see each of millions: it makes no
 * object for a record, and reads no headers and no values.
 */

import { ProtocolError } from '../../protocol/errors';
import { MalformedError } from '../../protocol/reader';
import { VarintCursor } from '../../protocol/records/varint';

export class RecordWalk {
  /** The current record lies in [start, end) of `buffer`, its length included. */
  start = 0;
  end = 0;
  /** Position of the timestamp delta, and what follows it. */
  timestampAt = 0;
  afterTimestamp = 0;
  timestampDelta = 0;
  offsetDelta = 0;
  /** The key lies in [keyStart, keyEnd); without one `keyEnd` is −1. */
  keyStart = 0;
  keyEnd = 0;
  isTombstone = false;
  readonly #cursor: VarintCursor;
  #left: number;

  constructor(
    readonly buffer: Buffer,
    range: { readonly start: number; readonly end: number; readonly count: number },
  ) {
    this.#cursor = new VarintCursor(buffer, range.start);
    this.end = range.start;
    this.limit = range.end;
    this.#left = range.count;
  }

  private readonly limit: number;

  /** Goes on to the next record; false after the last one. Throws INVALID_RECORD on bytes that are no records. */
  next(): boolean {
    if (this.#left === 0) {
      if (this.end !== this.limit)
        throw invalid('a batch holds more than the records that it counts');
      return false;
    }
    this.#left--;
    try {
      this.#read();
    } catch (error) {
      if (error instanceof MalformedError) throw invalid(error.message);
      throw error;
    }
    return true;
  }

  #read(): void {
    const cursor = this.#cursor;
    this.start = this.end;
    cursor.position = this.start;
    const bodySize = cursor.varint();
    this.end = cursor.position + bodySize;
    if (bodySize < 0 || this.end > this.limit) throw invalid('a record is cut short');
    this.timestampAt = cursor.position + 1;
    cursor.position = this.timestampAt;
    this.timestampDelta = cursor.varlong();
    this.afterTimestamp = cursor.position;
    this.offsetDelta = cursor.varint();
    const keyLength = cursor.varint();
    this.keyStart = cursor.position;
    this.keyEnd = keyLength < 0 ? -1 : this.keyStart + keyLength;
    cursor.position += Math.max(keyLength, 0);
    if (cursor.position > this.end) throw invalid('a key reaches beyond its record');
    this.isTombstone = cursor.varint() < 0;
  }
}

function invalid(message: string): ProtocolError {
  return new ProtocolError('INVALID_RECORD', message);
}

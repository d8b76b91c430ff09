/**
 * Reads a whole partition for a coordinator that has just been elected, in log order: records, and
 * the markers that end transactions. What cannot be read is skipped with a log line; the rest of the
 * partition is worth more than its one bad record.
 */

import type { Log } from '../../platform/ports';
import {
  isControl,
  isTransactional,
  lastOffsetOf,
  producerIdOf,
} from '../../protocol/records/batch';
import { parseMarker } from '../../protocol/records/markers';
import { batches, readRecords } from '../../protocol/records/reader';
import type { PartitionReader } from './partition-log';

export interface LoggedRecord {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Set if the record belongs to a transaction. */
  readonly producerId: number | undefined;
}

export interface LogVisitor {
  /** Throws if the record makes no sense; it is skipped then. */
  record(record: LoggedRecord): void;
  marker(producerId: number, isCommitted: boolean): void;
}

export interface ReplayOptions {
  readonly reader: PartitionReader;
  readonly partition: number;
  readonly visitor: LogVisitor;
  readonly log: Log;
  /** Reading stops when this turns false. */
  isCurrent(): boolean;
}

/** Returns the offset after the last record. */
export async function replayLog(options: ReplayOptions): Promise<number> {
  let nextOffset = 0;
  for await (const buffer of options.reader.read(options.partition)) {
    if (!options.isCurrent()) break;
    for (const { position, size } of batches(buffer)) {
      const batch = buffer.subarray(position, position + size);
      nextOffset = lastOffsetOf(batch, 0) + 1;
      replayBatch(batch, options);
    }
  }
  return nextOffset;
}

function replayBatch(batch: Buffer, options: ReplayOptions): void {
  const producerId = isTransactional(batch, 0) ? producerIdOf(batch, 0) : undefined;
  const skip = (offset: number, error: unknown): void => {
    const { partition } = options;
    options.log.warn('skipped a record that cannot be read', { partition, offset, error });
  };
  try {
    for (const { offset, key, value } of readRecords(batch)) {
      try {
        if (isControl(batch, 0)) replayMarker(producerIdOf(batch, 0), key, options.visitor);
        else options.visitor.record({ offset, key, value, producerId });
      } catch (error) {
        skip(offset, error);
      }
    }
  } catch (error) {
    skip(lastOffsetOf(batch, 0), error);
  }
}

function replayMarker(producerId: number, key: Buffer | null, visitor: LogVisitor): void {
  const marker = key && parseMarker(key);
  if (marker) visitor.marker(producerId, marker === 'commit');
}

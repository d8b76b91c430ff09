/**
 * Reads a whole partition for a coordinator that has just been elected, in log order: records, and
 * the markers that end transactions. What cannot be read is skipped with a log line; the rest of the
 * partition is worth more than its one bad record.
 */

import type { Log } from '../../platform/ports';
import {
  baseOffsetOf,
  isControl,
  isTransactional,
  lastOffsetOf,
  magicOf,
  producerIdOf,
} from '../../protocol/records/batch';
import { parseMarker } from '../../protocol/records/markers';
import { isLegacyMagic } from '../../protocol/records/message';
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
      const kind = kindOf(batch);
      nextOffset = kind.lastOffset + 1;
      replayBatch(batch, kind, options);
    }
  }
  return nextOffset;
}

interface BatchKind {
  readonly lastOffset: number;
  readonly isMarker: boolean;
  /** −1 if there is none. */
  readonly producerId: number;
  readonly isTransactional: boolean;
}

/** Of a batch of any format: the old ones know neither producers nor transactions. */
function kindOf(batch: Buffer): BatchKind {
  if (isLegacyMagic(magicOf(batch, 0))) {
    const lastOffset = baseOffsetOf(batch, 0);
    return { lastOffset, isMarker: false, producerId: -1, isTransactional: false };
  }
  return {
    lastOffset: lastOffsetOf(batch, 0),
    isMarker: isControl(batch, 0),
    producerId: producerIdOf(batch, 0),
    isTransactional: isTransactional(batch, 0),
  };
}

function replayBatch(batch: Buffer, kind: BatchKind, options: ReplayOptions): void {
  const producerId = kind.isTransactional ? kind.producerId : undefined;
  const skip = (offset: number, error: unknown): void => {
    const { partition } = options;
    options.log.warn('skipped a record that cannot be read', { partition, offset, error });
  };
  try {
    for (const { offset, key, value } of readRecords(batch)) {
      try {
        if (kind.isMarker) replayMarker(kind.producerId, key, options.visitor);
        else options.visitor.record({ offset, key, value, producerId });
      } catch (error) {
        skip(offset, error);
      }
    }
  } catch (error) {
    skip(kind.lastOffset, error);
  }
}

function replayMarker(producerId: number, key: Buffer | null, visitor: LogVisitor): void {
  const marker = key && parseMarker(key);
  if (marker) visitor.marker(producerId, marker === 'commit');
}

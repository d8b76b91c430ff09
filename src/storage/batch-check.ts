/**
 * What a leader checks before it appends a batch, in Kafka's order (`UnifiedLog.analyzeAndValidateRecords`,
 * `LogValidator`), and the conversion to the topic's codec. Records are opened only where a setting asks for
 * it: compaction needs keys, limits of timestamps need timestamps, another codec needs everything.
 */

import { ProtocolError } from '../protocol/errors';
import {
  HEADER_SIZE,
  baseOffsetOf,
  baseSequenceOf,
  batchSizeAt,
  compressionCodecOf,
  hasLogAppendTime,
  isControl,
  isCrcValid,
  lastOffsetDelta,
  magicOf,
  maxTimestampOf,
  producerIdOf,
  recordCountOf,
} from '../protocol/records/batch';
import { isLegacyMagic } from '../protocol/records/message';
import { hasBatchAt, readRecords } from '../protocol/records/reader';
import type { Record } from '../protocol/records/reader';
import { checkBatchSize, checkFitsSegment } from './batch-size';
import { convertMessageSet } from './message-set-check';
import { compressionFor, needsOtherCodec, rebuildBatch } from './recompress';
import { RecordCheck, asksOfRecords } from './record-check';
import type { BatchChecks } from './record-check';
import { InvalidBatchError } from './types';
import type { AppendOrigin } from './types';

/**
 * The batch to append, which is `records` itself unless it must be written anew: another codec, or a message set
 * of an old format. `undefined` if there is not one whole batch in `records`. Throws `ProtocolError` with the
 * error of a real broker if they are not acceptable.
 */
export function checkBatch(records: Buffer, checks: BatchChecks): Buffer | undefined {
  if (!hasBatchAt(records, 0)) return undefined;
  const batch = isLegacyMagic(magicOf(records, 0))
    ? convertMessageSet(records, checks)
    : checkRecordBatch(records, checks);
  if (batch !== records) checkBatchSize(batch, checks.config);
  checkFitsSegment(batch, checks.config, checks.key);
  return batch;
}

/** Checks a batch of today's format. */
function checkRecordBatch(records: Buffer, checks: BatchChecks): Buffer {
  const size = batchSizeAt(records, 0);
  checkHeaderSize(size);
  if (checks.origin === 'client' && baseOffsetOf(records, 0) !== 0) {
    refuse(
      `The baseOffset of the record batch should be 0, but it is ${String(baseOffsetOf(records, 0))}`,
    );
  }
  const batch = size === records.length ? records : records.subarray(0, size);
  checkBatchSize(batch, checks.config);
  if (!isCrcValid(batch, 0)) {
    throw new ProtocolError(
      'CORRUPT_MESSAGE',
      `Record is corrupt: wrong CRC (partition ${checks.key})`,
    );
  }
  if (hasBatchAt(records, size)) {
    refuse('Compressed outer record has more than one batch');
  }
  checkHeader(batch, checks.origin);
  return checkRecords(batch, checks);
}

function checkHeaderSize(size: number): void {
  if (size >= HEADER_SIZE) return;
  throw new ProtocolError('CORRUPT_MESSAGE', `Record batch of ${String(size)} bytes has no header`);
}

function checkHeader(batch: Buffer, origin: AppendOrigin): void {
  if (compressionCodecOf(batch, 0) === undefined) refuse('Unknown compression type');
  if (!Number.isSafeInteger(producerIdOf(batch, 0))) refuse('Invalid producer id');
  if (origin === 'client') checkClientHeader(batch);
  const maxTimestamp = maxTimestampOf(batch, 0);
  if (!Number.isSafeInteger(maxTimestamp)) {
    throw new ProtocolError(
      'INVALID_TIMESTAMP',
      `Timestamp ${String(maxTimestamp)} is out of range`,
    );
  }
}

function checkClientHeader(batch: Buffer): void {
  const count = recordCountOf(batch, 0);
  const delta = lastOffsetDelta(batch, 0);
  if (delta < 0) refuseOrder('Batch has an invalid offset range');
  if (count <= 0) refuseOrder(`Invalid reported count for record batch: ${String(count)}`);
  if (delta !== count - 1) {
    refuseOrder(
      `Inconsistent batch offset range: last offset delta ${String(delta)}, count ${String(count)}`,
    );
  }
  if (isControl(batch, 0)) refuseOrder('Clients are not allowed to write control records');
  const sequence = baseSequenceOf(batch, 0);
  if (producerIdOf(batch, 0) !== -1 && sequence < 0) {
    refuseOrder(`Invalid sequence number ${String(sequence)} in record batch with producerId`);
  }
}

/**
 * Opens the batch if the topic asks something of its records, or another codec. What a client compressed with
 * gaps in the offsets is written anew then, as some old clients do not number records right.
 */
function checkRecords(batch: Buffer, checks: BatchChecks): Buffer {
  const { config } = checks;
  const isAppendTime = hasLogAppendTime(batch, 0);
  const isRecoded = needsOtherCodec(batch, config);
  const asks = isAppendTime || (asksOfRecords(checks) && !isControl(batch, 0));
  if (!asks && !isRecoded) return batch;
  const check = new RecordCheck(checks);
  const isCompressed = compressionCodecOf(batch, 0) !== 'none';
  const records: Record[] = [];
  let count = 0;
  let hasGaps = false;
  for (const record of readRecords(batch)) {
    if (asks) check.look(record, isAppendTime);
    if (record.offset !== count) hasGaps = true;
    if (isRecoded || isCompressed) records.push({ ...record, offset: count });
    count++;
  }
  check.finish();
  if (!isRecoded && !(isCompressed && hasGaps)) return batch;
  const compression = compressionFor(compressionCodecOf(batch, 0) ?? 'none', config);
  return rebuildBatch(batch, records, compression);
}

/** Offsets or sequence numbers that no producer gives. */
function refuseOrder(message: string): never {
  throw new InvalidBatchError('offsetOrSequence', message);
}

function refuse(message: string): never {
  throw new ProtocolError('INVALID_RECORD', message);
}

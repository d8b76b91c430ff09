/**
 * What a leader checks before it appends a batch, in Kafka's order (`UnifiedLog.analyzeAndValidateRecords`,
 * `LogValidator`), and the conversion to the topic's codec. Records are opened only where a setting asks for
 * it: compaction needs keys, limits of timestamps need timestamps, another codec needs everything.
 */

import { LONG_MAX } from '../config/setting';
import { ProtocolError } from '../protocol/errors';
import {
  HEADER_SIZE,
  LOG_OVERHEAD,
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
import { readRecords } from '../protocol/records/reader';
import { toTopicCodec } from './recompress';
import { InvalidRecordsError } from './types';
import type { AppendOrigin, LogConfig, RecordError } from './types';

const MAGIC = 2;
/** Up to its magic a batch of every version looks alike. */
const MAGIC_END = 17;
/** The counted bytes of the smallest batch of any version. */
const LEAST_LENGTH = 14;

export interface BatchChecks {
  readonly config: LogConfig;
  readonly origin: AppendOrigin;
  readonly nowMs: number;
  /** `topic-partition`, for messages. */
  readonly key: string;
}

/**
 * The batch to append, which is `records` itself unless the topic wants another codec. Throws `ProtocolError`
 * with the error of a real broker if `records` is not exactly one acceptable batch.
 */
export function checkBatch(records: Buffer, checks: BatchChecks): Buffer {
  checkShape(records);
  if (checks.origin === 'client' && baseOffsetOf(records, 0) !== 0) {
    refuse(
      `The baseOffset of the record batch should be 0, but it is ${String(baseOffsetOf(records, 0))}`,
    );
  }
  checkSize(records, checks.config);
  if (!isCrcValid(records, 0)) {
    throw new ProtocolError(
      'CORRUPT_MESSAGE',
      `Record is corrupt: wrong CRC (partition ${checks.key})`,
    );
  }
  checkHeader(records, checks);
  checkRecords(records, checks);
  const batch = toTopicCodec(records, checks.config);
  if (batch !== records) checkSize(batch, checks.config);
  if (batch.length > checks.config['segment.bytes']) {
    throw new ProtocolError(
      'RECORD_LIST_TOO_LARGE',
      `Message batch size is ${String(batch.length)} bytes in append to partition ${checks.key}, ` +
        `which exceeds the maximum configured segment size of ${String(checks.config['segment.bytes'])}.`,
    );
  }
  return batch;
}

/** Exactly one whole batch of magic 2. */
function checkShape(records: Buffer): void {
  if (records.length < MAGIC_END)
    refuse('Produce requests must have exactly one record batch per partition');
  const size = batchSizeAt(records, 0);
  if (size < LOG_OVERHEAD + LEAST_LENGTH) {
    throw new ProtocolError(
      'CORRUPT_MESSAGE',
      'Record size is smaller than minimum record overhead',
    );
  }
  if (magicOf(records, 0) !== MAGIC) {
    refuse('Produce requests are only allowed to contain record batches with magic version 2');
  }
  if (size < HEADER_SIZE) {
    throw new ProtocolError(
      'CORRUPT_MESSAGE',
      `Record batch of ${String(size)} bytes has no header`,
    );
  }
  if (size !== records.length) {
    refuse('Produce requests must have exactly one record batch per partition');
  }
}

function checkSize(batch: Buffer, config: LogConfig): void {
  if (batch.length <= config['max.message.bytes']) return;
  throw new ProtocolError(
    'MESSAGE_TOO_LARGE',
    `The record batch size is ${String(batch.length)} bytes, ` +
      `which exceeds the maximum configured value of ${String(config['max.message.bytes'])}.`,
  );
}

function checkHeader(batch: Buffer, { origin, config }: BatchChecks): void {
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
  const hasTime = maxTimestamp >= 0;
  if (
    hasLogAppendTime(batch, 0) &&
    (config['message.timestamp.type'] !== 'CreateTime' || !hasTime)
  ) {
    throw new ProtocolError(
      'INVALID_TIMESTAMP',
      'Invalid timestamp type in message. Producer should not set timestamp type to LogAppendTime.',
    );
  }
}

function checkClientHeader(batch: Buffer): void {
  const count = recordCountOf(batch, 0);
  const delta = lastOffsetDelta(batch, 0);
  if (delta < 0) refuse('Batch has an invalid offset range');
  if (count <= 0) refuse(`Invalid reported count for record batch: ${String(count)}`);
  if (delta !== count - 1) {
    refuse(
      `Inconsistent batch offset range: last offset delta ${String(delta)}, count ${String(count)}`,
    );
  }
  if (isControl(batch, 0)) refuse('Clients are not allowed to write control records');
  const sequence = baseSequenceOf(batch, 0);
  if (producerIdOf(batch, 0) !== -1 && sequence < 0) {
    refuse(`Invalid sequence number ${String(sequence)} in record batch with producerId`);
  }
}

/** Opens the batch if the topic asks something of each record. */
function checkRecords(batch: Buffer, checks: BatchChecks): void {
  const limits = timestampLimits(checks);
  const needsKeys = checks.config['cleanup.policy'].includes('compact') && !isControl(batch, 0);
  if (!needsKeys && !limits) return;
  const keyErrors: RecordError[] = [];
  const timeErrors: RecordError[] = [];
  let batchIndex = 0;
  for (const { key, timestamp } of readRecords(batch)) {
    if (needsKeys && key === null) {
      const message = `Compacted topic cannot accept message without key in topic partition ${checks.key}.`;
      keyErrors.push({ batchIndex, message });
    } else if (
      limits &&
      timestamp !== -1 &&
      (timestamp < limits.least || timestamp > limits.most)
    ) {
      timeErrors.push({ batchIndex, message: timestampMessage(timestamp, limits) });
    }
    batchIndex++;
  }
  refuseRecords(keyErrors, timeErrors);
}

function refuseRecords(
  keyErrors: readonly RecordError[],
  timeErrors: readonly RecordError[],
): void {
  const errors = [...keyErrors, ...timeErrors].sort((a, b) => a.batchIndex - b.batchIndex);
  if (timeErrors.length > 0) {
    const message = 'One or more records have been rejected due to invalid timestamp';
    throw new InvalidRecordsError('INVALID_TIMESTAMP', message, errors);
  }
  if (errors.length === 0) return;
  const shown = errors.slice(0, 3).map(({ message }) => message);
  throw new InvalidRecordsError(
    'INVALID_RECORD',
    `One or more records have been rejected due to ${String(errors.length)} record errors in total, ` +
      `and only showing the first three errors at most: ${shown.join('; ')}`,
    errors,
  );
}

interface TimestampLimits {
  readonly least: number;
  readonly most: number;
}

/** The timestamps that a topic accepts; `undefined` if all, as by default. */
function timestampLimits({ config, nowMs, origin }: BatchChecks): TimestampLimits | undefined {
  const before = config['message.timestamp.before.max.ms'];
  const after = config['message.timestamp.after.max.ms'];
  const isUnlimited = before >= LONG_MAX && after >= LONG_MAX;
  if (isUnlimited || origin !== 'client' || config['message.timestamp.type'] !== 'CreateTime') {
    return undefined;
  }
  return { least: nowMs - before, most: nowMs + after };
}

function timestampMessage(timestamp: number, { least, most }: TimestampLimits): string {
  return (
    `Timestamp ${String(timestamp)} of message is out of range. ` +
    `The timestamp should be within [${String(least)}, ${String(most)}]`
  );
}

function refuse(message: string): never {
  throw new ProtocolError('INVALID_RECORD', message);
}

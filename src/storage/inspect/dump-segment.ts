/** Dumps the `.log` of a segment: its batches, and on request the records in them. */

import type { OpenFile } from '../../platform/ports';
import { ProtocolError } from '../../protocol/errors';
import {
  baseSequenceOf,
  baseTimestampOf,
  compressionCodecOf,
  crcOf,
  hasDeleteHorizon,
  hasLogAppendTime,
  incrementSequence,
  isControl,
  isTransactional,
  lastSequenceOf,
  producerEpochOf,
  producerIdOf,
  recordCountOf,
} from '../../protocol/records/batch';
import { coordinatorEpochOf, parseMarker } from '../../protocol/records/markers';
import {
  isLegacyMagic,
  messageCodecOf,
  messageCrcOf,
  messageHasLogAppendTime,
} from '../../protocol/records/message';
import { readRecords } from '../../protocol/records/reader';
import type { Record } from '../../protocol/records/reader';
import { scanBatches } from './batch-scan';
import type { ScannedBatch } from './batch-scan';
import type {
  BatchFields,
  BatchItem,
  ControlFields,
  DumpItem,
  MessageFields,
  RecordItem,
  TimestampType,
} from './dump-items';

const KEY_TYPE_AT = 2;
const NO_SEQUENCE = -1;

/** Rejects with `FileError`. */
export async function* dumpSegment(file: OpenFile, withRecords: boolean): AsyncGenerator<DumpItem> {
  const scan = scanBatches(file);
  let step = await scan.next();
  while (!step.done) {
    yield batchItem(step.value);
    if (withRecords) yield* recordItems(step.value);
    step = await scan.next();
  }
  const { position, reason, restBytes } = step.value;
  if (reason === 'end') return;
  const what = reason === 'torn' ? 'the rest of a batch is missing' : 'no batch begins here';
  yield {
    type: 'problem',
    position,
    problem: `${what}: ${String(restBytes)} bytes to the end of the file`,
  };
}

function timestampTypeOf({ header, bytes }: ScannedBatch): TimestampType {
  if (header.magic === 0) return 'NoTimestampType';
  const hasAppendTime = isLegacyMagic(header.magic)
    ? messageHasLogAppendTime(bytes, 0)
    : hasLogAppendTime(bytes, 0);
  return hasAppendTime ? 'LogAppendTime' : 'CreateTime';
}

function batchItem(batch: ScannedBatch): BatchItem {
  const { header, bytes, position, isIntact } = batch;
  const isLegacy = isLegacyMagic(header.magic);
  const codec = isLegacy ? messageCodecOf(bytes, 0) : compressionCodecOf(bytes, 0);
  return {
    type: 'batch',
    fields: isLegacy ? messageFields(batch) : batchFields(batch),
    position,
    timestampType: timestampTypeOf(batch),
    timestamp: header.maxTimestamp,
    size: header.sizeBytes,
    magic: header.magic,
    compresscodec: codec ?? 'unknown',
    crc: isLegacy ? messageCrcOf(bytes, 0) : crcOf(bytes, 0),
    isvalid: isIntact,
  };
}

function messageFields({ header }: ScannedBatch): MessageFields {
  return { offset: header.lastOffset };
}

function batchFields({ header, bytes }: ScannedBatch): BatchFields {
  return {
    baseOffset: header.baseOffset,
    lastOffset: header.lastOffset,
    count: recordCountOf(bytes, 0),
    baseSequence: baseSequenceOf(bytes, 0),
    lastSequence: lastSequenceOf(bytes, 0),
    producerId: producerIdOf(bytes, 0),
    producerEpoch: producerEpochOf(bytes, 0),
    partitionLeaderEpoch: header.leaderEpoch,
    isTransactional: isTransactional(bytes, 0),
    isControl: isControl(bytes, 0),
    deleteHorizonMs: hasDeleteHorizon(bytes, 0) ? baseTimestampOf(bytes, 0) : null,
  };
}

function* recordItems(batch: ScannedBatch): Generator<DumpItem> {
  const timestampType = timestampTypeOf(batch);
  try {
    for (const record of readRecords(batch.bytes)) yield recordItem(record, batch, timestampType);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const problem = `the records cannot be read: ${error.message}`;
    yield { type: 'problem', position: batch.position, problem };
  }
}

function recordItem(
  { offset, timestamp, key, value, headers }: Record,
  { header, bytes }: ScannedBatch,
  timestampType: TimestampType,
): RecordItem {
  const isLegacy = isLegacyMagic(header.magic);
  const base = isLegacy ? NO_SEQUENCE : baseSequenceOf(bytes, 0);
  const sequence =
    base === NO_SEQUENCE ? NO_SEQUENCE : incrementSequence(base, offset - header.baseOffset);
  const control = !isLegacy && isControl(bytes, 0) ? controlFields(key, value) : undefined;
  return {
    type: 'record',
    offset,
    timestampType,
    timestamp,
    key,
    value,
    headers,
    sequence: isLegacy ? undefined : sequence,
    control,
  };
}

function controlFields(key: Buffer | null, value: Buffer | null): ControlFields {
  const marker = key ? parseMarker(key) : undefined;
  const coordinatorEpoch = value ? coordinatorEpochOf(value) : undefined;
  if (marker !== undefined && coordinatorEpoch !== undefined) {
    return { endTxnMarker: marker === 'commit' ? 'COMMIT' : 'ABORT', coordinatorEpoch };
  }
  const isTyped = key !== null && key.length >= KEY_TYPE_AT + 2;
  return { controlType: isTyped ? key.readInt16BE(KEY_TYPE_AT) : -1 };
}

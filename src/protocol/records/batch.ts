/**
 * Access to the header of a record batch (magic 2) in place, without touching its records
 * (org.apache.kafka.common.record.DefaultRecordBatch). All functions take the buffer and the position
 * at which the batch begins; the caller has made sure that HEADER_SIZE bytes are there.
 */
import { crc32c } from '../crc32c';
import { readInt64, writeInt64 } from '../int64';

/** Bytes before the records. */
export const HEADER_SIZE = 61;
/** Bytes before those that `batchLength` counts: base offset and the length itself. */
export const LOG_OVERHEAD = 12;

const BATCH_LENGTH_AT = 8;
const LEADER_EPOCH_AT = 12;
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const BASE_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const PRODUCER_EPOCH_AT = 51;
const BASE_SEQUENCE_AT = 53;
const RECORD_COUNT_AT = 57;

const CODEC_MASK = 0x07;
const LOG_APPEND_TIME_BIT = 0x08;
const TRANSACTIONAL_BIT = 0x10;
const CONTROL_BIT = 0x20;
const DELETE_HORIZON_BIT = 0x40;

/** Codecs by the number that stands for them in a batch's attributes. */
export const COMPRESSION_CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type CompressionCodec = (typeof COMPRESSION_CODECS)[number];

/** Everything that a header says but its checksum. */
export interface BatchHeaderFields {
  readonly sizeBytes: number;
  readonly baseOffset: number;
  readonly leaderEpoch: number;
  readonly attributes: number;
  readonly lastOffsetDelta: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
}

/** Bytes of the whole batch, header included, as its length field says; works for every magic. */
export function batchSizeAt(buffer: Buffer, position: number): number {
  return LOG_OVERHEAD + buffer.readInt32BE(position + BATCH_LENGTH_AT);
}

export function baseOffsetOf(buffer: Buffer, position: number): number {
  return readInt64(buffer, position);
}

export function lastOffsetOf(buffer: Buffer, position: number): number {
  return baseOffsetOf(buffer, position) + lastOffsetDelta(buffer, position);
}

export function lastOffsetDelta(buffer: Buffer, position: number): number {
  return buffer.readInt32BE(position + LAST_OFFSET_DELTA_AT);
}

export function partitionLeaderEpochOf(buffer: Buffer, position: number): number {
  return buffer.readInt32BE(position + LEADER_EPOCH_AT);
}

export function magicOf(buffer: Buffer, position: number): number {
  return buffer.readInt8(position + MAGIC_AT);
}

export function crcOf(buffer: Buffer, position: number): number {
  return buffer.readUInt32BE(position + CRC_AT);
}

/** True if the checksum fits. The whole batch must lie in `buffer`. */
export function isCrcValid(buffer: Buffer, position: number): boolean {
  return computeCrc(buffer, position) === crcOf(buffer, position);
}

function attributesOf(buffer: Buffer, position: number): number {
  return buffer.readInt16BE(position + ATTRIBUTES_AT);
}

/** `undefined` if the number stands for no codec. */
export function compressionCodecOf(buffer: Buffer, position: number): CompressionCodec | undefined {
  return COMPRESSION_CODECS[attributesOf(buffer, position) & CODEC_MASK];
}

/** True if the broker's clock gave the timestamps: then the batch's largest is that of every record. */
export function hasLogAppendTime(buffer: Buffer, position: number): boolean {
  return (attributesOf(buffer, position) & LOG_APPEND_TIME_BIT) !== 0;
}

export function isTransactional(buffer: Buffer, position: number): boolean {
  return (attributesOf(buffer, position) & TRANSACTIONAL_BIT) !== 0;
}

export function isControl(buffer: Buffer, position: number): boolean {
  return (attributesOf(buffer, position) & CONTROL_BIT) !== 0;
}

/** True if the base timestamp is the time after which compaction may drop tombstones and markers (KIP-534). */
export function hasDeleteHorizon(buffer: Buffer, position: number): boolean {
  return (attributesOf(buffer, position) & DELETE_HORIZON_BIT) !== 0;
}

export function baseTimestampOf(buffer: Buffer, position: number): number {
  return readInt64(buffer, position + BASE_TIMESTAMP_AT);
}

/** −1 if no record has a timestamp. */
export function maxTimestampOf(buffer: Buffer, position: number): number {
  return readInt64(buffer, position + MAX_TIMESTAMP_AT);
}

/** −1 if the producer is not idempotent. */
export function producerIdOf(buffer: Buffer, position: number): number {
  return readInt64(buffer, position + PRODUCER_ID_AT);
}

export function producerEpochOf(buffer: Buffer, position: number): number {
  return buffer.readInt16BE(position + PRODUCER_EPOCH_AT);
}

/** −1 if the batch has none. */
export function baseSequenceOf(buffer: Buffer, position: number): number {
  return buffer.readInt32BE(position + BASE_SEQUENCE_AT);
}

/** −1 if the batch has none; after 2^31 − 1 sequences begin at 0 again. */
export function lastSequenceOf(buffer: Buffer, position: number): number {
  const base = baseSequenceOf(buffer, position);
  return base === -1 ? -1 : incrementSequence(base, lastOffsetDelta(buffer, position));
}

/** `sequence` moved on by `count`, wrapping as Kafka's `DefaultRecordBatch.incrementSequence`. */
export function incrementSequence(sequence: number, count: number): number {
  return (sequence + count) % 0x8000_0000;
}

export function recordCountOf(buffer: Buffer, position: number): number {
  return buffer.readInt32BE(position + RECORD_COUNT_AT);
}

/** The checksum does not cover the base offset. */
export function patchBaseOffset(buffer: Buffer, position: number, baseOffset: number): void {
  writeInt64(buffer, baseOffset, position);
}

/** The checksum does not cover the leader epoch. */
export function patchLeaderEpoch(buffer: Buffer, position: number, leaderEpoch: number): void {
  buffer.writeInt32BE(leaderEpoch, position + LEADER_EPOCH_AT);
}

/** Sets the largest timestamp and who gave it, and the checksum with them. */
export function patchTimestamps(
  buffer: Buffer,
  position: number,
  timestamps: { readonly isLogAppendTime: boolean; readonly maxTimestamp: number },
): void {
  const { isLogAppendTime, maxTimestamp } = timestamps;
  const others = attributesOf(buffer, position) & ~LOG_APPEND_TIME_BIT;
  buffer.writeInt16BE(
    isLogAppendTime ? others | LOG_APPEND_TIME_BIT : others,
    position + ATTRIBUTES_AT,
  );
  writeInt64(buffer, maxTimestamp, position + MAX_TIMESTAMP_AT);
  patchCrc(buffer, position);
}

/** Makes the checksum fit what the batch holds. */
export function patchCrc(buffer: Buffer, position: number): void {
  buffer.writeUInt32BE(computeCrc(buffer, position), position + CRC_AT);
}

/** What compaction changes in a batch; the timestamps stay as they are where none is given. */
export interface RecordsChange {
  readonly recordCount: number;
  /** Takes the place of the base timestamp (KIP-534). */
  readonly deleteHorizonMs: number | undefined;
  readonly maxTimestamp: number | undefined;
}

/** Makes the header of `batch`, which is that of other records still, fit the records behind it. */
export function patchRecords(batch: Buffer, change: RecordsChange): void {
  const { recordCount, deleteHorizonMs, maxTimestamp } = change;
  let attributes = attributesOf(batch, 0);
  if (recordCount === 0) attributes &= ~(CODEC_MASK | DELETE_HORIZON_BIT);
  if (deleteHorizonMs !== undefined) {
    attributes |= DELETE_HORIZON_BIT;
    writeInt64(batch, deleteHorizonMs, BASE_TIMESTAMP_AT);
  }
  if (maxTimestamp !== undefined) writeInt64(batch, maxTimestamp, MAX_TIMESTAMP_AT);
  // What was a delete horizon is no time of records.
  if (recordCount === 0)
    batch.copy(batch, BASE_TIMESTAMP_AT, MAX_TIMESTAMP_AT, MAX_TIMESTAMP_AT + 8);
  batch.writeInt16BE(attributes, ATTRIBUTES_AT);
  batch.writeInt32BE(recordCount, RECORD_COUNT_AT);
  batch.writeInt32BE(batch.length - LOG_OVERHEAD, BATCH_LENGTH_AT);
  patchCrc(batch, 0);
}

/** The attributes of a batch to be written. */
export function attributeBits(flags: {
  readonly codec: CompressionCodec;
  readonly isLogAppendTime: boolean;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly hasDeleteHorizon: boolean;
}): number {
  return (
    COMPRESSION_CODECS.indexOf(flags.codec) |
    (flags.isLogAppendTime ? LOG_APPEND_TIME_BIT : 0) |
    (flags.isTransactional ? TRANSACTIONAL_BIT : 0) |
    (flags.isControl ? CONTROL_BIT : 0) |
    (flags.hasDeleteHorizon ? DELETE_HORIZON_BIT : 0)
  );
}

/** Writes a whole header; the checksum is right if the records are there already. */
export function writeHeader(buffer: Buffer, position: number, header: BatchHeaderFields): void {
  writeInt64(buffer, header.baseOffset, position);
  buffer.writeInt32BE(header.sizeBytes - LOG_OVERHEAD, position + BATCH_LENGTH_AT);
  buffer.writeInt32BE(header.leaderEpoch, position + LEADER_EPOCH_AT);
  buffer.writeInt8(2, position + MAGIC_AT);
  buffer.writeInt16BE(header.attributes, position + ATTRIBUTES_AT);
  buffer.writeInt32BE(header.lastOffsetDelta, position + LAST_OFFSET_DELTA_AT);
  writeInt64(buffer, header.baseTimestamp, position + BASE_TIMESTAMP_AT);
  writeInt64(buffer, header.maxTimestamp, position + MAX_TIMESTAMP_AT);
  writeInt64(buffer, header.producerId, position + PRODUCER_ID_AT);
  buffer.writeInt16BE(header.producerEpoch, position + PRODUCER_EPOCH_AT);
  buffer.writeInt32BE(header.baseSequence, position + BASE_SEQUENCE_AT);
  buffer.writeInt32BE(header.recordCount, position + RECORD_COUNT_AT);
  patchCrc(buffer, position);
}

function computeCrc(buffer: Buffer, position: number): number {
  return crc32c(
    buffer.subarray(position + ATTRIBUTES_AT, position + batchSizeAt(buffer, position)),
  );
}

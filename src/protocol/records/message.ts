/**
 * One message of magic 0 or 1, as brokers before 0.11 stored records (org.apache.kafka.common.record.LegacyRecord).
 * A message whose codec is not `none` is the wrapper of a compressed message set, which is its value. All
 * functions take the buffer and the position at which the message begins, its offset and size included; the
 * caller has made sure that as many bytes are there as the size says, and that they are MIN_MESSAGE_SIZE at least.
 */
import { crc32 } from '../crc32';
import { ProtocolError } from '../errors';
import { readInt64, writeInt64 } from '../int64';
import { COMPRESSION_CODECS, LOG_OVERHEAD, batchSizeAt, magicOf } from './batch';
import type { CompressionCodec } from './batch';

/** The formats that are told apart by their magic. */
export type LegacyMagic = 0 | 1;

const CRC_AT = 12;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 17;
const TIMESTAMP_AT = 18;
/** Where the key's length stands, by magic. */
const KEY_AT = [18, 26] as const;
const LENGTH_BYTES = 4;
/** A message of magic 0 without key and value, offset and size included. */
export const MIN_MESSAGE_SIZE = KEY_AT[0] + 2 * LENGTH_BYTES;

const CODEC_MASK = 0x07;
const LOG_APPEND_TIME_BIT = 0x08;
const NO_TIMESTAMP = -1;

export interface MessageContent {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

export interface MessageToWrite extends MessageContent {
  readonly magic: LegacyMagic;
  readonly offset: number;
  /** Not written in magic 0. */
  readonly timestamp: number;
  readonly isLogAppendTime: boolean;
  /** Other than `none` if the value is a compressed message set. */
  readonly codec: CompressionCodec;
}

/** Whether a batch of this magic is of the old kind. */
export function isLegacyMagic(magic: number): magic is LegacyMagic {
  return magic === 0 || magic === 1;
}

/** `undefined` if the number stands for no codec. */
export function messageCodecOf(buffer: Buffer, position: number): CompressionCodec | undefined {
  return COMPRESSION_CODECS[buffer.readUInt8(position + ATTRIBUTES_AT) & CODEC_MASK];
}

/** True if the broker's clock gave the timestamp; for a wrapper, that of every message within. */
export function messageHasLogAppendTime(buffer: Buffer, position: number): boolean {
  return (
    magicOf(buffer, position) === 1 &&
    (buffer.readUInt8(position + ATTRIBUTES_AT) & LOG_APPEND_TIME_BIT) !== 0
  );
}

/** −1 for none, as always in magic 0; a wrapper has the largest of those within. */
export function messageTimestampOf(buffer: Buffer, position: number): number {
  return magicOf(buffer, position) === 0
    ? NO_TIMESTAMP
    : readInt64(buffer, position + TIMESTAMP_AT);
}

export function messageCrcOf(buffer: Buffer, position: number): number {
  return buffer.readUInt32BE(position + CRC_AT);
}

/** True if the checksum, CRC-32 here, fits. */
export function isMessageCrcValid(buffer: Buffer, position: number): boolean {
  return buffer.readUInt32BE(position + CRC_AT) === computeCrc(buffer, position);
}

/** Key and value as views. Throws INVALID_RECORD if they reach beyond the message. */
export function messageContentOf(buffer: Buffer, position: number): MessageContent {
  const end = position + batchSizeAt(buffer, position);
  const key = readBytes(buffer, position + KEY_AT[magicOf(buffer, position) === 0 ? 0 : 1], end);
  const value = readBytes(buffer, key.next, end);
  return { key: key.bytes, value: value.bytes };
}

function readBytes(
  buffer: Buffer,
  position: number,
  end: number,
): { readonly bytes: Buffer | null; readonly next: number } {
  const start = position + LENGTH_BYTES;
  const length = start <= end ? buffer.readInt32BE(position) : Infinity;
  if (length < 0) return { bytes: null, next: start };
  const next = start + length;
  if (next > end) throw new ProtocolError('INVALID_RECORD', 'a field reaches beyond its message');
  return { bytes: buffer.subarray(start, next), next };
}

/** Bytes that the message takes, offset and size included. */
export function messageSize(magic: LegacyMagic, { key, value }: MessageContent): number {
  return KEY_AT[magic] + 2 * LENGTH_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
}

/** Writes a message and its checksum; returns the position after it. */
export function writeMessage(buffer: Buffer, position: number, message: MessageToWrite): number {
  const { magic, key, value } = message;
  const codec = COMPRESSION_CODECS.indexOf(message.codec);
  const hasAppendTime = magic === 1 && message.isLogAppendTime;
  writeInt64(buffer, message.offset, position);
  buffer.writeInt32BE(messageSize(magic, message) - LOG_OVERHEAD, position + 8);
  buffer.writeInt8(magic, position + MAGIC_AT);
  buffer.writeUInt8(codec | (hasAppendTime ? LOG_APPEND_TIME_BIT : 0), position + ATTRIBUTES_AT);
  if (magic === 1) writeInt64(buffer, message.timestamp, position + TIMESTAMP_AT);
  const end = writeBytes(buffer, writeBytes(buffer, position + KEY_AT[magic], key), value);
  buffer.writeUInt32BE(computeCrc(buffer, position), position + CRC_AT);
  return end;
}

function writeBytes(buffer: Buffer, position: number, bytes: Buffer | null): number {
  buffer.writeInt32BE(bytes?.length ?? -1, position);
  const start = position + LENGTH_BYTES;
  return start + (bytes?.copy(buffer, start) ?? 0);
}

function computeCrc(buffer: Buffer, position: number): number {
  return crc32(buffer.subarray(position + MAGIC_AT, position + batchSizeAt(buffer, position)));
}

/**
 * Message sets of magic 0 and 1: what is in a message, or, if it is the wrapper of a compressed set, in the set
 * (org.apache.kafka.common.record.AbstractLegacyRecordBatch), and such messages made anew.
 */
import { ProtocolError } from '../errors';
import { baseOffsetOf, batchSizeAt, magicOf } from './batch';
import type { CompressionCodec } from './batch';
import { compress, decompress } from './compression';
import { mendHeaderChecksum, spoilHeaderChecksum } from './lz4-frame';
import {
  MIN_MESSAGE_SIZE,
  isMessageCrcValid,
  messageCodecOf,
  messageContentOf,
  messageHasLogAppendTime,
  messageSize,
  messageTimestampOf,
  writeMessage,
} from './message';
import type { LegacyMagic, MessageContent } from './message';
import type { RecordHeader } from './record';

/** A message that stands for one record. */
export interface Message extends MessageContent {
  readonly offset: number;
  /** Milliseconds since the epoch, −1 for none. */
  readonly timestamp: number;
  readonly headers: readonly RecordHeader[];
  /** Its own; that of its wrapper may differ (KAFKA-4298). */
  readonly magic: number;
}

const NO_HEADERS: readonly RecordHeader[] = [];

export interface ReadingOptions {
  /** The most bytes that a compressed set may hold. */
  readonly limit: number;
  /** Whether to check the checksums of messages in a compressed set; that of `batch` itself is the caller's. */
  readonly checksInner?: boolean;
}

/**
 * The messages of `batch`, which begins with one message: itself, or what it wraps. Their offsets are absolute.
 * Throws INVALID_RECORD on what is no message set, CORRUPT_MESSAGE on bytes that are damaged,
 * MESSAGE_TOO_LARGE beyond the limit.
 */
export function* readMessages(batch: Buffer, options: ReadingOptions): Generator<Message> {
  const codec = messageCodecOf(batch, 0);
  if (codec === 'none') {
    yield messageAt(batch, 0, { offset: baseOffsetOf(batch, 0) });
    return;
  }
  const set = decompressSet(batch, codec, options.limit);
  const positions = innerPositions(set);
  const base = innerBase(batch, set, positions);
  const appendTime = messageHasLogAppendTime(batch, 0) ? messageTimestampOf(batch, 0) : undefined;
  for (const position of positions) {
    if (options.checksInner && !isMessageCrcValid(set, position)) {
      throw new ProtocolError('CORRUPT_MESSAGE', 'Record is corrupt: wrong CRC in a message set');
    }
    if (messageCodecOf(set, position) !== 'none') {
      throw new ProtocolError('INVALID_RECORD', 'Inner messages must not be compressed');
    }
    yield messageAt(set, position, { offset: base + baseOffsetOf(set, position), appendTime });
  }
}

function messageAt(
  buffer: Buffer,
  position: number,
  { offset, appendTime }: { readonly offset: number; readonly appendTime?: number | undefined },
): Message {
  const magic = magicOf(buffer, position);
  const own = messageTimestampOf(buffer, position);
  const timestamp = magic === 1 ? (appendTime ?? own) : own;
  const { key, value } = messageContentOf(buffer, position);
  return { offset, timestamp, key, value, headers: NO_HEADERS, magic };
}

function decompressSet(batch: Buffer, codec: CompressionCodec | undefined, limit: number): Buffer {
  const { value } = messageContentOf(batch, 0);
  // zstd came after these formats, and never was in them.
  if (codec === undefined || codec === 'zstd' || value === null) {
    throw new ProtocolError('INVALID_RECORD', 'Invalid compressed message set');
  }
  return decompress(codec, isOldLz4(batch, codec) ? mended(value) : value, limit);
}

function isOldLz4(batch: Buffer, codec: CompressionCodec): boolean {
  return codec === 'lz4' && magicOf(batch, 0) === 0;
}

function mended(frame: Buffer): Buffer {
  try {
    return mendHeaderChecksum(frame);
  } catch (cause) {
    throw new ProtocolError('CORRUPT_MESSAGE', 'cannot decompress lz4 data', { cause });
  }
}

/** Where each whole message of a set begins; an incomplete last one is passed over. */
function innerPositions(set: Buffer): number[] {
  const positions: number[] = [];
  for (let position = 0; position + MIN_MESSAGE_SIZE <= set.length;) {
    const size = batchSizeAt(set, position);
    if (size < MIN_MESSAGE_SIZE) {
      throw new ProtocolError('CORRUPT_MESSAGE', `a message of ${String(size)} bytes`);
    }
    if (position + size > set.length) break;
    positions.push(position);
    position += size;
  }
  return positions;
}

/**
 * What to add to the offsets of a set's messages. Those of magic 1 are relative, and the wrapper has the offset
 * of the last one, or 0 from old versions of librdkafka.
 */
function innerBase(batch: Buffer, set: Buffer, positions: readonly number[]): number {
  const last = positions.at(-1);
  if (last === undefined) {
    throw new ProtocolError('INVALID_RECORD', 'a compressed message set without messages');
  }
  const wrapperOffset = baseOffsetOf(batch, 0);
  if (magicOf(batch, 0) === 0 || wrapperOffset === 0) return 0;
  const base = wrapperOffset - baseOffsetOf(set, last);
  if (base < 0) {
    throw new ProtocolError(
      'INVALID_RECORD',
      'the offset of a wrapper lies below that of its last message',
    );
  }
  return base;
}

/** What a message set to be written has in common. */
export interface MessageSetForm {
  readonly magic: LegacyMagic;
  readonly codec: CompressionCodec;
  /** The time of all messages, if it is that of their append. */
  readonly logAppendTimeMs?: number | undefined;
}

/** A record on its way into a message set; its headers, if it has any, are lost there. */
export interface MessageToBuild extends MessageContent {
  readonly offset: number;
  readonly timestamp: number;
}

/** The messages, of which there must be one at least, one after the other, or in one wrapper. */
export function buildMessageSet(messages: Iterable<MessageToBuild>, form: MessageSetForm): Buffer {
  const writer = new MessageSetWriter(form);
  for (const message of messages) writer.add(message);
  const { codec } = form;
  return codec === 'none' ? writer.written : writer.wrap(compress(codec, writer.written));
}

/** The form of the message, or of the set that it wraps, at the start of `batch`. Throws INVALID_RECORD. */
export function messageSetFormOf(batch: Buffer): MessageSetForm {
  const codec = messageCodecOf(batch, 0);
  if (codec === undefined) throw new ProtocolError('INVALID_RECORD', 'Unknown compression type');
  const isAppendTime = messageHasLogAppendTime(batch, 0);
  return {
    magic: magicOf(batch, 0) === 0 ? 0 : 1,
    codec,
    logAppendTimeMs: isAppendTime ? messageTimestampOf(batch, 0) : undefined,
  };
}

const FIRST_BUFFER_BYTES = 4096;

/** Writes messages one by one, in ascending order of offsets. */
export class MessageSetWriter {
  #buffer = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
  #end = 0;
  /** Taken from each offset: in a compressed set of magic 1 they are relative to the first. */
  #base: number | undefined;
  #lastOffset = -1;
  #maxTimestamp = -1;

  constructor(private readonly form: MessageSetForm) {}

  add({ offset, key, value, ...message }: MessageToBuild): void {
    const { magic, codec, logAppendTimeMs } = this.form;
    // Kafka takes times in nanoseconds too, which no number holds: they stay the latest there are.
    const timestamp = Math.min(message.timestamp, Number.MAX_SAFE_INTEGER);
    this.#base ??= magic === 1 && codec !== 'none' ? offset : 0;
    this.#reserve(messageSize(magic, { key, value }));
    this.#end = writeMessage(this.#buffer, this.#end, {
      magic,
      offset: offset - this.#base,
      timestamp: logAppendTimeMs ?? timestamp,
      isLogAppendTime: logAppendTimeMs !== undefined,
      codec: 'none',
      key,
      value,
    });
    this.#lastOffset = offset;
    this.#maxTimestamp = Math.max(this.#maxTimestamp, timestamp);
  }

  /** The messages so far, one after the other: what is to be compressed if the set is. */
  get written(): Buffer {
    return this.#buffer.subarray(0, this.#end);
  }

  /** The wrapper of what was written, now compressed. Changes `compressed`. */
  wrap(compressed: Buffer): Buffer {
    const { magic, codec, logAppendTimeMs } = this.form;
    const value = magic === 0 && codec === 'lz4' ? spoilHeaderChecksum(compressed) : compressed;
    const buffer = Buffer.allocUnsafe(messageSize(magic, { key: null, value }));
    writeMessage(buffer, 0, {
      magic,
      offset: this.#lastOffset,
      timestamp: logAppendTimeMs ?? this.#maxTimestamp,
      isLogAppendTime: logAppendTimeMs !== undefined,
      codec,
      key: null,
      value,
    });
    return buffer;
  }

  #reserve(bytes: number): void {
    const needed = this.#end + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length));
    this.#buffer.copy(larger, 0, 0, this.#end);
    this.#buffer = larger;
  }
}

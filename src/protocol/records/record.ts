/** One record as it is read from and written to a batch (org.apache.kafka.common.record.DefaultRecord). */
import { MalformedError } from '../reader';
import type { VarintCursor } from './varint';
import { varintSize, writeVarint } from './varint';

export interface RecordHeader {
  readonly key: string;
  readonly value: Buffer | null;
}

export interface RecordData {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}

/** A record's place and time relative to its batch. */
export interface RecordDeltas {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
}

const NO_HEADERS: readonly RecordHeader[] = [];

/** Bytes of the record without its own length. */
export function recordBodySize(record: RecordData, deltas: RecordDeltas): number {
  let size = 1 + varintSize(deltas.timestampDelta) + varintSize(deltas.offsetDelta);
  size += bytesSize(record.key) + bytesSize(record.value) + varintSize(record.headers.length);
  for (const { key, value } of record.headers) {
    const keyLength = Buffer.byteLength(key);
    size += varintSize(keyLength) + keyLength + bytesSize(value);
  }
  return size;
}

/** Writes a record whose body has `bodySize` bytes; returns the position after it. */
export function writeRecord(
  buffer: Buffer,
  position: number,
  record: RecordData,
  deltas: RecordDeltas & { readonly bodySize: number },
): number {
  let at = writeVarint(buffer, deltas.bodySize, position);
  buffer[at++] = 0;
  at = writeVarint(buffer, deltas.timestampDelta, at);
  at = writeVarint(buffer, deltas.offsetDelta, at);
  at = writeBytes(buffer, record.key, at);
  at = writeBytes(buffer, record.value, at);
  at = writeVarint(buffer, record.headers.length, at);
  for (const { key, value } of record.headers) {
    at = writeVarint(buffer, Buffer.byteLength(key), at);
    at += buffer.write(key, at);
    at = writeBytes(buffer, value, at);
  }
  return at;
}

/** Reads the record at the cursor; key, value and header values are views. Throws MalformedError on bytes that are no record. */
export function readRecord(cursor: VarintCursor): RecordData & RecordDeltas {
  const bodySize = cursor.varint();
  const end = cursor.position + bodySize;
  if (bodySize < 0 || end > cursor.buffer.length) throw new MalformedError('a record is cut short');
  cursor.byte(); // attributes: none are in use
  const timestampDelta = cursor.varlong();
  const offsetDelta = cursor.varint();
  const key = readBytes(cursor, end);
  const value = readBytes(cursor, end);
  const headers = readHeaders(cursor, end);
  if (cursor.position !== end) throw new MalformedError('a record has another length than it says');
  return { offsetDelta, timestampDelta, key, value, headers };
}

function readHeaders(cursor: VarintCursor, end: number): readonly RecordHeader[] {
  const count = cursor.varint();
  if (count === 0) return NO_HEADERS;
  if (count < 0 || count > end - cursor.position)
    throw new MalformedError(`${String(count)} headers`);
  const headers: RecordHeader[] = [];
  for (let index = 0; index < count; index++) {
    const key = readBytes(cursor, end);
    if (key === null) throw new MalformedError('a header has no key');
    headers.push({ key: key.toString('utf8'), value: readBytes(cursor, end) });
  }
  return headers;
}

function readBytes(cursor: VarintCursor, end: number): Buffer | null {
  const length = cursor.varint();
  if (length < 0) return null;
  const start = cursor.position;
  if (length > end - start) throw new MalformedError('a field reaches beyond its record');
  cursor.position = start + length;
  return cursor.buffer.subarray(start, start + length);
}

function bytesSize(bytes: Buffer | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length;
}

function writeBytes(buffer: Buffer, bytes: Buffer | null, position: number): number {
  if (bytes === null) return writeVarint(buffer, -1, position);
  const start = writeVarint(buffer, bytes.length, position);
  return start + bytes.copy(buffer, start);
}

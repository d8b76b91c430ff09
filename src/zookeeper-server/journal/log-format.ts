/**
 * The write-ahead log's file: an 8-byte header, then records of int32 length, CRC-32 of the payload, and
 * the payload, one encoded transaction.
 */
import { crc32 } from '../../base/crc32';
import { JuteError } from '../jute';
import { decodeTransaction, encodeTransaction } from '../transaction';
import type { Transaction } from '../transaction';

/** `OZKL`, then the version of the format. */
export const LOG_HEADER = Buffer.from([0x4f, 0x5a, 0x4b, 0x4c, 0, 0, 0, 1]);
const RECORD_HEADER_BYTES = 8;

export function encodeRecord(transaction: Transaction): Buffer {
  const payload = encodeTransaction(transaction);
  const record = Buffer.allocUnsafe(RECORD_HEADER_BYTES + payload.length);
  record.writeInt32BE(payload.length, 0);
  record.writeUInt32BE(crc32(payload), 4);
  payload.copy(record, RECORD_HEADER_BYTES);
  return record;
}

/** The payload of the record at `position`; `undefined` where no whole and sound record stands. */
function payloadAt(content: Buffer, position: number): Buffer | undefined {
  const start = position + RECORD_HEADER_BYTES;
  if (start > content.length) return undefined;
  const length = content.readInt32BE(position);
  // Zeros, as a crash may leave at the end of a file, must not pass for an empty record.
  if (length <= 0 || length > content.length - start) return undefined;
  const payload = content.subarray(start, start + length);
  return crc32(payload) === content.readUInt32BE(position + 4) ? payload : undefined;
}

export interface LogContent {
  readonly transactions: readonly Transaction[];
  /** The file is sound up to here; what follows was cut short by a crash and never acknowledged. */
  readonly soundBytes: number;
}

/** Reads a log file as far as it is sound. Throws `JuteError` if a sound record makes no sense. */
export function readLog(content: Buffer): LogContent {
  if (content.length < LOG_HEADER.length) return { transactions: [], soundBytes: 0 };
  if (!content.subarray(0, LOG_HEADER.length).equals(LOG_HEADER)) {
    throw new JuteError('the header is not that of a log');
  }
  const transactions: Transaction[] = [];
  let position = LOG_HEADER.length;
  for (;;) {
    const payload = payloadAt(content, position);
    if (!payload) return { transactions, soundBytes: position };
    transactions.push(decodeTransaction(payload));
    position += RECORD_HEADER_BYTES + payload.length;
  }
}

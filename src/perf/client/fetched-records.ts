/** Counts the records that a fetch brought, with the work that a consumer does: checksums, decompression, each record's lengths. */
import { ProtocolError } from '../../protocol/errors';
import {
  HEADER_SIZE,
  baseOffsetOf,
  compressionCodecOf,
  isControl,
  isCrcValid,
  lastOffsetOf,
  magicOf,
  recordCountOf,
} from '../../protocol/records/batch';
import { decompress } from '../../protocol/records/compression';
import { batches } from '../../protocol/records/reader';
import { VarintCursor } from '../../protocol/records/varint';
import { PerfError } from '../perf-error';

const MAGIC = 2;
/** More than any batch that a broker with default settings accepts can hold. */
const LARGEST_BATCH_BYTES = 2 ** 30;

export interface Counted {
  records: number;
  /** Of keys and values. */
  bytes: number;
}

/** The offset after the last whole batch in `fetched`; `offset` if there is none. */
export function offsetAfter(fetched: Buffer, offset: number): number {
  let next = offset;
  for (const { position } of batches(fetched)) {
    if (magicOf(fetched, position) === MAGIC) next = lastOffsetOf(fetched, position) + 1;
    else throw new PerfError('the topic holds messages of the formats before version 2');
  }
  return next;
}

/** Counts records from `offset` on: a fetch gives whole batches, whose first records may lie before it. */
export function countRecords(fetched: Buffer, offset: number, checksCrcs: boolean): Counted {
  const counted = { records: 0, bytes: 0 };
  for (const { position, size } of batches(fetched)) {
    const batch = fetched.subarray(position, position + size);
    if (checksCrcs && !isCrcValid(batch, 0))
      throw new ProtocolError('CORRUPT_MESSAGE', 'a fetched batch has a wrong checksum');
    if (!isControl(batch, 0)) countBatch(batch, offset, counted);
  }
  return counted;
}

function countBatch(batch: Buffer, offset: number, counted: Counted): void {
  const codec = compressionCodecOf(batch, 0);
  if (codec === undefined)
    throw new ProtocolError('CORRUPT_MESSAGE', 'an unknown compression codec');
  const firstDelta = offset - baseOffsetOf(batch, 0);
  const bytes = decompress(codec, batch.subarray(HEADER_SIZE), LARGEST_BATCH_BYTES);
  const cursor = new VarintCursor(bytes, 0);
  for (let left = recordCountOf(batch, 0); left > 0; left--) {
    const end = cursor.varint() + cursor.position;
    cursor.position += 1; // attributes: none are in use
    cursor.varlong(); // timestamp
    if (cursor.varint() >= firstDelta) {
      counted.records += 1;
      counted.bytes += sizeOfNext(cursor) + sizeOfNext(cursor);
    }
    cursor.position = end;
  }
}

/** Passes over a key or value and gives its size; null is −1 long. */
function sizeOfNext(cursor: VarintCursor): number {
  const size = Math.max(0, cursor.varint());
  cursor.position += size;
  return size;
}

/** Checks what a follower got from its leader before anything of it is appended. */

import { ProtocolError } from '../protocol/errors';
import { isIntact } from '../protocol/records/reader';
import { HEADER_BYTES, headerAt } from './segment/batch-header';
import type { BatchHeader } from './segment/batch-header';

export interface FollowerBatch {
  readonly header: BatchHeader;
  /** Position in the buffer that was checked. */
  readonly position: number;
}

/**
 * The whole batches in `records`, whose offsets must ascend from `logEndOffset` on; an incomplete last one is
 * left out. Throws CORRUPT_MESSAGE, or OFFSET_OUT_OF_RANGE if the first batch begins below the log's end.
 */
export function checkFollowerBatches(records: Buffer, logEndOffset: number): FollowerBatch[] {
  const found: FollowerBatch[] = [];
  let position = 0;
  let nextOffset = logEndOffset;
  while (position < records.length) {
    const available = records.length - position;
    const header = headerAt(records, position, available);
    if (!header) {
      if (isCutShort(records, position)) break;
      throw new ProtocolError('CORRUPT_MESSAGE', `No batch at position ${String(position)}`);
    }
    if (header.sizeBytes > available) break;
    checkOffsets(header, nextOffset, found.length === 0);
    if (!isIntact(records, position)) {
      throw new ProtocolError(
        'CORRUPT_MESSAGE',
        `Wrong CRC at offset ${String(header.baseOffset)}`,
      );
    }
    found.push({ header, position });
    position += header.sizeBytes;
    nextOffset = header.lastOffset + 1;
  }
  return found;
}

/** Whether less than a header is left, so that nothing can be said of it. */
function isCutShort(records: Buffer, position: number): boolean {
  return records.length - position < HEADER_BYTES;
}

function checkOffsets(header: BatchHeader, nextOffset: number, isFirst: boolean): void {
  if (header.lastOffset < header.baseOffset) {
    throw new ProtocolError('CORRUPT_MESSAGE', `Offsets go back in a batch`);
  }
  if (header.baseOffset >= nextOffset) return;
  throw new ProtocolError(
    isFirst ? 'OFFSET_OUT_OF_RANGE' : 'CORRUPT_MESSAGE',
    `Batch at offset ${String(header.baseOffset)}, but the log continues at ${String(nextOffset)}`,
  );
}

/** Mends the indexes of a segment that is in use, from its batches. */

import { BatchChain } from './segment/batch-chain';
import { walkAsync } from './segment/batch-walk';
import type { OffsetPosition } from './segment/offset-index';
import type { Segment } from './segment/segment';
import type { TimestampEntry } from './segment/time-index';

const MAX_RELATIVE_OFFSET = 2 ** 31 - 1;

interface Entries {
  readonly offsets: OffsetPosition[];
  readonly times: TimestampEntry[];
}

/**
 * A segment that is appended to only loses its entries, since more are added meanwhile: until it is closed, reads walk
 * along it. The same goes for one that is closed or removed while it is read.
 */
export async function repairIndexes(
  segment: Segment,
  indexIntervalBytes: number,
  isClosed: () => boolean,
): Promise<void> {
  if (!isClosed()) {
    if (!segment.isRemoved) segment.dropIndexes();
    return;
  }
  const { offsets, times } = await entriesOf(segment, indexIntervalBytes);
  if (segment.isRemoved) return;
  segment.replaceIndexes(offsets, times);
}

/** What `Segment.append` would have entered, as far as batches can be told. */
async function entriesOf(segment: Segment, indexIntervalBytes: number): Promise<Entries> {
  const entries: Entries = { offsets: [], times: [] };
  let max = { timestamp: -1, offset: segment.baseOffset };
  let bytesSinceEntry = 0;
  const limits = { endOffset: segment.baseOffset + MAX_RELATIVE_OFFSET, epochAt: () => undefined };
  const chain = new BatchChain(segment.baseOffset, limits);
  const range = { from: 0, to: segment.sizeBytes, onDamage: () => true };
  await walkAsync(segment, range, ({ header, position }) => {
    const { lastOffset: offset, maxTimestamp: timestamp, sizeBytes } = header;
    // No checksum covers the base offset.
    if (chain.follow(header) !== undefined) return true;
    if (timestamp > max.timestamp) max = { timestamp, offset };
    if (bytesSinceEntry > indexIntervalBytes) {
      entries.offsets.push({ offset, position });
      entries.times.push(max);
      bytesSinceEntry = 0;
    }
    bytesSinceEntry += sizeBytes;
    return true;
  });
  if (max.timestamp >= 0) entries.times.push(max);
  return entries;
}

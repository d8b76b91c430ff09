/** Whether the indexes of a segment can be relied on after a crash, so that not all of its log must be read again. */

import type { Files } from '../../platform/ports';
import { readInt64 } from '../../protocol/int64';
import type { EntryFile } from './entry-file';
import type { OffsetPosition } from './offset-index';
import type { Segment } from './segment';

type Fields = (buffer: Buffer, at: number) => readonly [number, number];

const offsetAndPosition: Fields = (buffer, at) => [
  buffer.readInt32BE(at),
  buffer.readInt32BE(at + 4),
];
const timestampAndOffset: Fields = (buffer, at) => [
  readInt64(buffer, at),
  buffer.readInt32BE(at + 8),
];

/** Whether both indexes exist and look right without reading them whole. Throws `FileError`. */
export function hasSaneIndexes(files: Files, segment: Segment): boolean {
  const { offsetIndex, timeIndex, sizeBytes } = segment;
  const offsets = files.statSync(offsetIndex.entries.file.path);
  const times = files.statSync(timeIndex.entries.file.path);
  if (!offsets || !times) return false;
  return offsetIndex.isSane(offsets.size, sizeBytes) && timeIndex.isSane(times.size);
}

/**
 * Where to begin checking a segment whose batches below `offset` are known to be on the device: the last batch with
 * an index entry below it. `undefined` if the indexes do not bear every test, and the whole segment must be read:
 * they are not flushed with the log, and a power failure may have left holes in them.
 */
export function resumePosition(files: Files, segment: Segment, offset: number): number | undefined {
  const { offsetIndex } = segment;
  if (offset <= segment.baseOffset || !areAscending(files, segment)) return undefined;
  if (!segment.transactionIndex.isSane()) return undefined;
  const entry = offsetIndex.lookup(offset - 1);
  if (entry.position === 0) return undefined;
  const isRight = segment.header(entry.position)?.lastOffset === entry.offset;
  return isRight && hasTimesTo(segment, entry) ? entry.position : undefined;
}

/** Whether the indexes of a segment that takes no more are all there, as far as their form and their timestamps tell. */
export function hasWholeIndexes(files: Files, segment: Segment): boolean {
  const end = { offset: Infinity, position: segment.sizeBytes };
  return areAscending(files, segment) && segment.hasTrueMax() && hasTimesTo(segment, end);
}

function areAscending(files: Files, segment: Segment): boolean {
  const { offsetIndex, timeIndex } = segment;
  return (
    hasSaneIndexes(files, segment) &&
    isAscending(offsetIndex.entries, offsetAndPosition) &&
    isAscending(timeIndex.entries, timestampAndOffset)
  );
}

/** Whether the time index knows the largest timestamp up to an entry of the other one: less of it may be on the device. */
function hasTimesTo(segment: Segment, { offset, position: end }: OffsetPosition): boolean {
  const last = segment.timeIndex.lastBelow(offset + 1);
  let position = last ? segment.positionOf(last.offset) : 0;
  for (let header = segment.header(position); header; header = segment.header(position)) {
    if (header.maxTimestamp > (last?.timestamp ?? -1)) return false;
    position += header.sizeBytes;
    if (position > end) break;
  }
  return true;
}

/** Every entry is above the one before it in both fields; an entry of zeros is a hole. */
function isAscending(entries: EntryFile, fields: Fields): boolean {
  const stored = entries.readStored();
  let before: readonly [number, number] = [0, -1];
  for (let at = 0; at < stored.length; at += entries.entrySize) {
    const entry = fields(stored, at);
    if (entry[0] <= before[0] || entry[1] <= before[1]) return false;
    before = entry;
  }
  return true;
}

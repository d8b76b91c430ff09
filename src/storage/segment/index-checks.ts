/** Whether the indexes of a segment can be relied on after a crash, so that not all of its log must be read again. */

import type { Files } from '../../platform/ports';
import { readInt64 } from '../../protocol/int64';
import type { EntryFile } from './entry-file';
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
  const { offsetIndex, timeIndex } = segment;
  if (offset <= segment.baseOffset || !hasSaneIndexes(files, segment)) return undefined;
  if (!isAscending(offsetIndex.entries, offsetAndPosition)) return undefined;
  if (!isAscending(timeIndex.entries, timestampAndOffset)) return undefined;
  const entry = offsetIndex.lookup(offset - 1);
  if (entry.position === 0) return undefined;
  return segment.header(entry.position)?.lastOffset === entry.offset ? entry.position : undefined;
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

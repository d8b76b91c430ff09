/**
 * Compaction of the message sets of magic 0 and 1 that old segments may hold (`Cleaner.shouldRetainRecord`,
 * `MemoryRecords.filterTo`). They have no room for a delete horizon: their tombstones go by the age of their segment.
 */

import { baseOffsetOf, magicOf } from '../../protocol/records/batch';
import {
  buildMessageSet,
  messageSetFormOf,
  readMessages,
} from '../../protocol/records/message-set';
import type { Message } from '../../protocol/records/message-set';
import { MAX_DECOMPRESSED_BYTES } from '../../protocol/records/reader';
import type { Log } from '../log';
import type { OffsetMap } from './offset-map';

const READING = { limit: MAX_DECOMPRESSED_BYTES };

/**
 * Segments last written later than this keep their tombstones: `delete.retention.ms` before the last segment was
 * written that is compacted already.
 */
export function oldTombstoneHorizonMs(log: Log, firstDirtyOffset: number): number {
  const clean = log.segments.all.findLast(({ baseOffset }) => baseOffset < firstDirtyOffset);
  return clean ? clean.modifiedMs - log.config['delete.retention.ms'] : 0;
}

export interface MessageRules {
  readonly latest: OffsetMap;
  readonly dropsTombstones: boolean;
}

/**
 * What stays of the message, or of the set that it wraps, at the start of `batch`; `batch` itself if all of it does,
 * `undefined` if nothing does. Throws `ProtocolError` if it cannot be read.
 */
export function filterMessages(batch: Buffer, rules: MessageRules): Buffer | undefined {
  const messages = [...readMessages(batch, READING)];
  const kept = messages.filter((message) => stays(message, rules));
  if (kept.length === 0) return undefined;
  // Brokers of old wrote wrappers of another magic than what they wrapped (KAFKA-4298); that is put right.
  const isSound = kept.every(({ magic }) => magic === magicOf(batch, 0));
  if (kept.length === messages.length && isSound) return batch;
  return buildMessageSet(kept, messageSetFormOf(batch));
}

function stays(
  { key, value, offset }: Message,
  { latest, dropsTombstones }: MessageRules,
): boolean {
  if (offset > latest.latestOffset) return true;
  if (key === null || (value === null && dropsTombstones)) return false;
  return offset >= latest.get(key, 0, key.length);
}

/** Enters the keys of a message, or of what it wraps, from an offset on; false when the map is full. */
export function noteMessageKeys(batch: Buffer, map: OffsetMap, from: number): boolean {
  for (const { key, offset } of readMessages(batch, READING)) {
    if (key === null || offset < from) continue;
    if (map.isFull) return false;
    map.put(key, 0, key.length, offset);
    map.latestOffset = offset;
  }
  map.latestOffset = baseOffsetOf(batch, 0);
  return true;
}

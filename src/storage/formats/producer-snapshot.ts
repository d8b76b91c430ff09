/**
 * A producer snapshot file (`ProducerStateManager`, version 1): version INT16, CRC-32C of what follows it
 * UINT32, count INT32, then one entry per producer with its last batch only.
 */

import { crc32c } from '../../protocol/crc32c';
import { readInt64, writeInt64 } from '../../protocol/int64';

export interface ProducerSnapshotEntry {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** −1 if the producer has written nothing but markers. */
  readonly lastSequence: number;
  readonly lastOffset: number;
  readonly offsetDelta: number;
  readonly timestamp: number;
  readonly coordinatorEpoch: number;
  /** First offset of the open transaction, −1 if none. */
  readonly currentTxnFirstOffset: number;
}

const VERSION = 1;
const CRC_END = 6;
const HEADER_SIZE = 10;
const ENTRY_SIZE = 46;

export function formatProducerSnapshot(entries: readonly ProducerSnapshotEntry[]): Buffer {
  const content = Buffer.alloc(HEADER_SIZE + entries.length * ENTRY_SIZE);
  content.writeInt16BE(VERSION, 0);
  content.writeInt32BE(entries.length, CRC_END);
  entries.forEach((entry, index) => writeEntry(content, HEADER_SIZE + index * ENTRY_SIZE, entry));
  content.writeUInt32BE(crc32c(content.subarray(CRC_END)), 2);
  return content;
}

function writeEntry(target: Buffer, at: number, entry: ProducerSnapshotEntry): void {
  writeInt64(target, entry.producerId, at);
  target.writeInt16BE(entry.producerEpoch, at + 8);
  target.writeInt32BE(entry.lastSequence, at + 10);
  writeInt64(target, entry.lastOffset, at + 14);
  target.writeInt32BE(entry.offsetDelta, at + 22);
  writeInt64(target, entry.timestamp, at + 26);
  target.writeInt32BE(entry.coordinatorEpoch, at + 34);
  writeInt64(target, entry.currentTxnFirstOffset, at + 38);
}

/** The entries, or `undefined` if the content is torn, damaged or of another version. */
export function parseProducerSnapshot(content: Buffer): ProducerSnapshotEntry[] | undefined {
  if (content.length < HEADER_SIZE || content.readInt16BE(0) !== VERSION) return undefined;
  if (content.readUInt32BE(2) !== crc32c(content.subarray(CRC_END))) return undefined;
  const count = content.readInt32BE(CRC_END);
  if (content.length !== HEADER_SIZE + count * ENTRY_SIZE) return undefined;
  return Array.from({ length: count }, (_, index) =>
    readEntry(content, HEADER_SIZE + index * ENTRY_SIZE),
  );
}

function readEntry(source: Buffer, at: number): ProducerSnapshotEntry {
  return {
    producerId: readInt64(source, at),
    producerEpoch: source.readInt16BE(at + 8),
    lastSequence: source.readInt32BE(at + 10),
    lastOffset: readInt64(source, at + 14),
    offsetDelta: source.readInt32BE(at + 22),
    timestamp: readInt64(source, at + 26),
    coordinatorEpoch: source.readInt32BE(at + 34),
    currentTxnFirstOffset: readInt64(source, at + 38),
  };
}

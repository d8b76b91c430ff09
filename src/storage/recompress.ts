/** Gives a batch the codec that its topic asks for with `compression.type`. */

import {
  baseOffsetOf,
  baseSequenceOf,
  compressionCodecOf,
  hasLogAppendTime,
  isControl,
  isTransactional,
  lastOffsetDelta,
  maxTimestampOf,
  partitionLeaderEpochOf,
  producerEpochOf,
  producerIdOf,
} from '../protocol/records/batch';
import type { CompressionCodec } from '../protocol/records/batch';
import { buildBatch } from '../protocol/records/builder';
import type { RecordToBuild } from '../protocol/records/builder';
import { readRecords } from '../protocol/records/reader';
import type { LogConfig } from './types';

const CODECS: Readonly<Record<string, CompressionCodec>> = {
  uncompressed: 'none',
  gzip: 'gzip',
  snappy: 'snappy',
  lz4: 'lz4',
  zstd: 'zstd',
};

/** `batch` itself if it may stay as it is: the producer chooses the codec, or has chosen the topic's. */
export function toTopicCodec(batch: Buffer, config: LogConfig): Buffer {
  const codec = CODECS[config['compression.type']];
  if (codec === undefined || codec === compressionCodecOf(batch, 0) || isControl(batch, 0)) {
    return batch;
  }
  const records = Array.from(readRecords(batch), (record) => record);
  return rebuildBatch(batch, records, { codec, compressionLevel: levelOf(codec, config) });
}

/** Level for the codecs that have one; −1 is gzip's own choice. */
function levelOf(codec: CompressionCodec, config: LogConfig): number | undefined {
  if (codec === 'zstd') return config['compression.zstd.level'];
  const level = codec === 'gzip' ? config['compression.gzip.level'] : -1;
  return level === -1 ? undefined : level;
}

export interface BatchChanges {
  readonly codec?: CompressionCodec;
  readonly compressionLevel?: number | undefined;
  readonly deleteHorizonMs?: number | undefined;
  readonly maxTimestamp?: number;
}

/** A batch with all that the header of `batch` says, but with these records, which keep their offsets. */
export function rebuildBatch(
  batch: Buffer,
  records: readonly (Omit<RecordToBuild, 'offsetDelta'> & { readonly offset: number })[],
  changes: BatchChanges,
): Buffer {
  const baseOffset = baseOffsetOf(batch, 0);
  return buildBatch({
    records: records.map((record) => ({ ...record, offsetDelta: record.offset - baseOffset })),
    baseOffset,
    leaderEpoch: partitionLeaderEpochOf(batch, 0),
    codec: changes.codec ?? compressionCodecOf(batch, 0),
    compressionLevel: changes.compressionLevel,
    producerId: producerIdOf(batch, 0),
    producerEpoch: producerEpochOf(batch, 0),
    baseSequence: baseSequenceOf(batch, 0),
    isTransactional: isTransactional(batch, 0),
    isControl: isControl(batch, 0),
    isLogAppendTime: hasLogAppendTime(batch, 0),
    lastOffsetDelta: lastOffsetDelta(batch, 0),
    maxTimestamp: changes.maxTimestamp ?? maxTimestampOf(batch, 0),
    deleteHorizonMs: changes.deleteHorizonMs,
  });
}

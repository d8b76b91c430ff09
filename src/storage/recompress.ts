/** Writes batches anew: with the codec that their topic asks for with `compression.type`, or with fewer records. */

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
import type { LogConfig } from './types';

const CODECS: Readonly<Record<string, CompressionCodec>> = {
  uncompressed: 'none',
  gzip: 'gzip',
  snappy: 'snappy',
  lz4: 'lz4',
  zstd: 'zstd',
};

/** How a batch is compressed that the leader writes anew. */
export interface Compression {
  readonly codec: CompressionCodec;
  readonly compressionLevel: number | undefined;
}

/** What the topic asks for; if it leaves the choice to the producer, that is `source`, at its usual level. */
export function compressionFor(source: CompressionCodec, config: LogConfig): Compression {
  const codec = CODECS[config['compression.type']];
  return codec === undefined
    ? { codec: source, compressionLevel: undefined }
    : { codec, compressionLevel: levelOf(codec, config) };
}

/** Whether the topic asks for another codec than the batch has. Markers stay as they are. */
export function needsOtherCodec(batch: Buffer, config: LogConfig): boolean {
  const codec = CODECS[config['compression.type']];
  return codec !== undefined && codec !== compressionCodecOf(batch, 0) && !isControl(batch, 0);
}

/** Level for the codecs that have one; −1 is gzip's own choice. */
function levelOf(codec: CompressionCodec, config: LogConfig): number | undefined {
  if (codec === 'zstd') return config['compression.zstd.level'];
  if (codec === 'lz4') return config['compression.lz4.level'];
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

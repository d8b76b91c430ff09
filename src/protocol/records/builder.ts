/** Builds record batches: what coordinators, markers, the cleaner and our own producer write. */
import type { CompressionCodec } from './batch';
import { HEADER_SIZE, attributeBits, writeHeader } from './batch';
import { compress } from './compression';
import type { RecordData, RecordHeader } from './record';
import { recordBodySize, writeRecord } from './record';
import { varintSize } from './varint';

export interface RecordToBuild {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: readonly RecordHeader[] | undefined;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** Offset relative to the batch's first; its place in the list if absent. */
  readonly offsetDelta?: number | undefined;
}

/** What is left out has the value of a batch that is neither idempotent nor transactional nor stored yet. */
export interface BatchToBuild {
  readonly records: readonly RecordToBuild[];
  readonly baseOffset?: number | undefined;
  readonly leaderEpoch?: number | undefined;
  readonly codec?: CompressionCodec | undefined;
  /** Of gzip and zstd; their usual level if absent. */
  readonly compressionLevel?: number | undefined;
  readonly producerId?: number | undefined;
  readonly producerEpoch?: number | undefined;
  readonly baseSequence?: number | undefined;
  readonly isTransactional?: boolean | undefined;
  readonly isControl?: boolean | undefined;
  readonly isLogAppendTime?: boolean | undefined;
  /** Of the last record unless given: a compacted batch keeps the offsets that it once had. */
  readonly lastOffsetDelta?: number | undefined;
  /** The largest of the records' unless given. */
  readonly maxTimestamp?: number | undefined;
  /** When compaction may drop the batch's tombstones and markers (KIP-534). */
  readonly deleteHorizonMs?: number | undefined;
}

const NO_TIMESTAMP = -1;

export function buildBatch(batch: BatchToBuild): Buffer {
  const { records, codec = 'none', deleteHorizonMs } = batch;
  const baseTimestamp =
    deleteHorizonMs ?? records[0]?.timestamp ?? batch.maxTimestamp ?? NO_TIMESTAMP;
  const lastDelta = records.at(-1)?.offsetDelta ?? records.length - 1;
  const buffer =
    codec === 'none' ? plain(records, baseTimestamp) : compressed(batch, codec, baseTimestamp);
  writeHeader(buffer, 0, {
    sizeBytes: buffer.length,
    baseOffset: batch.baseOffset ?? 0,
    leaderEpoch: batch.leaderEpoch ?? -1,
    attributes: attributeBits({
      codec,
      isLogAppendTime: batch.isLogAppendTime ?? false,
      isTransactional: batch.isTransactional ?? false,
      isControl: batch.isControl ?? false,
      hasDeleteHorizon: deleteHorizonMs !== undefined,
    }),
    lastOffsetDelta: batch.lastOffsetDelta ?? lastDelta,
    baseTimestamp,
    maxTimestamp: batch.maxTimestamp ?? largestTimestamp(records),
    producerId: batch.producerId ?? -1,
    producerEpoch: batch.producerEpoch ?? -1,
    baseSequence: batch.baseSequence ?? -1,
    recordCount: records.length,
  });
  return buffer;
}

function largestTimestamp(records: readonly RecordToBuild[]): number {
  return records.reduce((largest, { timestamp }) => Math.max(largest, timestamp), NO_TIMESTAMP);
}

/** A batch without its header yet, the records in place. */
function plain(records: readonly RecordToBuild[], baseTimestamp: number): Buffer {
  const rows = records.map((record, index) => {
    const data: RecordData = {
      key: record.key,
      value: record.value,
      headers: record.headers ?? [],
    };
    const timestampDelta = record.timestamp - baseTimestamp;
    const deltas = { offsetDelta: record.offsetDelta ?? index, timestampDelta };
    return { data, deltas: { ...deltas, bodySize: recordBodySize(data, deltas) } };
  });
  const size = rows.reduce(
    (sum, { deltas }) => sum + varintSize(deltas.bodySize) + deltas.bodySize,
    0,
  );
  const buffer = Buffer.allocUnsafe(HEADER_SIZE + size);
  let position = HEADER_SIZE;
  for (const { data, deltas } of rows) position = writeRecord(buffer, position, data, deltas);
  return buffer;
}

function compressed(batch: BatchToBuild, codec: CompressionCodec, baseTimestamp: number): Buffer {
  const records = plain(batch.records, baseTimestamp).subarray(HEADER_SIZE);
  return Buffer.concat([
    Buffer.alloc(HEADER_SIZE),
    compress(codec, records, batch.compressionLevel),
  ]);
}

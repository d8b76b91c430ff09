/**
 * A record batch being filled: one buffer that begins with room for the header and takes each record where it
 * will be sent from. It knows when its records were due, so that one acknowledgement gives all their latencies.
 */
import { HEADER_SIZE, attributeBits, writeHeader } from '../../protocol/records/batch';
import type { CompressionCodec } from '../../protocol/records/batch';
import { compress } from '../../protocol/records/compression';
import { recordBodySize, writeRecord } from '../../protocol/records/record';
import type { RecordData } from '../../protocol/records/record';
import { varintSize } from '../../protocol/records/varint';

/** When a record is made. */
export interface Moment {
  /** Of the monotonic clock: when it was to be sent; latency counts from here. */
  readonly sendMs: number;
  /** Of the wall clock: the record's timestamp. */
  readonly timestampMs: number;
  /** False for warm-up. */
  readonly isMeasured: boolean;
}

/** Records of a batch that have one moment. */
export interface Run {
  readonly moment: Moment;
  records: number;
  valueBytes: number;
}

export interface Seal {
  readonly codec: CompressionCodec;
  readonly compressionLevel: number | undefined;
  /** −1 for a producer that is not idempotent, as epoch and sequence. */
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
}

/** Room that a batch needs for one record whose value has `valueBytes` bytes, header included. */
export function bytesForOne(valueBytes: number): number {
  const data = { key: null, value: null, headers: [] };
  const around = recordBodySize(data, { offsetDelta: 0, timestampDelta: 0 });
  const body = around - varintSize(-1) + varintSize(valueBytes) + valueBytes;
  return HEADER_SIZE + varintSize(body) + body;
}

// Filled in for each record in turn: millions of objects would otherwise be made.
const record: { -readonly [K in keyof RecordData]: RecordData[K] } = {
  key: null,
  value: null,
  headers: [],
};
const deltas = { offsetDelta: 0, timestampDelta: 0, bodySize: 0 };

export class OutgoingBatch {
  readonly runs: Run[] = [];
  recordCount = 0;
  #isFull = false;
  #position = HEADER_SIZE;
  #baseTimestamp = 0;
  #maxTimestamp = 0;
  #sealed: Buffer | undefined;

  constructor(
    /** Its length bounds the batch. */
    readonly buffer: Buffer,
    /** Its place among all batches of the producer. */
    readonly order: number,
    readonly createdMs: number,
  ) {}

  /** Adds a record without key; if there is no room for it, false, and the batch is closed. */
  append(value: Buffer, moment: Moment): boolean {
    if (this.recordCount === 0) this.#baseTimestamp = moment.timestampMs;
    record.value = value;
    deltas.offsetDelta = this.recordCount;
    deltas.timestampDelta = moment.timestampMs - this.#baseTimestamp;
    deltas.bodySize = recordBodySize(record, deltas);
    const size = varintSize(deltas.bodySize) + deltas.bodySize;
    if (this.#position + size > this.buffer.length) {
      this.#isFull = true;
      return false;
    }
    this.#position = writeRecord(this.buffer, this.#position, record, deltas);
    this.#maxTimestamp = Math.max(this.#maxTimestamp, moment.timestampMs);
    this.recordCount += 1;
    this.#count(value.length, moment);
    return true;
  }

  /** The batch as it is sent. Sealed once: a retry sends the same bytes with the same sequence. */
  seal(seal: Seal): Buffer {
    if (this.#sealed) return this.#sealed;
    const bytes = this.#withRecords(seal);
    writeHeader(bytes, 0, {
      sizeBytes: bytes.length,
      baseOffset: 0,
      leaderEpoch: -1,
      attributes: attributeBits({
        codec: seal.codec,
        isLogAppendTime: false,
        isTransactional: false,
        isControl: false,
        hasDeleteHorizon: false,
      }),
      lastOffsetDelta: this.recordCount - 1,
      baseTimestamp: this.#baseTimestamp,
      maxTimestamp: this.#maxTimestamp,
      producerId: seal.producerId,
      producerEpoch: seal.producerEpoch,
      baseSequence: seal.baseSequence,
      recordCount: this.recordCount,
    });
    this.#sealed = bytes;
    return bytes;
  }

  /** True once it was made ready to be sent. */
  get isSealed(): boolean {
    return this.#sealed !== undefined;
  }

  /** True if no record can be added any more. */
  get isClosed(): boolean {
    return this.#isFull || this.#sealed !== undefined;
  }

  #withRecords({ codec, compressionLevel }: Seal): Buffer {
    const plain = this.buffer.subarray(0, this.#position);
    if (codec === 'none') return plain;
    const compressed = compress(codec, plain.subarray(HEADER_SIZE), compressionLevel);
    const bytes = Buffer.allocUnsafe(HEADER_SIZE + compressed.length);
    compressed.copy(bytes, HEADER_SIZE);
    return bytes;
  }

  #count(valueBytes: number, moment: Moment): void {
    let run = this.runs.at(-1);
    if (run?.moment !== moment) {
      run = { moment, records: 0, valueBytes: 0 };
      this.runs.push(run);
    }
    run.records += 1;
    run.valueBytes += valueBytes;
  }
}

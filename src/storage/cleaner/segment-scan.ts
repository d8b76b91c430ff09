/**
 * Reads the batches of segments for the cleaner in large slices, the next one while the last is being worked on.
 * Nothing goes on from what is damaged: a batch whose checksum or offsets are wrong ends the scan.
 */

import { ProtocolError } from '../../protocol/errors';
import { batchSizeAt, magicOf } from '../../protocol/records/batch';
import { isIntact } from '../../protocol/records/reader';
import { HEADER_BYTES, LEAST_BATCH_BYTES, lastOffsetAt } from '../segment/batch-header';
import type { Segment } from '../segment/segment';
import type { IoThrottle } from './io-throttle';
import type { Pace } from './pace';

/**
 * Looks at the batch at `at` of `buffer`, whose bytes are gone when the visit has ended. False, or a promise of it,
 * ends the scan.
 */
export type BatchVisit = (buffer: Buffer, at: number) => boolean | Promise<boolean>;

export interface ScanOptions {
  /** How much is read at once. */
  readonly sliceBytes: number;
  readonly throttle: IoThrottle;
  readonly pace: Pace;
  /** Throws if the work is to be given up. */
  readonly checkGoing: () => void;
}

/** The part of a segment to scan. */
export interface ScanRange {
  readonly segment: Segment;
  /** Position of a batch. */
  readonly from: number;
  /** The offsets of all batches lie below. */
  readonly endOffset: number;
}

/** Bytes of the file from `position` on. */
interface Slice {
  readonly position: number;
  readonly bytes: Buffer;
}

export class SegmentScan {
  /** Takes turns: one is filled while the other is looked at. */
  #buffers: [Buffer, Buffer];

  constructor(private readonly options: ScanOptions) {
    const room = (): Buffer => Buffer.allocUnsafeSlow(options.sliceBytes);
    this.#buffers = [room(), room()];
  }

  /** Rejects with CORRUPT_MESSAGE where there is no good batch, with `FileError`, and as `checkGoing` and `visit`. */
  async run(range: ScanRange, visit: BatchVisit): Promise<void> {
    const { segment, from } = range;
    const to = segment.sizeBytes;
    const order = new OffsetOrder(range);
    let next = from < to ? this.#read(segment, from) : undefined;
    try {
      while (next) {
        const slice = await next;
        const end = wholeBatches(slice.bytes);
        const needed = end > 0 ? 0 : sizeOfFirst(segment, slice, to);
        const position = slice.position + end;
        next = position < to ? this.#read(segment, position, needed) : undefined;
        next?.catch(() => undefined); // Whoever awaits it hears of it; the scan may end before.
        if (!(await this.#visit({ slice, end, order }, visit))) return;
      }
    } finally {
      await next?.catch(() => undefined); // Its buffer is in use until then.
    }
  }

  /** False if a visit ended the scan. */
  async #visit({ slice, end, order }: Visited, visit: BatchVisit): Promise<boolean> {
    const { throttle, pace, checkGoing } = this.options;
    checkGoing();
    await throttle.spend(end);
    for (let at = 0; at < end; at += batchSizeAt(slice.bytes, at)) {
      order.check(slice, at);
      const isGoing = visit(slice.bytes, at);
      if (!(isGoing instanceof Promise ? await isGoing : isGoing)) return false;
      if (!pace.isDue) continue;
      await pace.rest();
      checkGoing();
    }
    return true;
  }

  /** Reads a slice, or `needed` bytes if a batch is larger than that. */
  #read(segment: Segment, position: number, needed = 0): Promise<Slice> {
    const [room, other] = this.#buffers;
    this.#buffers = [other, room];
    const target = needed > room.length ? Buffer.allocUnsafeSlow(needed) : room;
    const length = Math.min(target.length, segment.sizeBytes - position);
    return segment.log.hold(async (file) => {
      const count = await file.read(target, 0, length, position);
      if (count < length) throw damaged(segment, position + count);
      return { position, bytes: target.subarray(0, count) };
    });
  }
}

interface Visited {
  readonly slice: Slice;
  /** Where its last whole batch ends. */
  readonly end: number;
  readonly order: OffsetOrder;
}

/** Where the last whole batch ends; stops before what is no batch. */
function wholeBatches(bytes: Buffer): number {
  let end = 0;
  while (end + LEAST_BATCH_BYTES <= bytes.length) {
    const magic = magicOf(bytes, end);
    const least = magic === 2 ? HEADER_BYTES : LEAST_BATCH_BYTES;
    const size = batchSizeAt(bytes, end);
    if (magic < 0 || magic > 2 || size < least || end + size > bytes.length) return end;
    end += size;
  }
  return end;
}

/** Size of a batch that is larger than the slice. Throws CORRUPT_MESSAGE if it is none. */
function sizeOfFirst(segment: Segment, { position, bytes }: Slice, to: number): number {
  const size = bytes.length < LEAST_BATCH_BYTES ? 0 : batchSizeAt(bytes, 0);
  if (size <= bytes.length || position + size > to) throw damaged(segment, position);
  return size;
}

/** Checks that a batch is what was written, and comes after the one before it. */
class OffsetOrder {
  #lastOffset: number;

  constructor(private readonly range: ScanRange) {
    this.#lastOffset = range.segment.baseOffset - 1;
  }

  check({ position, bytes }: Slice, at: number): void {
    const lastOffset = lastOffsetAt(bytes, at);
    const isInOrder = lastOffset > this.#lastOffset && lastOffset < this.range.endOffset;
    if (!isInOrder || !isIntact(bytes, at)) throw damaged(this.range.segment, position + at);
    this.#lastOffset = lastOffset;
  }
}

function damaged(segment: Segment, position: number): ProtocolError {
  return new ProtocolError(
    'CORRUPT_MESSAGE',
    `No good record batch at position ${String(position)} of ${segment.log.path}`,
  );
}

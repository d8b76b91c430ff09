/**
 * Walks along the batches of a segment's file in large reads, for whoever must see them all: recovery, producer
 * state, the cleaner. One walk, driven synchronously or asynchronously.
 */

import { isIntact } from '../../protocol/records/reader';
import { LARGEST_BUFFER } from '../cache/buffer-pool';
import { headerAt } from './batch-header';
import type { BatchHeader } from './batch-header';
import type { Segment } from './segment';

export interface WalkedBatch {
  readonly header: BatchHeader;
  /** Position of the batch in the file. */
  readonly position: number;
  /** The whole batch; the bytes are gone when the visit returns. */
  readonly bytes: Buffer;
}

/** Bytes of a segment's file. */
export interface FileRange {
  readonly from: number;
  readonly to: number;
  /** How much is read at once, 1 MiB if not given: smaller reads give way more often. */
  readonly sliceBytes?: number;
  /** Returns whether to pass over a batch that is not what was written; the walk ends there if not given. */
  readonly onDamage?: (batch: Omit<WalkedBatch, 'bytes'>) => boolean;
}

/** Returns false to stop the walk before this batch. */
export type BatchVisitor = (batch: WalkedBatch) => boolean;

/** Asks for bytes of the file, and is told how many came. */
type Walk = Generator<{ buffer: Buffer; position: number }, number, number>;

/**
 * Visits the batches from `position` on, only those whose checksum fits. Returns where it ended: the end of the
 * file, the batch that was not accepted, or the first bytes that are no whole batch.
 */
export function walkSync(segment: Segment, range: FileRange, visit: BatchVisitor): number {
  const walk = steps(range, visit);
  let step = walk.next();
  while (!step.done) {
    const { buffer, position: at } = step.value;
    step = walk.next(segment.log.file.readSync(buffer, 0, buffer.length, at));
  }
  return step.value;
}

/** As `walkSync`, giving way to everything else between two reads. */
export async function walkAsync(
  segment: Segment,
  range: FileRange,
  visit: BatchVisitor,
): Promise<number> {
  const walk = steps(range, visit);
  let step = walk.next();
  while (!step.done) {
    const { buffer, position: at } = step.value;
    step = walk.next(await segment.log.hold((file) => file.read(buffer, 0, buffer.length, at)));
  }
  return step.value;
}

function* steps(range: FileRange, visit: BatchVisitor): Walk {
  const { from, to, sliceBytes = LARGEST_BUFFER, onDamage = () => false } = range;
  let position = from;
  let room = Buffer.allocUnsafeSlow(Math.min(sliceBytes, Math.max(to - from, 1)));
  while (position < to) {
    const buffer = room.subarray(0, Math.min(room.length, to - position));
    const count = yield { buffer, position };
    let at = 0;
    let header = headerAt(buffer, at, count);
    while (header && at + header.sizeBytes <= count) {
      const bytes = buffer.subarray(at, at + header.sizeBytes);
      const isAccepted = isIntact(buffer, at)
        ? visit({ header, position: position + at, bytes })
        : onDamage({ header, position: position + at });
      if (!isAccepted) return position + at;
      at += header.sizeBytes;
      header = headerAt(buffer, at, count - at);
    }
    position += at;
    const needed = header?.sizeBytes ?? 0;
    if (position + needed > to) return position;
    if (at > 0) continue;
    // Not one whole batch: either it needs more room, or it is none.
    if (needed <= room.length) return position;
    room = Buffer.allocUnsafeSlow(needed);
  }
  return position;
}

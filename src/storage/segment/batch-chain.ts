/**
 * Says whether a batch that was read from a file can be the one that was written there: base offset and leader
 * epoch, which its checksum does not cover, must fit what comes before and after.
 */

import type { BatchHeader } from './batch-header';

/** What the batches of a segment must fit. */
export interface ChainLimits {
  /** No batch of the segment reaches this offset. */
  readonly endOffset: number;
  /** The leader epoch at an offset; `undefined` if it is not known. */
  readonly epochAt: (offset: number) => number | undefined;
}

/** Follows neighbouring batches. */
export class BatchChain {
  /** The last batch does not begin where the one before it ended, as compaction leaves it. */
  hasGap = false;

  constructor(
    /** The first batch begins here or later. */
    private nextOffset: number,
    private readonly limits: ChainLimits,
  ) {}

  /** Why `header` cannot be that of the next batch; `undefined`, and one step on, if it can. */
  follow({ baseOffset, lastOffset, leaderEpoch }: BatchHeader): string | undefined {
    if (lastOffset < baseOffset) return `it ends at offset ${String(lastOffset)}, before its start`;
    if (baseOffset < this.nextOffset) return `offset ${String(this.nextOffset)} is due`;
    if (lastOffset >= this.limits.endOffset) {
      return `it ends at offset ${String(lastOffset)}, but offset ${String(this.limits.endOffset)} lies after it`;
    }
    const epoch = leaderEpoch < 0 ? undefined : this.limits.epochAt(baseOffset);
    if (epoch !== undefined && epoch !== leaderEpoch) {
      return `it carries leader epoch ${String(leaderEpoch)} where ${String(epoch)} was in force`;
    }
    this.hasGap = baseOffset > this.nextOffset;
    this.nextOffset = lastOffset + 1;
    return undefined;
  }
}

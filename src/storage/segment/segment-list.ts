/** The segments of one log in the order of their base offsets. The last one is active: appends go there. */

import { present } from '../../base/assert';
import type { Segment } from './segment';

export class SegmentList {
  #segments: Segment[];

  constructor(segments: readonly Segment[]) {
    this.#segments = [...segments].sort((a, b) => a.baseOffset - b.baseOffset);
  }

  get active(): Segment {
    return present(this.#segments.at(-1), 'a segment of the log');
  }

  get first(): Segment {
    return present(this.#segments[0], 'a segment of the log');
  }

  get all(): readonly Segment[] {
    return this.#segments;
  }

  get sizeBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.sizeBytes, 0);
  }

  /** The segment that `offset` belongs to; the first one for an offset before it. */
  at(offset: number): Segment {
    return present(this.#segments[Math.max(this.#floor(offset), 0)], 'a segment of the log');
  }

  /** The one that `offset` belongs to, and all later ones. */
  from(offset: number): readonly Segment[] {
    return this.#segments.slice(Math.max(this.#floor(offset), 0));
  }

  /** The one after `segment`, which may have been removed meanwhile. */
  after(segment: Segment): Segment | undefined {
    return this.#segments[this.#floor(segment.baseOffset) + 1];
  }

  /** One past the last offset that may lie in `segment`. */
  endOf(segment: Segment, logEndOffset: number): number {
    return this.after(segment)?.baseOffset ?? logEndOffset;
  }

  add(segment: Segment): void {
    this.#segments = new SegmentList([...this.#segments, segment]).#segments;
  }

  remove(removed: readonly Segment[]): void {
    const gone = new Set(removed);
    this.#segments = this.#segments.filter((segment) => !gone.has(segment));
  }

  /** Index of the last segment that begins at or before `offset`, −1 if there is none. */
  #floor(offset: number): number {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#segments[middle]?.baseOffset ?? Infinity) <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

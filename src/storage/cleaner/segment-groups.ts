/** Which segments become one (`Cleaner.groupSegmentsBySize`): neighbours whose sum keeps the limits of a segment. */

import type { Log } from '../log';
import type { Segment } from '../segment/segment';

const MAX_RELATIVE_OFFSET = 2 ** 31 - 1;

/** Never empty. */
export type SegmentGroup = readonly [Segment, ...Segment[]];

interface Sizes {
  readonly log: number;
  readonly index: number;
  readonly timeIndex: number;
}

export function groupBySize(log: Log, segments: readonly Segment[]): SegmentGroup[] {
  const indexBytes = log.config['segment.index.bytes'];
  const limits = { log: log.config['segment.bytes'], index: indexBytes, timeIndex: indexBytes };
  const groups: [Segment, ...Segment[]][] = [];
  let total = sizesOf();
  for (const segment of segments) {
    const group = groups.at(-1);
    const sum = add(total, sizesOf(segment));
    const lastOffset = log.segments.endOf(segment, log.logEndOffset) - 1;
    // An empty segment needs no room in an index: it never stays behind alone.
    const isNear =
      segment.sizeBytes === 0 || lastOffset - (group?.[0].baseOffset ?? 0) <= MAX_RELATIVE_OFFSET;
    if (group && isNear && isWithin(sum, limits)) {
      group.push(segment);
      total = sum;
    } else {
      groups.push([segment]);
      total = sizesOf(segment);
    }
  }
  return groups;
}

function sizesOf(segment?: Segment): Sizes {
  return {
    log: segment?.sizeBytes ?? 0,
    index: segment?.offsetIndex.entries.sizeBytes ?? 0,
    timeIndex: segment?.timeIndex.entries.sizeBytes ?? 0,
  };
}

function add(a: Sizes, b: Sizes): Sizes {
  return { log: a.log + b.log, index: a.index + b.index, timeIndex: a.timeIndex + b.timeIndex };
}

function isWithin(sizes: Sizes, limits: Sizes): boolean {
  return (
    sizes.log <= limits.log && sizes.index <= limits.index && sizes.timeIndex <= limits.timeIndex
  );
}

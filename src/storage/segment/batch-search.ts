/**
 * Finds the batches of a read in a stretch of a segment's file, and makes sure of each that it is what was written.
 * Batches before the wanted one are only walked along by their headers, unless something was wrong already.
 */

import { isIntact } from '../../protocol/records/reader';
import type { ReadOptions } from '../types';
import type { BatchChain } from './batch-chain';
import { HEADER_BYTES, headerAt } from './batch-header';
import type { BatchHeader } from './batch-header';
import type { OffsetPosition } from './offset-index';

/** Where a search begins. */
export interface SearchStart {
  readonly position: number;
  /** The batch there begins at this offset or later. */
  readonly leastOffset: number;
  /** The index entry that led there. */
  readonly entry: OffsetPosition | undefined;
  /** Check also what lies before the wanted batch. */
  readonly isCareful: boolean;
}

/** A stretch of the file in memory. */
export interface Stretch {
  readonly buffer: Buffer;
  readonly count: number;
  /** The checksums of all batches that end by here were found to fit. */
  readonly intactBytes: number;
  /** Nothing follows in the file. */
  readonly isEnd: boolean;
  /** The header at a position of the stretch, or beyond it; `undefined` at the end of the file. */
  readonly headerAfter: (at: number) => BatchHeader | undefined;
}

/** Not what was written, or an index entry that leads astray. */
export interface Suspicion {
  readonly kind: 'suspicion';
  readonly at: number;
  readonly reason: string;
  /** Only that offsets are missing where the wanted one should be, which compaction does too. */
  readonly isGap: boolean;
}

export type Found =
  /** Whole batches between two positions of the stretch. */
  | {
      readonly kind: 'batches';
      readonly from: number;
      readonly to: number;
      readonly nextOffset: number;
    }
  /** Nothing yet: go on so many bytes further, with at least so many bytes. */
  | { readonly kind: 'more'; readonly skipBytes: number; readonly leastBytes: number }
  /** The segment has no such batch. */
  | { readonly kind: 'end' }
  /** The wanted batch must not be returned. */
  | { readonly kind: 'withheld' }
  | Suspicion;

export interface Search {
  readonly start: SearchStart;
  readonly wanted: ReadOptions;
  readonly chain: BatchChain;
}

/** Where the first batch begins whose checksum does not fit, or that is not whole; for `Stretch.intactBytes`. */
export function intactBytesOf(buffer: Buffer, count: number): number {
  let at = 0;
  for (;;) {
    const header = headerAt(buffer, at, count - at);
    if (!header || at + header.sizeBytes > count || !isIntact(buffer, at)) return at;
    at += header.sizeBytes;
  }
}

function isIntactIn(stretch: Stretch, at: number, { sizeBytes }: BatchHeader): boolean {
  return at + sizeBytes <= stretch.intactBytes || isIntact(stretch.buffer, at);
}

/** Looks through a stretch; `isFirst` if it is the one at which the search begins. */
export function searchStretch(stretch: Stretch, search: Search, isFirst: boolean): Found {
  const { buffer, count, isEnd } = stretch;
  const { start, wanted, chain } = search;
  for (let at = 0; ;) {
    const left = count - at;
    if (left <= 0 && isEnd) {
      return isFirst && start.entry ? suspicion(at, 'the file ends before it') : { kind: 'end' };
    }
    const header = headerAt(buffer, at, left);
    if (!header) {
      if (at > 0 && left < HEADER_BYTES && !isEnd) return more(at, 0);
      return suspicion(at, 'no batch begins there');
    }
    const isSkipped = header.lastOffset < wanted.offset;
    if (header.sizeBytes > left) {
      if (isEnd) return suspicion(at, 'the file ends inside of it');
      if (!isSkipped || start.isCareful) return more(at, header.sizeBytes);
    }
    const reason = wrongStart(search, header, isFirst && at === 0) ?? chain.follow(header);
    if (reason !== undefined) return suspicion(at, reason);
    if (!isSkipped) return collect(stretch, search, { at, header });
    if (start.isCareful && !isIntactIn(stretch, at, header)) return suspicion(at, WRONG_CHECKSUM);
    at += header.sizeBytes;
    if (at > count) return more(at, 0);
  }
}

const WRONG_CHECKSUM = 'its checksum does not fit';

const more = (skipBytes: number, leastBytes: number): Found => ({
  kind: 'more',
  skipBytes,
  leastBytes,
});

const suspicion = (at: number, reason: string, isGap = false): Suspicion => ({
  kind: 'suspicion',
  at,
  reason,
  isGap,
});

/** Kafka's followers index a whole fetch by its last offset, so the batch may end before the entry says. */
function wrongStart({ start }: Search, header: BatchHeader, isFirst: boolean): string | undefined {
  if (!isFirst || !start.entry || header.baseOffset <= start.entry.offset) return undefined;
  return `the index expects offset ${String(start.entry.offset)} there`;
}

interface Place {
  readonly at: number;
  readonly header: BatchHeader;
}

/** The whole batches from the first wanted one on that may be returned and are what was written. */
function collect(stretch: Stretch, search: Search, first: Place): Found {
  const { start, wanted, chain } = search;
  const isMissing = chain.hasGap && first.header.baseOffset > wanted.offset;
  if (isMissing && start.entry && !start.isCareful) {
    return suspicion(first.at, `offset ${String(wanted.offset)} is missing before it`, true);
  }
  let { at: end, header } = first;
  let nextOffset = wanted.offset;
  for (;;) {
    const hasGap = chain.hasGap;
    const limit = whyNot(stretch, search, first, { at: end, header });
    if (limit !== undefined) {
      if (end > first.at) break;
      return limit;
    }
    const following = end + header.sizeBytes;
    const next = headerAt(stretch.buffer, following, stretch.count - following);
    // A base offset that was moved up leaves a gap before its batch and overlaps with the next one.
    const after = next ?? (hasGap ? stretch.headerAfter(following) : undefined);
    if (hasGap && after && after.baseOffset <= header.lastOffset) {
      if (end > first.at) break;
      return suspicion(end, `offset ${String(after.baseOffset)} follows it`);
    }
    end = following;
    nextOffset = header.lastOffset + 1;
    const isWhole = next && following + next.sizeBytes <= stretch.count;
    if (!isWhole || chain.follow(next) !== undefined) break;
    header = next;
  }
  return { kind: 'batches', from: first.at, to: end, nextOffset };
}

/** Why a batch, which follows the one before it, is not returned; `undefined` if it is. */
function whyNot(
  stretch: Stretch,
  { wanted }: Search,
  first: Place,
  { at, header }: Place,
): Found | undefined {
  const isFirst = at === first.at;
  const isTooMuch =
    at + header.sizeBytes - first.at > wanted.maxBytes && !(wanted.minOneBatch && isFirst);
  if (header.lastOffset >= wanted.upTo || isTooMuch) return { kind: 'withheld' };
  return isIntactIn(stretch, at, header) ? undefined : suspicion(at, WRONG_CHECKSUM);
}

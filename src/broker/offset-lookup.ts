/** Finding offsets for ListOffsets (`kafka.cluster.Partition.fetchOffsetForTimestamp`). */
import { ProtocolError } from '../protocol/errors';
import type { Partition } from '../replication/partition';

export type OffsetReader = 'follower' | 'debug' | 'read_uncommitted' | 'read_committed';

/** What is asked for in place of a time, and the version that first may. */
const LATEST = -1;
const EARLIEST = -2;
const MAX_TIMESTAMP = -3;
const EARLIEST_LOCAL = -4;
const LATEST_TIERED = -5;
const FIRST_VERSION: Readonly<Record<number, number>> = {
  [LATEST]: 0,
  [EARLIEST]: 0,
  [MAX_TIMESTAMP]: 7,
  [EARLIEST_LOCAL]: 8,
  [LATEST_TIERED]: 9,
};

interface FoundOffset {
  readonly offset: number;
  readonly timestamp: number;
  readonly leaderEpoch: number;
}

const NOTHING: FoundOffset = { offset: -1, timestamp: -1, leaderEpoch: -1 };

/** Throws a `ProtocolError`. */
export async function findOffset(
  partition: Partition,
  timestamp: number,
  { reader, apiVersion }: { readonly reader: OffsetReader; readonly apiVersion: number },
): Promise<FoundOffset> {
  if (timestamp < 0 && apiVersion < (FIRST_VERSION[timestamp] ?? Infinity)) {
    throw new ProtocolError('UNSUPPORTED_VERSION');
  }
  const log = partition.requireLog();
  switch (timestamp) {
    case LATEST:
      refuseUnsettled(partition, reader);
      return {
        offset: endFor(partition, reader),
        timestamp: -1,
        leaderEpoch: log.latestEpoch ?? -1,
      };
    case EARLIEST:
    case EARLIEST_LOCAL: {
      const offset = log.logStartOffset;
      return { offset, timestamp: -1, leaderEpoch: log.epochAt(offset) ?? -1 };
    }
    case MAX_TIMESTAMP:
      return visible(partition, reader, await log.maxTimestampOffset());
    case LATEST_TIERED:
      return NOTHING;
    default:
      return visible(partition, reader, await log.offsetForTimestamp(timestamp));
  }
}

/**
 * Version 0: where to start reading for records of `timestamp` and older, newest first. Goes by the times at
 * which segments were last written (`kafka.log.UnifiedLog.legacyFetchOffsetsBefore`).
 */
export function findOffsetsBefore(
  partition: Partition,
  { timestamp, maxCount, nowMs }: { timestamp: number; maxCount: number; nowMs: number },
): number[] {
  const log = partition.requireLog();
  const { highWatermark, logStartOffset, logEndOffset, segments } = log;
  const starts = segments.all.map((segment) => ({
    offset: Math.max(segment.baseOffset, logStartOffset),
    modifiedMs: segment.modifiedMs,
  }));
  const hasRecords = (segments.all.at(-1)?.baseOffset ?? logEndOffset) < logEndOffset;
  if (hasRecords) starts.push({ offset: logEndOffset, modifiedMs: nowMs });
  const last = lastIndexBefore(starts, timestamp);
  const offsets = starts
    .slice(0, last + 1)
    .map(({ offset }) => offset)
    .reverse()
    .slice(0, Math.max(0, maxCount));
  const visible = offsets.filter((offset) => offset <= highWatermark);
  return visible.length < offsets.length ? [highWatermark, ...visible] : offsets;
}

function lastIndexBefore(starts: readonly { modifiedMs: number }[], timestamp: number): number {
  if (timestamp === LATEST) return starts.length - 1;
  if (timestamp === EARLIEST) return 0;
  return starts.findLastIndex(({ modifiedMs }) => modifiedMs <= timestamp);
}

function endFor(partition: Partition, reader: OffsetReader): number {
  const log = partition.requireLog();
  switch (reader) {
    case 'follower':
      return log.logEndOffset;
    case 'read_committed':
      return log.lastStableOffset;
    default:
      return log.highWatermark;
  }
}

/**
 * A new leader's high watermark may lie below what its predecessor has shown already. Until it has
 * caught up with the start of the epoch, consumers are told to ask again (KIP-207).
 */
function isUnsettled(partition: Partition, reader: OffsetReader): boolean {
  const { leadership } = partition;
  if (!leadership || reader === 'follower' || reader === 'debug') return false;
  return partition.requireLog().highWatermark < leadership.epochStartOffset;
}

function refuseUnsettled(partition: Partition, reader: OffsetReader): void {
  if (isUnsettled(partition, reader)) {
    throw new ProtocolError(
      'OFFSET_NOT_AVAILABLE',
      `the high watermark of ${partition.key} has not caught up with the latest election yet`,
    );
  }
}

/** A record beyond what the reader may see counts as not there. */
function visible(
  partition: Partition,
  reader: OffsetReader,
  found: FoundOffset | undefined,
): FoundOffset {
  if (found && found.offset < endFor(partition, reader)) return found;
  refuseUnsettled(partition, reader);
  return NOTHING;
}

/**
 * What a fetch of one partition asks, and where it stands in the log: every check that Fetch makes for a
 * partition, before and apart from reading. The order of the checks is the order of the errors that
 * clients see (`kafka.cluster.Partition.fetchRecords`).
 */

import { ProtocolError } from '../protocol/errors';
import type { Log } from '../storage/log';
import type { EpochEndOffset, LogRead } from '../storage/types';

export type FetchReader =
  /** `brokerEpoch` −1: a follower of an inter-broker protocol before 3.5 does not tell (KIP-903). */
  | { readonly kind: 'follower'; readonly brokerId: number; readonly brokerEpoch: number }
  | { readonly kind: 'consumer'; readonly isolation: 'read_uncommitted' | 'read_committed' }
  /** Replica id −2: reads like a consumer, from any replica. */
  | { readonly kind: 'debug' };

export interface FetchQuery {
  readonly reader: FetchReader;
  readonly fetchOffset: number;
  /** −1 if the client does not know. */
  readonly currentLeaderEpoch: number;
  /** Epoch of the last record before `fetchOffset` that the reader has; −1 if it does not say. */
  readonly lastFetchedEpoch: number;
}

/** The offsets are those before the read. */
export interface FetchPosition {
  readonly fetchOffset: number;
  /** Exclusive bound of what this reader may see. */
  readonly upTo: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  /** End of what can be served. */
  readonly endOffset: number;
  /** The reader's history is not the leader's: where they may have parted. Nothing is read then. */
  readonly divergingEpoch: EpochEndOffset | undefined;
}

export interface PartitionRead extends FetchPosition {
  /** `undefined` when there is nothing to read. Whoever gets a `LogRead` releases it. */
  readonly data: LogRead | Promise<LogRead> | undefined;
}

/** What locating reads of a partition. */
export interface FetchedPartition {
  readonly key: string;
  /** The log, once the client's epoch and the role have been checked. Throws a `ProtocolError`. */
  logFor(client: { currentLeaderEpoch: number; leaderOnly: boolean }): Log;
  requireLog(): Log;
  hasFollower(brokerId: number): boolean;
}

export interface ReadLimits {
  readonly maxBytes: number;
  readonly minOneBatch: boolean;
}

/** Runs for each partition of each fetch, most of which have nothing new: it makes one object. */
type Located = { -readonly [K in keyof PartitionRead]: PartitionRead[K] };

/** Throws a `ProtocolError`. */
export function locateFetch(partition: FetchedPartition, query: FetchQuery): Located {
  const { reader, currentLeaderEpoch, fetchOffset } = query;
  const log = partition.logFor({ currentLeaderEpoch, leaderOnly: reader.kind !== 'debug' });
  if (reader.kind === 'follower') checkIsReplica(partition, reader.brokerId, currentLeaderEpoch);
  const divergingEpoch = findDivergence(log, query);
  const isInRange = fetchOffset >= log.logStartOffset && fetchOffset <= log.logEndOffset;
  if (!divergingEpoch && !isInRange) throw outOfRange(log, fetchOffset);
  return {
    fetchOffset,
    upTo: boundOf(log, reader),
    highWatermark: log.highWatermark,
    lastStableOffset: log.lastStableOffset,
    logStartOffset: log.logStartOffset,
    endOffset: log.writtenEndOffset,
    divergingEpoch,
    data: undefined,
  };
}

/** Throws a `ProtocolError`; the data may come later, from the file. */
export function readFetch(
  partition: FetchedPartition,
  query: FetchQuery,
  { maxBytes, minOneBatch }: ReadLimits,
): PartitionRead {
  const located = locateFetch(partition, query);
  const { fetchOffset: offset, upTo, divergingEpoch } = located;
  if (divergingEpoch || offset >= upTo) return located;
  located.data = partition.requireLog().read({ offset, upTo, maxBytes, minOneBatch });
  return located;
}

function boundOf(log: Log, reader: FetchReader): number {
  if (reader.kind === 'follower') return log.writtenEndOffset;
  const isCommittedOnly = reader.kind === 'consumer' && reader.isolation === 'read_committed';
  return isCommittedOnly ? log.lastStableOffset : log.highWatermark;
}

/**
 * A follower that this leader was not told about may be new: with an epoch it is told to ask again, and
 * an older one, without, that it may have the wrong leader.
 */
function checkIsReplica(
  partition: FetchedPartition,
  brokerId: number,
  currentLeaderEpoch: number,
): void {
  if (partition.hasFollower(brokerId)) return;
  const error = currentLeaderEpoch === -1 ? 'NOT_LEADER_OR_FOLLOWER' : 'UNKNOWN_LEADER_EPOCH';
  throw new ProtocolError(error, `broker ${String(brokerId)} is no replica of ${partition.key}`);
}

/** KIP-595: the reader's last epoch ended earlier here, or does not exist here. */
function findDivergence(log: Log, query: FetchQuery): EpochEndOffset | undefined {
  const { lastFetchedEpoch, fetchOffset } = query;
  if (lastFetchedEpoch === -1) return undefined;
  const end = log.endOffsetForEpoch(lastFetchedEpoch);
  const isUndefined = end.epoch === -1 || end.endOffset === -1;
  if (isUndefined || fetchOffset < log.logStartOffset) throw outOfRange(log, fetchOffset);
  return end.epoch < lastFetchedEpoch || end.endOffset < fetchOffset ? end : undefined;
}

function outOfRange(log: Log, fetchOffset: number): ProtocolError {
  const range = `${String(log.logStartOffset)} to ${String(log.logEndOffset)}`;
  return new ProtocolError(
    'OFFSET_OUT_OF_RANGE',
    `${log.key} has no offset ${String(fetchOffset)}, only ${range}`,
  );
}

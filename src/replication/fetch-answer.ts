/** What a follower does with a fetch's answer for one partition; everything that must happen at once. */

import type { Log as EventLog } from '../platform/ports';
import { AssertionError } from '../base/assert';
import { errorName, ProtocolError } from '../protocol/errors';
import type { FetchResponse } from '../protocol/messages/01-fetch';
import { StorageError } from '../storage/types';
import type { FollowedPartition } from './followed-partition';
import { decideTruncation, type EpochEnd } from './state/truncation';

export type PartitionAnswer = FetchResponse['responses'][number]['partitions'][number];

/** What is left to do for the fetcher. */
export type AnswerEffect = { readonly followed: FollowedPartition } & (
  | { readonly kind: 'unchanged' | 'outOfRange' | 'delayed' | 'failed' }
  /** The position or the log start is another; it may be told to the leader once `durable` has settled. */
  | { readonly kind: 'moved'; readonly durable: Promise<void> }
);

const NO_RECORDS = Buffer.alloc(0);

/** Batches that a leader may send damaged for once, or while its own log changes; asked for again later. */
const TRANSIENT = new Set(['CORRUPT_MESSAGE', 'INVALID_RECORD']);

export function applyAnswer(
  followed: FollowedPartition,
  answer: PartitionAnswer,
  log: EventLog,
): AnswerEffect {
  const error = errorName(answer.errorCode);
  switch (error) {
    case 'NONE':
      followed.failures = 0;
      return guarded(followed, log, () => {
        const isDiverging = answer.divergingEpoch.epoch >= 0;
        return isDiverging ? truncate(followed, answer.divergingEpoch) : append(followed, answer);
      });
    case 'OFFSET_OUT_OF_RANGE':
      return { followed, kind: 'outOfRange' };
    case 'FENCED_LEADER_EPOCH':
      log.warn(`${followed.key} is followed at an old leader epoch, waiting for the controller`, {
        leaderEpoch: followed.leaderEpoch,
      });
      return { followed, kind: 'failed' };
    case 'NOT_LEADER_OR_FOLLOWER':
    case 'UNKNOWN_LEADER_EPOCH':
      // Usual while the controller's word is on its way to both sides.
      log.debug(`${followed.key} cannot be fetched yet: ${error}`);
      return { followed, kind: 'delayed' };
    default:
      log.warn(`${followed.key} cannot be fetched: ${error}`);
      return { followed, kind: 'delayed' };
  }
}

function append(followed: FollowedPartition, answer: PartitionAnswer): AnswerEffect {
  const { replica } = followed;
  const log = replica.requireLog();
  if (followed.fetchOffset !== log.logEndOffset) {
    throw new Error(
      `fetched at ${String(followed.fetchOffset)}, but the log ends at ${String(log.logEndOffset)}`,
    );
  }
  const { logStartOffset } = log;
  followed.leaderHighWatermark = answer.highWatermark;
  const appended = replica.appendAsFollower({
    records: answer.records ?? NO_RECORDS,
    leaderHighWatermark: answer.highWatermark,
    leaderLogStartOffset: answer.logStartOffset,
  });
  if (appended) {
    followed.moveTo(log.logEndOffset);
    return { followed, kind: 'moved', durable: replica.durable() };
  }
  // A log start that rose is news for the leader too: whoever deleted records waits for all replicas.
  if (log.logStartOffset === logStartOffset) return { followed, kind: 'unchanged' };
  return { followed, kind: 'moved', durable: Promise.resolve() };
}

/** High watermark and log start in such an answer are for after the truncation, when they come again. */
function truncate(followed: FollowedPartition, leader: EpochEnd): AnswerEffect {
  const { replica, fetchOffset } = followed;
  const log = replica.requireLog();
  const truncation = decideTruncation(leader, {
    fetchOffset,
    logEndOffset: log.logEndOffset,
    endOffsetForEpoch: (epoch) => log.endOffsetForEpoch(epoch),
  });
  replica.truncate(truncation);
  followed.moveTo(log.logEndOffset);
  return { followed, kind: 'moved', durable: Promise.resolve() };
}

function guarded(
  followed: FollowedPartition,
  log: EventLog,
  apply: () => AnswerEffect,
): AnswerEffect {
  try {
    return apply();
  } catch (error) {
    if (error instanceof AssertionError) throw error;
    const isTransient =
      error instanceof ProtocolError &&
      !(error instanceof StorageError) &&
      TRANSIENT.has(error.errorName);
    const fields = { fetchOffset: followed.fetchOffset, error: String(error) };
    log.error(`${followed.key} cannot take what its leader sent`, fields);
    return { followed, kind: isTransient ? 'delayed' : 'failed' };
  }
}

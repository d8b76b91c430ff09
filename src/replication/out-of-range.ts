/**
 * A follower whose position the leader does not have: asks the leader for the ends of its log and moves
 * the position, cutting or dropping the local log where it must (`AbstractFetcherThread.fetchOffsetAndTruncate`).
 */

import type { Log as EventLog } from '../platform/ports';
import { NetworkError } from '../platform/ports';
import { errorName, ProtocolError } from '../protocol/errors';
import { ListOffsetsRequest, ListOffsetsResponse } from '../protocol/messages/02-list-offsets';
import { StorageError } from '../storage/types';
import type { FollowedPartition } from './followed-partition';
import type { PeerConnection } from './ports';

const LIST_OFFSETS_VERSION = 9;
const LATEST = -1;
const EARLIEST = -2;

export interface LeaderAccess {
  readonly connection: PeerConnection;
  readonly brokerId: number;
  readonly timeoutMs: number;
  readonly log: EventLog;
  /** Looked at after each wait: the partition may have gone to another leader or epoch meanwhile. */
  readonly isStillFollowed: () => boolean;
}

export async function findPositionInRange(
  followed: FollowedPartition,
  leader: LeaderAccess,
): Promise<'moved' | 'delayed' | 'failed'> {
  try {
    const leaderEnd = await leaderOffset(followed, leader, LATEST);
    if (!leader.isStillFollowed()) return 'delayed';
    if (leaderEnd < followed.replica.requireLog().logEndOffset) {
      // Only after an unclean election: the leader's log is the shorter one, and it is the truth.
      cutTo(followed, leaderEnd);
      return 'moved';
    }
    const leaderStart = await leaderOffset(followed, leader, EARLIEST);
    if (!leader.isStillFollowed()) return 'delayed';
    startFrom(followed, leaderStart);
    return 'moved';
  } catch (error) {
    return onError(followed, leader, error);
  }
}

function cutTo(followed: FollowedPartition, leaderEnd: number): void {
  followed.replica.truncate({ offset: leaderEnd, isComplete: true });
  followed.moveTo(followed.replica.requireLog().logEndOffset);
}

/** The leader has deleted all that this follower has: it starts over. Otherwise it just asks again. */
function startFrom(followed: FollowedPartition, leaderStart: number): void {
  const { replica } = followed;
  const log = replica.requireLog();
  if (leaderStart > log.logEndOffset) replica.restartAt(leaderStart);
  followed.moveTo(log.logEndOffset);
}

async function leaderOffset(
  followed: FollowedPartition,
  leader: LeaderAccess,
  timestamp: number,
): Promise<number> {
  const { topic, partition: partitionIndex } = followed.replica;
  const asked = { partitionIndex, currentLeaderEpoch: followed.leaderEpoch, timestamp };
  const message = {
    replicaId: leader.brokerId,
    isolationLevel: 0,
    topics: [{ name: topic, partitions: [asked] }],
  };
  const response = await leader.connection.request(
    ListOffsetsRequest,
    ListOffsetsResponse,
    LIST_OFFSETS_VERSION,
    message,
    leader.timeoutMs,
  );
  const answer = response.topics[0]?.partitions[0];
  if (!answer) throw new NetworkError('EPROTO', `the leader gave no offset of ${followed.key}`);
  const error = errorName(answer.errorCode);
  if (error !== 'NONE')
    throw new ProtocolError(error, `the leader gave no offset of ${followed.key}`);
  return answer.offset;
}

function onError(
  followed: FollowedPartition,
  leader: LeaderAccess,
  error: unknown,
): 'delayed' | 'failed' {
  const isStorage = error instanceof StorageError;
  const isRefusal = error instanceof ProtocolError && !isStorage;
  if (!isStorage && !isRefusal && !(error instanceof NetworkError)) throw error;
  leader.log.warn(`${followed.key} is out of the leader's range and cannot be reset`, {
    error: String(error),
  });
  return isStorage || (isRefusal && error.errorName === 'FENCED_LEADER_EPOCH')
    ? 'failed'
    : 'delayed';
}

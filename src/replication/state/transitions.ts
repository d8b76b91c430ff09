/** What a broker does with the controller's word about one partition, from the epochs and ids alone. */

/** Leader epoch of a replica that has not heard of any leader yet. */
export const NO_LEADER_EPOCH = -1;

/** In StopReplica: the topic is being deleted, which changes no epoch. */
export const EPOCH_DURING_DELETE = -2;

/** In StopReplica: the controller is too old to say. */
export const EPOCH_UNKNOWN = -1;

export interface LeaderAndIsrInput {
  readonly brokerId: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly requestEpoch: number;
  readonly currentEpoch: number;
  readonly requestTopicId: string | undefined;
  readonly logTopicId: string | undefined;
}

export type LeaderAndIsrDecision =
  | 'MAKE_LEADER'
  | 'MAKE_FOLLOWER'
  /** Same epoch, but the log has no topic id yet: it gets one, nothing else. */
  | 'ASSIGN_TOPIC_ID'
  | 'INCONSISTENT_TOPIC_ID'
  | 'UNKNOWN_TOPIC_OR_PARTITION'
  | 'STALE_CONTROLLER_EPOCH';

/** `kafka.server.ReplicaManager.becomeLeaderOrFollower`. A repeated epoch is normal and changes nothing. */
export function decideLeaderAndIsr(input: LeaderAndIsrInput): LeaderAndIsrDecision {
  const { requestTopicId, logTopicId, requestEpoch, currentEpoch } = input;
  if (requestTopicId !== undefined && logTopicId !== undefined && requestTopicId !== logTopicId) {
    return 'INCONSISTENT_TOPIC_ID';
  }
  if (requestEpoch > currentEpoch) {
    if (!input.replicas.includes(input.brokerId)) return 'UNKNOWN_TOPIC_OR_PARTITION';
    return input.leader === input.brokerId ? 'MAKE_LEADER' : 'MAKE_FOLLOWER';
  }
  const isIdMissing = requestTopicId !== undefined && logTopicId === undefined;
  return requestEpoch === currentEpoch && isIdMissing
    ? 'ASSIGN_TOPIC_ID'
    : 'STALE_CONTROLLER_EPOCH';
}

/** `kafka.server.ReplicaManager.stopReplicas`: whether a StopReplica with that leader epoch is obeyed. */
export function mayStop(requestEpoch: number, currentEpoch: number): boolean {
  return (
    requestEpoch === EPOCH_DURING_DELETE ||
    requestEpoch === EPOCH_UNKNOWN ||
    requestEpoch >= currentEpoch
  );
}

/**
 * `currentLeaderEpoch` of Fetch, ListOffsets and OffsetForLeaderEpoch against this replica's (KIP-320);
 * −1 means that the client does not know.
 */
export function checkLeaderEpoch(
  requestEpoch: number,
  currentEpoch: number,
): 'NONE' | 'FENCED_LEADER_EPOCH' | 'UNKNOWN_LEADER_EPOCH' {
  if (requestEpoch === -1 || requestEpoch === currentEpoch) return 'NONE';
  return requestEpoch < currentEpoch ? 'FENCED_LEADER_EPOCH' : 'UNKNOWN_LEADER_EPOCH';
}

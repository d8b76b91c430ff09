/**
 * Who leads a partition: the election strategies of Kafka's `PartitionLeaderElectionAlgorithms` and
 * `Election`. Pure: the caller says which replicas are online and whether losing data is allowed.
 */
import type { PartitionState } from '../../zookeeper/types';

/** What an election chooses from. `assignment` is the replica list in its order: its first is preferred. */
export interface Candidates {
  readonly assignment: readonly number[];
  readonly isr: readonly number[];
  /** Whether the broker serves this partition: registered, not shutting down, log directory healthy. */
  readonly isOnline: (broker: number) => boolean;
}

/** The outcome of an election, before it is written. */
export interface ElectedLeader {
  readonly leader: number;
  readonly isr: readonly number[];
  /** The leader was not in the ISR: records may be lost, and the leader has yet to recover (KIP-704). */
  readonly isUnclean: boolean;
  /** Replicas that must hear of it by LeaderAndIsr. */
  readonly recipients: readonly number[];
}

/**
 * After a broker failed or came back, and for partitions without a leader: the first online replica in
 * assignment order that is in the ISR; with `mayLoseData`, and only if no ISR member is online, the first
 * online replica at all. `undefined`: nobody may lead now.
 */
export function electAfterFailure(
  candidates: Candidates,
  mayLoseData: boolean,
): ElectedLeader | undefined {
  const { assignment, isr, isOnline } = candidates;
  const recipients = assignment.filter(isOnline);
  const clean = recipients.find((broker) => isr.includes(broker));
  if (clean !== undefined)
    return { leader: clean, isr: isr.filter(isOnline), isUnclean: false, recipients };
  const unclean = recipients[0];
  if (!mayLoseData || unclean === undefined || isr.some(isOnline)) return undefined;
  return { leader: unclean, isr: [unclean], isUnclean: true, recipients };
}

/** The preferred replica, the first of the assignment, if it is online and in the ISR. */
export function electPreferred({
  assignment,
  isr,
  isOnline,
}: Candidates): ElectedLeader | undefined {
  const preferred = assignment[0];
  if (preferred === undefined || !isOnline(preferred) || !isr.includes(preferred)) return undefined;
  return { leader: preferred, isr, isUnclean: false, recipients: assignment };
}

/** At the end of a reassignment: the first of the target replicas that is online and in the ISR. */
export function electReassigned(
  candidates: Candidates,
  targetReplicas: readonly number[],
): ElectedLeader | undefined {
  const { isr, isOnline } = candidates;
  const leader = targetReplicas.find((broker) => isOnline(broker) && isr.includes(broker));
  return leader === undefined
    ? undefined
    : { leader, isr, isUnclean: false, recipients: targetReplicas };
}

/**
 * While brokers are shutting down: the first replica in the ISR that stays. Here `isOnline` counts the
 * brokers that are shutting down too: they still hear of their new leader.
 */
export function electForShutdown(
  { assignment, isr, isOnline }: Candidates,
  isShuttingDown: (broker: number) => boolean,
): ElectedLeader | undefined {
  const recipients = assignment.filter(isOnline);
  const leader = recipients.find((broker) => isr.includes(broker) && !isShuttingDown(broker));
  if (leader === undefined) return undefined;
  return {
    leader,
    isr: isr.filter((broker) => !isShuttingDown(broker)),
    isUnclean: false,
    recipients,
  };
}

/**
 * The state to write for an elected leader. The leader epoch grows even if the leader stays, and a
 * partition that is recovering stays so until its leader says otherwise.
 */
export function stateAfterElection(
  before: PartitionState,
  elected: ElectedLeader,
  controllerEpoch: number,
): PartitionState {
  return {
    leader: elected.leader,
    leaderEpoch: before.leaderEpoch + 1,
    isr: elected.isr,
    controllerEpoch,
    zkVersion: before.zkVersion,
    recovering: before.recovering || elected.isUnclean,
  };
}

/** The first state of a new partition: the first online replica leads, all online replicas are in sync. */
export function initialState(
  assignment: readonly number[],
  isOnline: (broker: number) => boolean,
  controllerEpoch: number,
): PartitionState | undefined {
  const isr = assignment.filter(isOnline);
  const leader = isr[0];
  if (leader === undefined) return undefined;
  return { leader, leaderEpoch: 0, isr, controllerEpoch, zkVersion: 0, recovering: false };
}

/** No leader. */
export const NO_LEADER = -1;

/**
 * The state without `broker` in the ISR, or `undefined` if it is not in it. The last member of an ISR stays
 * in it: it is the only one that is known to have every record.
 */
export function stateWithoutReplica(
  before: PartitionState,
  broker: number,
  controllerEpoch: number,
): PartitionState | undefined {
  if (!before.isr.includes(broker)) return undefined;
  return {
    ...before,
    leader: before.leader === broker ? NO_LEADER : before.leader,
    leaderEpoch: before.leaderEpoch + 1,
    isr: before.isr.length === 1 ? before.isr : before.isr.filter((member) => member !== broker),
    controllerEpoch,
  };
}

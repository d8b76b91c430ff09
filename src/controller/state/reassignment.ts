/**
 * Moving a partition's replicas (KIP-455): whether a request is taken, and what a partition on the move needs
 * next. Kafka's `KafkaController.onPartitionReassignment`, but for its writes of the ISR: Kafka first tells the
 * leader that the old replicas are gone and takes them out of the ISR afterwards, one by one. In between it
 * counts records as committed that members of the ISR do not have. Here the ISR and the leader change in one
 * write, before anybody hears of it.
 */
import type { ErrorName } from '../../protocol/errors';
import { ERRORS } from '../../protocol/errors';
import type { PartitionState, ReplicaAssignment } from '../../zookeeper/types';
import { electReassigned, NO_LEADER } from './election';
import {
  isBeingReassigned,
  originReplicas,
  reassignTo,
  settledOn,
  targetReplicas,
  without,
} from './replica-assignment';

/** What a request for one partition is judged by. */
export interface ReassignmentSituation<P> {
  /** `undefined`: there is no such partition. */
  readonly partition: P | undefined;
  /** The topic is to be deleted: a move that is under way ends first, but none begins. */
  readonly isBeingDeleted: boolean;
  /** Registered and not shutting down. */
  readonly isLive: (broker: number) => boolean;
}

/** `leadership` is `undefined` while the partition never had a leader. */
interface Movable {
  readonly assignment: ReplicaAssignment;
  readonly leadership: PartitionState | undefined;
}

export interface ReassignmentRefusal {
  readonly kind: 'refused';
  readonly error: ErrorName;
  readonly message: string;
}

/** `dropped`: replicas so far that the new assignment has no use for, not even until others have caught up. */
export interface DecidedMove<P> {
  readonly kind: 'move';
  readonly partition: P;
  readonly assignment: ReplicaAssignment;
  readonly dropped: readonly number[];
}

/** `target` `null` cancels the move that is under way. */
export function decideReassignment<P extends Movable>(
  target: readonly number[] | null,
  situation: ReassignmentSituation<P>,
): ReassignmentRefusal | DecidedMove<P> {
  const { partition, isBeingDeleted, isLive } = situation;
  const current = partition?.assignment ?? settledOn([]);
  const refusal = target === null ? refuseCancel(current) : refuseTarget(target, current, isLive);
  if (refusal) return refusal;
  if (!partition || (isBeingDeleted && target !== null)) {
    return refuse('UNKNOWN_TOPIC_OR_PARTITION', 'The partition does not exist.');
  }
  const { leadership } = partition;
  const wanted = target ?? originReplicas(current);
  // Nothing is anywhere yet, so nothing has to be copied before the target counts.
  const assignment = leadership ? reassignTo(current, wanted) : settledOn(wanted);
  const dropped = without(current.replicas, assignment.replicas);
  if (leadership && without(leadership.isr, dropped).length === 0) {
    const isr = leadership.isr.join(',');
    return refuse(
      'INVALID_REPLICA_ASSIGNMENT',
      `Records would be lost: of the replicas in sync (${isr}) none would be kept.`,
    );
  }
  return { kind: 'move', partition, assignment, dropped };
}

/** Who decides, and whose word counts. */
interface StepSituation {
  readonly isOnline: (broker: number) => boolean;
  readonly controllerEpoch: number;
}

/** The state without replicas that are dropped in the middle of a move; `undefined` if it names none of them. */
export function stateWithoutDropped(
  before: PartitionState,
  { assignment, dropped }: Pick<DecidedMove<unknown>, 'assignment' | 'dropped'>,
  { isOnline, controllerEpoch }: StepSituation,
): PartitionState | undefined {
  const isr = without(before.isr, dropped);
  if (isr.length === before.isr.length && !dropped.includes(before.leader)) return undefined;
  const leader = leaderAmong(assignment.replicas, { ...before, isr }, isOnline) ?? NO_LEADER;
  return { ...before, leader, isr, leaderEpoch: before.leaderEpoch + 1, controllerEpoch };
}

export type ReassignmentStep =
  /** Replicas must catch up first: all hear of the move, under a new leader epoch. */
  | { readonly kind: 'expand'; readonly state: PartitionState }
  /** Those that stay are in sync: they alone are left, led by one of them. */
  | { readonly kind: 'complete'; readonly state: PartitionState }
  /** None of those that stay may lead now. */
  | { readonly kind: 'wait' };

/** What a partition whose replicas are on the move, or need not move at all, needs next. */
export function decideReassignmentStep(
  assignment: ReplicaAssignment,
  before: PartitionState,
  { isOnline, controllerEpoch }: StepSituation,
): ReassignmentStep {
  const target = targetReplicas(assignment);
  const state = { ...before, leaderEpoch: before.leaderEpoch + 1, controllerEpoch };
  const isMoving = isBeingReassigned(assignment);
  if (isMoving && without(target, before.isr).length > 0) return { kind: 'expand', state };
  const isr = before.isr.filter((id) => target.includes(id));
  const leader = leaderAmong(target, before, isOnline);
  return leader === undefined
    ? { kind: 'wait' }
    : { kind: 'complete', state: { ...state, leader, isr } };
}

/** The leader stays if it may. */
function leaderAmong(
  replicas: readonly number[],
  { leader, isr }: PartitionState,
  isOnline: (broker: number) => boolean,
): number | undefined {
  if (replicas.includes(leader) && isOnline(leader)) return leader;
  return electReassigned({ assignment: replicas, isr, isOnline }, replicas)?.leader;
}

function refuseCancel(current: ReplicaAssignment): ReassignmentRefusal | undefined {
  if (isBeingReassigned(current)) return undefined;
  return refuse('NO_REASSIGNMENT_IN_PROGRESS', ERRORS.NO_REASSIGNMENT_IN_PROGRESS.message);
}

function refuseTarget(
  target: readonly number[],
  current: ReplicaAssignment,
  isLive: (broker: number) => boolean,
): ReassignmentRefusal | undefined {
  const invalid = (message: string) => refuse('INVALID_REPLICA_ASSIGNMENT', message);
  if (target.length === 0) return invalid('A partition needs at least one replica.');
  if (new Set(target).size !== target.length) {
    return invalid(`A broker has one replica at most: ${target.join(',')}`);
  }
  if (target.some((id) => id < 0)) {
    return invalid(`A broker id is never negative: ${target.join(',')}`);
  }
  const dead = reassignTo(current, target).adding.filter((id) => !isLive(id));
  return dead.length > 0 ? invalid(`Brokers that are not alive: ${dead.join(',')}`) : undefined;
}

function refuse(error: ErrorName, message: string): ReassignmentRefusal {
  return { kind: 'refused', error, message };
}

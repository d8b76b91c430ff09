/**
 * The in-sync replicas of a partition as its leader sees them, and how they change (KIP-497). A change is
 * proposed to the controller and counts only when confirmed; until then the *maximal* ISR, the largest set
 * that could be in force, decides about the high watermark. One proposal is pending at a time.
 */

import type { FollowerState } from './follower-state';
import { isCaughtUp } from './follower-state';

export interface CommittedIsr {
  readonly kind: 'committed';
  readonly isr: readonly number[];
  readonly maximalIsr: readonly number[];
}

/** Who joins, and the broker epoch under which it was found in sync; −1 if it did not tell. */
export interface JoiningReplica {
  readonly brokerId: number;
  readonly brokerEpoch: number;
}

export interface PendingIsr {
  readonly kind: 'expanding' | 'shrinking';
  /** What the controller last confirmed. */
  readonly isr: readonly number[];
  readonly maximalIsr: readonly number[];
  readonly proposedIsr: readonly number[];
  readonly joining?: JoiningReplica;
  readonly lastCommitted: CommittedIsr;
}

export type IsrState = CommittedIsr | PendingIsr;

export function committedIsr(isr: readonly number[]): CommittedIsr {
  return { kind: 'committed', isr, maximalIsr: isr };
}

/** The joining replica counts from the proposal on: that only makes the high watermark stricter. */
export function expanding(state: CommittedIsr, joining: JoiningReplica): PendingIsr {
  const proposedIsr = [...state.isr, joining.brokerId];
  return {
    kind: 'expanding',
    isr: state.isr,
    maximalIsr: proposedIsr,
    proposedIsr,
    joining,
    lastCommitted: state,
  };
}

/** The leaving replicas count until the controller confirms: it may still elect one of them. */
export function shrinking(state: CommittedIsr, leaving: readonly number[]): PendingIsr {
  const proposedIsr = state.isr.filter((id) => !leaving.includes(id));
  return {
    kind: 'shrinking',
    isr: state.isr,
    maximalIsr: state.isr,
    proposedIsr,
    lastCommitted: state,
  };
}

/**
 * After a follower's fetch. It joins once it has everything committed, and everything from before this
 * leader's epoch: otherwise it could be elected without records that an earlier leader had committed
 * beyond the high watermark that this one knows.
 */
export function decideExpand(
  state: IsrState,
  follower: FollowerState,
  fetch: {
    brokerEpoch: number;
    isFollowerAlive: boolean;
    highWatermark: number;
    epochStartOffset: number;
  },
): PendingIsr | undefined {
  if (
    state.kind !== 'committed' ||
    state.isr.includes(follower.brokerId) ||
    !fetch.isFollowerAlive
  ) {
    return undefined;
  }
  const isInSync =
    follower.logEndOffset >= fetch.highWatermark && follower.logEndOffset >= fetch.epochStartOffset;
  return isInSync
    ? expanding(state, { brokerId: follower.brokerId, brokerEpoch: fetch.brokerEpoch })
    : undefined;
}

/** From time to time. All members that lag too long leave at once; the leader itself never does. */
export function decideShrink(
  state: IsrState,
  followers: ReadonlyMap<number, FollowerState>,
  leader: { brokerId: number; endOffset: number; nowMs: number; maxLagMs: number },
): PendingIsr | undefined {
  if (state.kind !== 'committed') return undefined;
  const leaving = state.isr.filter((id) => {
    if (id === leader.brokerId) return false;
    const follower = followers.get(id);
    return !follower || !isCaughtUp(follower, leader);
  });
  return leaving.length > 0 ? shrinking(state, leaving) : undefined;
}

/** The controller's answer to a proposal, with the partition's state there if it was accepted. */
export type ProposalAnswer =
  | {
      readonly error: 'NONE';
      readonly leaderEpoch: number;
      readonly partitionEpoch: number;
      readonly isr: readonly number[];
    }
  | { readonly error: string };

export type ProposalOutcome =
  /** The answer belongs to a state of affairs that is over. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'committed'; readonly state: CommittedIsr; readonly partitionEpoch: number }
  /** The controller says that it did not and will not apply it. */
  | { readonly kind: 'reverted'; readonly state: CommittedIsr }
  /** Whether it was applied is unknown, or this leader is out of date: the next LeaderAndIsr will tell. */
  | { readonly kind: 'awaitingLeaderAndIsr' }
  | { readonly kind: 'retry' };

const NOT_APPLIED = new Set(['OPERATION_NOT_ATTEMPTED', 'INELIGIBLE_REPLICA']);

const OUT_OF_DATE = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'UNKNOWN_TOPIC_ID',
  'FENCED_LEADER_EPOCH',
  'INVALID_UPDATE_VERSION',
  'INVALID_REQUEST',
  'NEW_LEADER_ELECTED',
]);

/** What becomes of `proposal`, given the state now (`kafka.cluster.Partition.submitAlterPartition`). */
export function decideOutcome(
  proposal: PendingIsr,
  answer: ProposalAnswer,
  now: { state: IsrState; leaderEpoch: number; partitionEpoch: number },
): ProposalOutcome {
  if (now.state !== proposal) return { kind: 'ignored' };
  if (isAccepted(answer)) {
    const isCurrent =
      answer.leaderEpoch === now.leaderEpoch && answer.partitionEpoch >= now.partitionEpoch;
    if (!isCurrent) return { kind: 'ignored' };
    return {
      kind: 'committed',
      state: committedIsr(answer.isr),
      partitionEpoch: answer.partitionEpoch,
    };
  }
  if (NOT_APPLIED.has(answer.error)) return { kind: 'reverted', state: proposal.lastCommitted };
  return OUT_OF_DATE.has(answer.error) ? { kind: 'awaitingLeaderAndIsr' } : { kind: 'retry' };
}

function isAccepted(answer: ProposalAnswer): answer is Extract<ProposalAnswer, { error: 'NONE' }> {
  return answer.error === 'NONE';
}

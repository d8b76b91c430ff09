/**
 * The leader's side of one partition: what it knows of its followers, the ISR, and the high watermark.
 * Exists while this broker leads the partition. It owns no epoch: a pending ISR change is bound to the
 * epochs at its proposal, and whatever the controller says later replaces it.
 */

import type { Log } from '../storage/log';
import type { IsrChangeResult, IsrUpdater, ReplicationPlatform } from './ports';
import type { ReplicationCounters } from './replication-counters';
import type { FollowerFetch, FollowerState } from './state/follower-state';
import { noteCaughtUp, recordFetch, resetFollower, unknownFollower } from './state/follower-state';
import { effectiveMinIsr, highWatermarkCandidate } from './state/high-watermark';
import type { CommittedIsr, IsrState, PendingIsr } from './state/isr';
import { committedIsr, decideExpand, decideOutcome, decideShrink } from './state/isr';

/** Before a proposal is sent again that failed for no known reason. */
const RETRY_BACKOFF_MS = 50;

/** What the leadership reads of its partition, and tells it. */
export interface LedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string | undefined;
  readonly leaderEpoch: number;
  /** Set when the controller has confirmed an ISR. */
  partitionEpoch: number;
  readonly minInsyncReplicas: number;
  onIsrChanged(change: 'expanded' | 'shrunk'): void;
  onHighWatermark(): void;
  onFollowerLogStart(): void;
}

export interface LeadershipContext {
  readonly brokerId: number;
  readonly platform: ReplicationPlatform;
  readonly maxLagMs: () => number;
  readonly isAlive: (brokerId: number) => boolean;
  readonly isrUpdates: IsrUpdater;
  readonly counters: ReplicationCounters;
}

export class Leadership {
  #isr: IsrState = committedIsr([]);
  #followers = new Map<number, FollowerState>();
  #epochStartOffset = 0;
  #isOver = false;

  constructor(
    private readonly context: LeadershipContext,
    private readonly led: LedPartition,
    private readonly log: Log,
  ) {}

  get isr(): readonly number[] {
    return this.#isr.isr;
  }

  get maximalIsr(): readonly number[] {
    return this.#isr.maximalIsr;
  }

  get followers(): ReadonlyMap<number, FollowerState> {
    return this.#followers;
  }

  /** Where this leader's epoch began in the log. */
  get epochStartOffset(): number {
    return this.#epochStartOffset;
  }

  get minIsr(): number {
    return effectiveMinIsr(this.led.minInsyncReplicas, this.#followers.size + 1);
  }

  /** All records below it are gone from every live replica: the lowest log start offset of theirs. */
  get lowWatermark(): number {
    let lowest = this.log.logStartOffset;
    for (const { brokerId, logStartOffset } of this.#followers.values()) {
      if (this.context.isAlive(brokerId)) lowest = Math.min(lowest, logStartOffset);
    }
    return lowest;
  }

  get isUnderMinIsr(): boolean {
    return this.#isr.isr.length < this.minIsr;
  }

  get isAtMinIsr(): boolean {
    return this.#isr.isr.length === this.minIsr;
  }

  /** Takes the controller's assignment and ISR; a pending change is forgotten. */
  assign(replicas: readonly number[], isr: readonly number[]): void {
    const followers = new Map<number, FollowerState>();
    for (const id of replicas) {
      if (id !== this.context.brokerId)
        followers.set(id, this.#followers.get(id) ?? unknownFollower(id));
    }
    this.#followers = followers;
    this.#isr = committedIsr(isr);
  }

  /** Starts a leader epoch: positions of followers from before are not trusted to be caught up. */
  startEpoch(options: { epochStartOffset: number; isNewLeader: boolean }): void {
    const nowMs = this.context.platform.clock.monotonicMs();
    const { epochStartOffset: leaderEndOffset, isNewLeader } = options;
    this.#epochStartOffset = leaderEndOffset;
    for (const follower of this.#followers.values()) {
      const isInSync = this.#isr.isr.includes(follower.brokerId);
      const reset = resetFollower(follower, { isInSync, isNewLeader, leaderEndOffset, nowMs });
      this.#followers.set(follower.brokerId, reset);
    }
  }

  /** The broker no longer leads: answers to pending proposals mean nothing any more. */
  end(): void {
    this.#isOver = true;
  }

  /** A follower asked for what comes at `fetchOffset`, so it has all that is below. */
  recordFetch(brokerId: number, fetch: FollowerFetch): void {
    const before = this.#followers.get(brokerId);
    if (!before) return;
    const follower = recordFetch(before, fetch);
    this.#followers.set(brokerId, follower);
    this.#maybeExpand(follower, fetch.brokerEpoch);
    if (follower.logEndOffset !== before.logEndOffset) this.advanceHighWatermark(fetch.nowMs);
    if (follower.logStartOffset !== before.logStartOffset) this.led.onFollowerLogStart();
  }

  /** A follower's fetches went on up to `atMs` with nothing new on either side since the last one recorded. */
  noteCaughtUp(brokerId: number, atMs: number): void {
    const follower = this.#followers.get(brokerId);
    if (follower) this.#followers.set(brokerId, noteCaughtUp(follower, atMs));
  }

  /** Whether the controller has confirmed the follower in the ISR, and no change is under way. */
  isSettledInSync(brokerId: number): boolean {
    return this.#isr.kind === 'committed' && this.#isr.isr.includes(brokerId);
  }

  /** Raises the high watermark as far as it may. It never falls here. */
  advanceHighWatermark(nowMs = this.context.platform.clock.monotonicMs()): void {
    const candidate = highWatermarkCandidate({
      leaderEndOffset: this.log.durableEndOffset,
      followers: this.#followers,
      isrSize: this.#isr.isr.length,
      maximalIsr: this.#isr.maximalIsr,
      effectiveMinIsr: this.minIsr,
      nowMs,
      maxLagMs: this.context.maxLagMs(),
      isAlive: this.context.isAlive,
    });
    if (candidate === undefined || candidate <= this.log.highWatermark) return;
    this.log.updateHighWatermark(candidate);
    this.led.onHighWatermark();
  }

  /** Proposes to drop the members of the ISR that lag too long. */
  maybeShrink(): void {
    const leader = {
      brokerId: this.context.brokerId,
      endOffset: this.log.writtenEndOffset,
      nowMs: this.context.platform.clock.monotonicMs(),
      maxLagMs: this.context.maxLagMs(),
    };
    const proposal = decideShrink(this.#isr, this.#followers, leader);
    if (!proposal) return;
    this.#logLine('shrinking the ISR', proposal);
    this.#propose(proposal);
  }

  #maybeExpand(follower: FollowerState, brokerEpoch: number): void {
    const proposal = decideExpand(this.#isr, follower, {
      brokerEpoch,
      isFollowerAlive: this.context.isAlive(follower.brokerId),
      highWatermark: this.log.highWatermark,
      epochStartOffset: this.#epochStartOffset,
    });
    if (!proposal) return;
    this.#logLine('expanding the ISR', proposal);
    this.#propose(proposal);
  }

  #propose(proposal: PendingIsr): void {
    this.#isr = proposal;
    void this.#submit(proposal);
  }

  async #submit(proposal: PendingIsr): Promise<void> {
    const { topic, topicId, partition, leaderEpoch, partitionEpoch } = this.led;
    const change = {
      topic,
      topicId,
      partition,
      leaderEpoch,
      partitionEpoch,
      isr: proposal.proposedIsr,
      ...(proposal.joining ? { joining: proposal.joining } : {}),
    };
    this.#settle(proposal, await this.context.isrUpdates.submit(change));
  }

  #settle(proposal: PendingIsr, answer: IsrChangeResult): void {
    if (this.#isOver) return;
    const { leaderEpoch, partitionEpoch } = this.led;
    const outcome = decideOutcome(proposal, answer, {
      state: this.#isr,
      leaderEpoch,
      partitionEpoch,
    });
    const { counters } = this.context;
    if (answer.error !== 'NONE') counters.failedIsrUpdates.add();
    switch (outcome.kind) {
      case 'ignored':
        return;
      case 'committed':
        this.#commit(proposal, outcome.state, outcome.partitionEpoch);
        return;
      case 'reverted':
        this.#isr = outcome.state;
        this.#logLine(`the controller refused an ISR change with ${answer.error}`, proposal);
        return;
      case 'awaitingLeaderAndIsr':
        this.#logLine(
          `an ISR change failed with ${answer.error}, waiting for the controller`,
          proposal,
        );
        return;
      case 'retry':
        this.#retryLater(proposal, answer.error);
    }
  }

  #commit(proposal: PendingIsr, state: CommittedIsr, partitionEpoch: number): void {
    this.#isr = state;
    this.led.partitionEpoch = partitionEpoch;
    const { topic, partition } = this.led;
    this.context.platform.log.info(
      `${topic}-${String(partition)} ISR is now ${state.isr.join(',')}`,
      {
        partitionEpoch,
        isUnderMinIsr: this.isUnderMinIsr,
      },
    );
    const isExpanded = proposal.kind === 'expanding';
    const { isrExpands, isrShrinks } = this.context.counters;
    (isExpanded ? isrExpands : isrShrinks).add();
    this.led.onIsrChanged(isExpanded ? 'expanded' : 'shrunk');
    this.advanceHighWatermark();
  }

  #retryLater(proposal: PendingIsr, error: string): void {
    this.#logLine(`an ISR change failed with ${error}, sending it again`, proposal);
    this.context.platform.clock.callAfter(RETRY_BACKOFF_MS, () => {
      if (!this.#isOver && this.#isr === proposal) void this.#submit(proposal);
    });
  }

  #logLine(what: string, proposal: PendingIsr): void {
    const { topic, partition, leaderEpoch, partitionEpoch } = this.led;
    const positions = [...this.#followers.values()].map(
      (each) => `${String(each.brokerId)}:${String(each.logEndOffset)}`,
    );
    this.context.platform.log.info(
      `${topic}-${String(partition)} ${what}: ${proposal.isr.join(',')} → ${proposal.proposedIsr.join(',')}`,
      {
        leaderEpoch,
        partitionEpoch,
        highWatermark: this.log.highWatermark,
        endOffset: this.log.logEndOffset,
        followers: positions.join(' '),
      },
    );
  }
}

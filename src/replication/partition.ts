/**
 * One partition's replica on this broker: its log, its role, and the epochs that fence whoever is out of
 * date (`kafka.cluster.Partition`). Appends and reads go through here; who leads is decided elsewhere and
 * arrives by `becomeLeader` and `becomeFollower`. Nothing in here waits: between a check and what relies
 * on it the state cannot change.
 */

import { ProtocolError, type ErrorName } from '../protocol/errors';
import { partitionKey } from '../protocol/topic-partition';
import type { Log } from '../storage/log';
import type { AppendOrigin, AppendResult, EpochEndOffset } from '../storage/types';
import { assert } from '../base/assert';
import type { FetchPosition, FetchQuery, PartitionRead, ReadLimits } from './fetch-query';
import { locateFetch, readFetch } from './fetch-query';
import { Leadership, type LeadershipContext } from './leadership';
import { appendAsFollower, type FollowerAppend } from './follower-append';
import { PartitionWatchers } from './partition-watchers';
import type { ReplicaListener, TopicSettings } from './ports';
import {
  assignmentOf,
  replicationFactor,
  UNASSIGNED,
  type Assignment,
  type PartitionState,
} from './state/assignment';
import { checkLeaderEpoch, NO_LEADER_EPOCH } from './state/transitions';
import type { Truncation } from './state/truncation';

export interface PartitionContext extends LeadershipContext {
  readonly listener: ReplicaListener;
}

export interface AppendRequest {
  /** −1: all in-sync replicas must have it before it counts. */
  readonly requiredAcks: number;
  readonly origin: AppendOrigin;
}

export class Partition {
  readonly key: string;
  /** The fetches that this partition concerns. */
  readonly watchers = new PartitionWatchers();
  /** Version of the partition's state znode that this replica knows. */
  partitionEpoch = 0;
  #leaderEpoch = NO_LEADER_EPOCH;
  #leaderId: number | undefined;
  #assignment = UNASSIGNED;
  #log: Log | undefined;
  #leadership: Leadership | undefined;

  constructor(
    private readonly context: PartitionContext,
    readonly topic: string,
    readonly partition: number,
    /** The topic's settings in force; replaced when they change. */
    public settings: TopicSettings,
  ) {
    this.key = partitionKey(topic, partition);
  }

  /** `undefined` until the controller first gave this replica a role. */
  get log(): Log | undefined {
    return this.#log;
  }

  get topicId(): string | undefined {
    return this.#log?.topicId;
  }

  get leaderEpoch(): number {
    return this.#leaderEpoch;
  }

  /** −1: the partition has no leader. `undefined`: nobody has said yet. */
  get leaderId(): number | undefined {
    return this.#leaderId;
  }

  get isLeader(): boolean {
    return this.#leadership !== undefined;
  }

  /** The leader's side; `undefined` on a follower. */
  get leadership(): Leadership | undefined {
    return this.#leadership;
  }

  /** As the controller last confirmed it; empty on a follower. */
  get isr(): readonly number[] {
    return this.#leadership?.isr ?? [];
  }

  /** Whether this broker leads the partition and that one follows it. */
  hasFollower(brokerId: number): boolean {
    return this.#leadership?.followers.has(brokerId) ?? false;
  }

  get assignment(): Assignment {
    return this.#assignment;
  }

  get minInsyncReplicas(): number {
    return this.settings['min.insync.replicas'];
  }

  get isUnderReplicated(): boolean {
    return this.isLeader && this.isr.length < replicationFactor(this.#assignment);
  }

  get isUnderMinIsr(): boolean {
    return this.#leadership?.isUnderMinIsr ?? false;
  }

  get isAtMinIsr(): boolean {
    return this.#leadership?.isAtMinIsr ?? false;
  }

  /** Gives the replica its log; before any role. */
  attachLog(log: Log): void {
    assert(this.#log === undefined || this.#log === log, `${this.key} has a log already`);
    this.#log = log;
    log.onWritten = () => this.#onWritten();
    log.onDurable = () => this.#leadership?.advanceHighWatermark();
    log.onStartMoved = () => this.watchers.notify('logStart');
  }

  /**
   * Returns whether this broker did not lead the partition before, or `undefined` when the state is older
   * than what is known here and was ignored.
   */
  becomeLeader(state: PartitionState): boolean | undefined {
    if (state.partitionEpoch < this.partitionEpoch) return undefined;
    const log = this.requireLog();
    this.watchers.notify('roleEnding');
    const isNewLeader = this.#leadership === undefined;
    const leadership = this.#leadership ?? new Leadership(this.context, this, log);
    this.#assign(state);
    leadership.assign(state.replicas, state.isr);
    if (state.leaderEpoch > this.#leaderEpoch) {
      // On disk even if no record follows: a follower with records of an epoch in between must find out
      // that this leader's history went on without them.
      log.assignEpochStart(state.leaderEpoch, log.logEndOffset);
      leadership.startEpoch({ epochStartOffset: log.logEndOffset, isNewLeader });
      this.#leaderEpoch = state.leaderEpoch;
    }
    this.partitionEpoch = state.partitionEpoch;
    this.#leaderId = state.leader;
    this.#leadership = leadership;
    leadership.advanceHighWatermark();
    this.watchers.notify('role');
    return isNewLeader;
  }

  /** Returns whether fetching must start anew, or `undefined` when the state was ignored as above. */
  becomeFollower(state: PartitionState): boolean | undefined {
    if (state.partitionEpoch < this.partitionEpoch) return undefined;
    const isNewEpoch = state.leaderEpoch > this.#leaderEpoch;
    this.watchers.notify('roleEnding');
    this.#assign(state);
    this.#leadership?.end();
    this.#leadership = undefined;
    this.#leaderId = state.leader;
    this.#leaderEpoch = state.leaderEpoch;
    this.partitionEpoch = state.partitionEpoch;
    this.watchers.notify('role');
    return isNewEpoch;
  }

  /** The replica is deleted, or its disk is gone: it serves nothing any more. */
  detach(): void {
    this.watchers.notify('roleEnding');
    this.#leadership?.end();
    this.#leadership = undefined;
    if (this.#log) {
      this.#log.onWritten = undefined;
      this.#log.onDurable = undefined;
      this.#log.onStartMoved = undefined;
    }
    this.#log = undefined;
    this.#leaderId = undefined;
    this.#assignment = UNASSIGNED;
    this.watchers.notify('role');
  }

  /**
   * Appends a client's or coordinator's records as leader; they may be acknowledged for this replica once
   * `written` has settled, and for all once the high watermark has passed them. Throws a `ProtocolError`.
   */
  appendRecordsAsLeader(records: Buffer, request: AppendRequest): AppendResult {
    const leadership = this.#requireLeadership();
    if (request.requiredAcks === -1 && leadership.isUnderMinIsr) {
      const isr = leadership.isr.join(',');
      const minIsr = String(leadership.minIsr);
      throw new ProtocolError(
        'NOT_ENOUGH_REPLICAS',
        `ISR ${isr} of ${this.key} is smaller than ${minIsr}`,
      );
    }
    return this.requireLog().appendAsLeader(records, {
      leaderEpoch: this.#leaderEpoch,
      origin: request.origin,
    });
  }

  /** Settles once everything appended so far is in the file; rejects with a `StorageError`. */
  written(): Promise<void> {
    return this.requireLog().written();
  }

  /** Settles once this replica may tell its leader that it has what it has appended; rejects likewise. */
  durable(): Promise<void> {
    return this.requireLog().durable();
  }

  /** For a produce with acks=−1 whose records end before `offset`: not there yet, or how it ended. */
  checkEnoughReplicas(offset: number): 'pending' | ErrorName {
    const leadership = this.#leadership;
    if (!leadership) return 'NOT_LEADER_OR_FOLLOWER';
    if (this.requireLog().highWatermark < offset) return 'pending';
    return leadership.maximalIsr.length >= leadership.minIsr
      ? 'NONE'
      : 'NOT_ENOUGH_REPLICAS_AFTER_APPEND';
  }

  /**
   * Gives up all records below `offset`, or below the high watermark, on this leader; followers hear of it with
   * their next fetch. Returns the offset from which on records stay. Throws a `ProtocolError`.
   */
  deleteRecordsBefore(offset: number | undefined): number {
    this.#requireLeadership();
    const log = this.requireLog();
    if (!this.settings['cleanup.policy'].includes('delete')) {
      throw new ProtocolError(
        'POLICY_VIOLATION',
        `Records of ${this.key} cannot be deleted: its cleanup.policy does not include delete`,
      );
    }
    const upTo = offset ?? log.highWatermark;
    if (upTo < 0) {
      throw new ProtocolError(
        'OFFSET_OUT_OF_RANGE',
        `The offset ${String(upTo)} of ${this.key} is not valid`,
      );
    }
    log.raiseLogStart(upTo);
    return upTo;
  }

  /** What a fetch would meet, without reading. Throws a `ProtocolError`. */
  locate(query: FetchQuery): FetchPosition {
    return locateFetch(this, query);
  }

  /** Reads for a follower or a consumer. Throws a `ProtocolError`; the data may come later, from the file. */
  read(query: FetchQuery, limits: ReadLimits): PartitionRead {
    return readFetch(this, query, limits);
  }

  /**
   * Counts a follower's fetch that was answered with data or with nothing new, but not one that found
   * divergence or an error, and not a second time when it waited in the purgatory.
   */
  recordFollowerFetch(
    replicaId: number,
    fetch: {
      brokerEpoch: number;
      fetchOffset: number;
      logStartOffset: number;
      leaderEndOffset: number;
    },
  ): void {
    const nowMs = this.context.platform.clock.monotonicMs();
    const { brokerEpoch, fetchOffset, logStartOffset, leaderEndOffset } = fetch;
    this.#leadership?.recordFetch(replicaId, {
      brokerEpoch,
      fetchOffset,
      logStartOffset,
      leaderEndOffset,
      nowMs,
    });
  }

  /**
   * A follower that had everything at its last recorded fetch, and to which nothing has happened since, fetched
   * again at `atMs`: it had everything then.
   */
  noteCaughtUp(replicaId: number, atMs: number): void {
    this.#leadership?.noteCaughtUp(replicaId, atMs);
  }

  /** Appends what the leader sent to this follower, and takes over its high watermark and log start. */
  appendAsFollower(append: FollowerAppend): AppendResult | undefined {
    assert(!this.isLeader, `${this.key} is led here`);
    const log = this.requireLog();
    const before = log.highWatermark;
    const result = appendAsFollower(log, append);
    if (result) this.#countAppended(result.sizeBytes);
    if (log.highWatermark !== before) this.onHighWatermark();
    return result;
  }

  /** Cuts a follower's log to what the leader's history allows. */
  truncate(truncation: Truncation): void {
    assert(!this.isLeader, `${this.key} is led here and must not be truncated`);
    const log = this.requireLog();
    const { highWatermark, logEndOffset } = log;
    const fields = { to: truncation.offset, highWatermark, logEndOffset };
    if (truncation.offset < highWatermark) {
      this.context.platform.log.warn(`${this.key} truncating below the high watermark`, fields);
    } else if (truncation.offset < logEndOffset) {
      this.context.platform.log.info(`${this.key} truncating`, fields);
    }
    log.truncateTo(truncation.offset);
    this.watchers.notify('truncated');
  }

  /** Drops all that a follower has: its leader starts later than it ends. */
  restartAt(offset: number): void {
    assert(!this.isLeader, `${this.key} is led here and must not be truncated`);
    const { logEndOffset } = this.requireLog();
    this.context.platform.log.warn(
      `${this.key} starting over, the leader has deleted what it had`,
      { at: offset, logEndOffset },
    );
    this.requireLog().truncateFullyAndStartAt(offset);
    this.watchers.notify('truncated');
  }

  /** OffsetForLeaderEpoch: the end of the largest epoch here that is not above `leaderEpoch`. */
  endOffsetForEpoch(
    leaderEpoch: number,
    client: { currentLeaderEpoch: number; leaderOnly: boolean },
  ): EpochEndOffset {
    return this.logFor(client).endOffsetForEpoch(leaderEpoch);
  }

  /** The log, once the client's epoch and the role have been checked. Throws a `ProtocolError`. */
  logFor(client: { currentLeaderEpoch: number; leaderOnly: boolean }): Log {
    const error = checkLeaderEpoch(client.currentLeaderEpoch, this.#leaderEpoch);
    if (error !== 'NONE')
      throw new ProtocolError(error, `${this.key} is at leader epoch ${String(this.#leaderEpoch)}`);
    if (client.leaderOnly) this.#requireLeadership();
    return this.requireLog();
  }

  /** Throws NOT_LEADER_OR_FOLLOWER when no log is here. */
  requireLog(): Log {
    if (!this.#log)
      throw new ProtocolError('NOT_LEADER_OR_FOLLOWER', `no log of ${this.key} is here`);
    return this.#log;
  }

  onIsrChanged(change: 'expanded' | 'shrunk'): void {
    this.context.listener.onIsrChanged(this.topic, this.partition, change);
    this.watchers.notify('isr');
  }

  onFollowerLogStart(): void {
    this.context.listener.onFollowerLogStart(this.topic, this.partition);
  }

  onHighWatermark(): void {
    this.context.listener.onHighWatermark(this.topic, this.partition);
    this.watchers.notify('highWatermark');
  }

  #countAppended(bytes: number): void {
    const { counters, brokerId } = this.context;
    counters.bytesIn.add(bytes);
    if (this.#assignment.adding.includes(brokerId)) counters.reassignmentBytesIn.add(bytes);
  }

  #assign(state: PartitionState): void {
    this.#assignment = assignmentOf(state);
  }

  #requireLeadership(): Leadership {
    if (!this.#leadership)
      throw new ProtocolError('NOT_LEADER_OR_FOLLOWER', `${this.key} is not led here`);
    return this.#leadership;
  }

  #onWritten(): void {
    this.watchers.notify('appended');
    this.#leadership?.advanceHighWatermark();
  }
}

/**
 * One group in memory with what its state machine needs to act: the requests parked in it, its
 * timers, and its committed offsets. All changes go through decisions of `state/`, whose effects it
 * performs in order; nothing waits between a decision and its effects.
 */

import { unreachable } from '../../base/assert';
import { deferred } from '../../base/deferred';
import type { Deferred } from '../../base/deferred';
import type { ErrorName } from '../../protocol/errors';
import { KeyedTimers } from '../runtime/keyed-timers';
import { groupWriteError } from '../runtime/write-errors';
import type { GroupEnvironment } from './environment';
import { encodeGroupKey, encodeGroupValue } from './records';
import { decideCommit } from './state/commit-rules';
import type { CommitRequest } from './state/commit-rules';
import type { DecisionContext, Effect, JoinResult, SyncResult, TimerKey } from './state/effects';
import { isUselessWithout } from './state/expiration';
import type { Group } from './state/group';
import { decideJoin } from './state/join';
import type { JoinRequest } from './state/join-request';
import { onLoaded, onUnloaded } from './state/lifecycle';
import { decideHeartbeat, decideLeave, onMemberTimer } from './state/liveness';
import type { Decision, HeartbeatRequest, LeavingMember } from './state/liveness';
import type { Ticket } from './state/member';
import type { OffsetStore } from './state/offsets';
import { onRebalanceTimer } from './state/rebalance';
import { onStored } from './state/stored';
import { decideSync, onSyncTimer } from './state/sync';
import type { SyncRequest } from './state/sync';

export interface RecordToWrite {
  readonly key: Buffer;
  /** `null`: a tombstone. */
  readonly value: Buffer | null;
}

export interface Append {
  /** The place of the write in the log: later ones have higher orders. */
  readonly order: number;
  /** `NONE` once committed, or why not. */
  readonly committed: Promise<ErrorName>;
}

/** What a group needs of the partition it is in. */
export interface GroupHome {
  readonly environment: GroupEnvironment;
  /** Writes one batch. It is in the log when this returns. */
  append(records: readonly RecordToWrite[]): Append;
}

type StoreEffect = Extract<Effect, { kind: 'store' }>;

export class LiveGroup {
  readonly group: Group;
  readonly offsets: OffsetStore;
  readonly #home: GroupHome;
  readonly #timers: KeyedTimers<TimerKey>;
  readonly #joins = new Map<Ticket, Deferred<JoinResult>>();
  readonly #syncs = new Map<Ticket, Deferred<SyncResult>>();
  #nextTicket: Ticket = 1;

  constructor(group: Group, offsets: OffsetStore, home: GroupHome) {
    this.group = group;
    this.offsets = offsets;
    this.#home = home;
    const { clock } = home.environment.platform;
    this.#timers = new KeyedTimers(clock, (timer) => this.#onTimer(timer));
  }

  /** An empty group that has nothing to remember. */
  get isUseless(): boolean {
    return isUselessWithout(this.group, this.offsets, []);
  }

  /** Answered when the rebalance it takes part in completes. */
  join(request: JoinRequest): Promise<JoinResult> {
    const answer = deferred<JoinResult>();
    const ticket = this.#nextTicket++;
    this.#joins.set(ticket, answer);
    this.#perform(decideJoin(this.group, { request, ticket, context: this.#context() }));
    return answer.promise;
  }

  /** Answered when the leader's assignment is stored. */
  sync(request: SyncRequest): Promise<SyncResult> {
    const answer = deferred<SyncResult>();
    const ticket = this.#nextTicket++;
    this.#syncs.set(ticket, answer);
    this.#perform(decideSync(this.group, request, ticket));
    return answer.promise;
  }

  heartbeat(request: HeartbeatRequest): ErrorName {
    return this.#answer(decideHeartbeat(this.group, request));
  }

  leave(leaving: LeavingMember): ErrorName {
    return this.#answer(decideLeave(this.group, leaving, this.#context()));
  }

  /** Whether the sender may commit offsets now. */
  admitCommit(request: CommitRequest): ErrorName {
    return this.#answer(decideCommit(this.group, request));
  }

  /** The group was read from the log. */
  activate(): void {
    this.#perform(onLoaded(this.group, this.#context()));
  }

  /** Ends the group's life here; what is parked in it hears `error`. */
  close(error: ErrorName): void {
    this.#perform(onUnloaded(this.group, error, this.#context()));
    this.#timers.cancelAll();
  }

  #answer<T>(decision: Decision<T>): T {
    this.#perform(decision.effects);
    return decision.answer;
  }

  #onTimer(timer: TimerKey): void {
    const context = this.#context();
    if (timer === 'rebalance') this.#perform(onRebalanceTimer(this.group, context));
    else if (timer === 'sync') this.#perform(onSyncTimer(this.group, context));
    else {
      const memberId = timer.slice('member:'.length);
      this.#perform(onMemberTimer(this.group, memberId, context));
    }
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) this.#performOne(effect);
  }

  #performOne(effect: Effect): void {
    switch (effect.kind) {
      case 'answer-join':
        return settle(this.#joins, effect.ticket, effect.result);
      case 'answer-sync':
        return settle(this.#syncs, effect.ticket, effect.result);
      case 'start-timer':
        return this.#timers.start(effect.timer, effect.delayMs);
      case 'cancel-timer':
        return this.#timers.cancel(effect.timer);
      case 'store':
        void this.#store(effect);
        return;
      case 'note':
        return this.#note(effect.level, effect.message);
      default:
        return unreachable(effect);
    }
  }

  /** The record is in the log when this returns to its caller; the rest follows when it is committed. */
  async #store({ snapshot, stored }: StoreEffect): Promise<void> {
    const key = encodeGroupKey(snapshot.groupId);
    const value = encodeGroupValue(snapshot);
    const error = await this.#home.append([{ key, value }]).committed;
    if (this.group.state === 'Dead') return;
    if (error !== 'NONE') this.#note('warn', `cannot store the group: ${error}`);
    this.#perform(onStored(this.group, stored, groupWriteError(error), this.#context()));
  }

  #note(level: 'info' | 'warn', message: string): void {
    this.#home.environment.platform.log[level](message, { group: this.group.id });
  }

  #context(): DecisionContext {
    const { platform, settings } = this.#home.environment;
    return {
      nowMs: platform.clock.nowMs(),
      initialRebalanceDelayMs: settings['group.initial.rebalance.delay.ms'],
      maxSize: settings['group.max.size'],
    };
  }
}

function settle<T>(waiting: Map<Ticket, Deferred<T>>, ticket: Ticket, result: T): void {
  waiting.get(ticket)?.resolve(result);
  waiting.delete(ticket);
}

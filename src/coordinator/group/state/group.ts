/**
 * The state of one classic group: members, generation, chosen protocol, leader. It keeps its own
 * counts consistent and refuses impossible transitions; when to make one is decided by the
 * neighbouring files (Kafka's `GroupMetadata`). Committed offsets are beside it, in `OffsetStore`.
 */

import { assert, present } from '../../../base/assert';
import { subscribedTopics } from './consumer-protocol';
import { Member } from './member';
import type { MemberProfile, MemberProtocol, MemberUpdate, Ticket } from './member';

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead';

const PREVIOUS_STATES: Record<GroupState, readonly GroupState[]> = {
  Empty: ['PreparingRebalance'],
  PreparingRebalance: ['Empty', 'CompletingRebalance', 'Stable'],
  CompletingRebalance: ['PreparingRebalance'],
  Stable: ['CompletingRebalance'],
  Dead: ['Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable', 'Dead'],
};

/** The wait for more members of a group that was empty: extended by steps while new ones arrive. */
export interface InitialDelay {
  readonly delayMs: number;
  readonly remainingMs: number;
}

export class Group {
  readonly id: string;
  #state: GroupState = 'Empty';
  /** When the state was entered; `undefined` if the stored record is too old to say. */
  stateTimestampMs: number | undefined;
  /** Counts completed join phases; 0 means that no group record was ever written. */
  generation = 0;
  /** `undefined` for a group that only stores offsets. */
  protocolType: string | undefined;
  protocolName: string | undefined;
  leaderId: string | undefined;
  initialDelay: InitialDelay | undefined;
  /** A member joined the first generation since the initial delay was last extended. */
  hasNewMembers = false;
  /** What members of a `consumer` group subscribe to; `undefined` if unknown, which counts as everything. */
  subscribedTopics: ReadonlySet<string> | undefined;

  readonly #members = new Map<string, Member>();
  readonly #memberIdOfInstance = new Map<string, string>();
  /** Ids handed out with MEMBER_ID_REQUIRED and not used yet (KIP-394). */
  readonly #pendingMemberIds = new Set<string>();
  /** Members of this generation that have not sent SyncGroup yet. */
  readonly #pendingSyncs = new Set<string>();
  /** How many members support each protocol. */
  readonly #supporters = new Map<string, number>();
  #awaitingJoinCount = 0;

  constructor(id: string, stateTimestampMs: number | undefined) {
    this.id = id;
    this.stateTimestampMs = stateTimestampMs;
  }

  get state(): GroupState {
    return this.#state;
  }

  get members(): ReadonlyMap<string, Member> {
    return this.#members;
  }

  get size(): number {
    return this.#members.size;
  }

  get awaitingJoinCount(): number {
    return this.#awaitingJoinCount;
  }

  get pendingMemberIds(): ReadonlySet<string> {
    return this.#pendingMemberIds;
  }

  get pendingSyncs(): ReadonlySet<string> {
    return this.#pendingSyncs;
  }

  /** The longest time any member allows itself to join again. */
  get rebalanceTimeoutMs(): number {
    let longestMs = 0;
    for (const member of this.#members.values()) {
      longestMs = Math.max(longestMs, member.rebalanceTimeoutMs);
    }
    return longestMs;
  }

  get haveAllMembersJoined(): boolean {
    return this.#members.size === this.#awaitingJoinCount && this.#pendingMemberIds.size === 0;
  }

  member(id: string): Member {
    return present(this.#members.get(id), `member ${id} of group ${this.id}`);
  }

  memberIdOfInstance(instanceId: string): string | undefined {
    return this.#memberIdOfInstance.get(instanceId);
  }

  isLeader(memberId: string): boolean {
    return this.leaderId === memberId;
  }

  /** Whether a member with these protocols can be in this group; an empty group takes any. */
  supportsProtocols(protocolType: string, protocols: readonly MemberProtocol[]): boolean {
    if (this.#state === 'Empty') return protocolType !== '' && protocols.length > 0;
    return protocolType === this.protocolType && protocols.some((each) => this.#isCandidate(each));
  }

  addMember(profile: MemberProfile, protocolType: string, ticket: Ticket | undefined): Member {
    assert(!this.#members.has(profile.id), `member ${profile.id} is already in group ${this.id}`);
    if (profile.instanceId !== null) {
      assert(
        !this.#memberIdOfInstance.has(profile.instanceId),
        `instance ${profile.instanceId} is already in group ${this.id}`,
      );
      this.#memberIdOfInstance.set(profile.instanceId, profile.id);
    }
    if (this.size === 0) this.protocolType = protocolType;
    const member = new Member(profile);
    this.leaderId ??= member.id;
    this.#members.set(member.id, member);
    this.#countProtocols(member, 1);
    this.#pendingMemberIds.delete(member.id);
    this.park(member, ticket);
    return member;
  }

  updateMember(member: Member, update: MemberUpdate): void {
    this.#countProtocols(member, -1);
    member.protocols = update.protocols;
    member.rebalanceTimeoutMs = update.rebalanceTimeoutMs;
    member.sessionTimeoutMs = update.sessionTimeoutMs;
    this.#countProtocols(member, 1);
  }

  /** Sets or clears the JoinGroup request that `member` waits for; returns the one it replaces. */
  park(member: Member, ticket: Ticket | undefined): Ticket | undefined {
    const previous = member.joinTicket;
    if (previous !== undefined) this.#awaitingJoinCount -= 1;
    if (ticket !== undefined) this.#awaitingJoinCount += 1;
    member.joinTicket = ticket;
    return previous;
  }

  /** Forgets a member or a pending member id. If it led the group, any other member leads now. */
  remove(memberId: string): void {
    const member = this.#members.get(memberId);
    if (member) {
      assert(!member.isAwaitingJoin, `${memberId} is removed with its JoinGroup unanswered`);
      assert(!member.isAwaitingSync, `${memberId} is removed with its SyncGroup unanswered`);
      this.#members.delete(memberId);
      this.#countProtocols(member, -1);
      if (member.instanceId !== null) this.#memberIdOfInstance.delete(member.instanceId);
    }
    if (this.isLeader(memberId)) this.leaderId = this.#firstMemberId();
    this.#pendingMemberIds.delete(memberId);
    this.#pendingSyncs.delete(memberId);
  }

  /** Gives a static member its new id; the place, the leadership and the assignment stay (KIP-345). */
  changeMemberId(member: Member, newMemberId: string): void {
    const oldMemberId = member.id;
    this.#members.delete(oldMemberId);
    member.id = newMemberId;
    this.#members.set(newMemberId, member);
    if (member.instanceId !== null) this.#memberIdOfInstance.set(member.instanceId, newMemberId);
    if (this.isLeader(oldMemberId)) this.leaderId = newMemberId;
    if (this.#pendingSyncs.delete(oldMemberId)) this.#pendingSyncs.add(newMemberId);
  }

  addPendingMemberId(memberId: string): void {
    assert(!this.#members.has(memberId), `${memberId} is already a member of group ${this.id}`);
    this.#pendingMemberIds.add(memberId);
  }

  expectSync(memberId: string): void {
    this.#pendingSyncs.add(memberId);
  }

  receivedSync(memberId: string): void {
    this.#pendingSyncs.delete(memberId);
  }

  clearPendingSyncs(): void {
    this.#pendingSyncs.clear();
  }

  transitionTo(state: GroupState, nowMs: number): void {
    assert(
      PREVIOUS_STATES[state].includes(this.#state),
      `group ${this.id} cannot go from ${this.#state} to ${state}`,
    );
    this.#state = state;
    this.stateTimestampMs = nowMs;
  }

  /** Takes over what was read from the log: a group with members was stable, one without is empty. */
  restore(
    generation: number,
    protocolName: string | undefined,
    leaderId: string | undefined,
  ): void {
    assert(this.#state === 'Empty', `group ${this.id} is restored twice`);
    this.generation = generation;
    this.protocolName = protocolName;
    const isMember = leaderId !== undefined && this.#members.has(leaderId);
    this.leaderId = isMember ? leaderId : this.#firstMemberId();
    if (this.size > 0) this.#state = 'Stable';
    this.#readSubscriptions();
  }

  /** Ends the join phase: the next generation, with the protocol that the members elect. */
  startNextGeneration(nowMs: number): void {
    this.generation += 1;
    this.protocolName = this.size > 0 ? this.selectProtocol() : undefined;
    this.#readSubscriptions();
    this.clearPendingSyncs();
    this.transitionTo(this.size > 0 ? 'CompletingRebalance' : 'Empty', nowMs);
  }

  /**
   * The protocol with the most votes among those that all members support; each member votes for the
   * first it prefers. Of equal ones the first voted for wins.
   */
  selectProtocol(): string {
    const votes = new Map<string, number>();
    for (const member of this.#members.values()) {
      const vote = member.protocols.find((each) => this.#isCandidate(each));
      if (vote) votes.set(vote.name, (votes.get(vote.name) ?? 0) + 1);
    }
    let winner: readonly [string, number] | undefined;
    for (const entry of votes) if (!winner || entry[1] > winner[1]) winner = entry;
    return present(winner, `protocol that all members of group ${this.id} support`)[0];
  }

  #readSubscriptions(): void {
    const members = this.#members.values();
    this.subscribedTopics = subscribedTopics(this.protocolType, this.protocolName, members);
  }

  #firstMemberId(): string | undefined {
    return this.#members.keys().next().value;
  }

  #isCandidate(protocol: MemberProtocol): boolean {
    return (this.#supporters.get(protocol.name) ?? 0) === this.size;
  }

  #countProtocols(member: Member, change: 1 | -1): void {
    for (const name of new Set(member.protocols.map((each) => each.name))) {
      this.#supporters.set(name, (this.#supporters.get(name) ?? 0) + change);
    }
  }
}

/** A member's talk with the coordinator about being a member: join, sync, heartbeat, leave (classic protocol). */
import { errorName } from '../../../../src/protocol/errors';
import type { ErrorName } from '../../../../src/protocol/errors';
import {
  JoinGroupRequest,
  JoinGroupResponse,
} from '../../../../src/protocol/messages/11-join-group';
import {
  HeartbeatRequest,
  HeartbeatResponse,
} from '../../../../src/protocol/messages/12-heartbeat';
import {
  LeaveGroupRequest,
  LeaveGroupResponse,
} from '../../../../src/protocol/messages/13-leave-group';
import {
  SyncGroupRequest,
  SyncGroupResponse,
} from '../../../../src/protocol/messages/14-sync-group';
import type { TypeOf } from '../../../../src/protocol/schema';
import type { TopicPartition } from '../../history';
import type { Client } from '../client';
import { cooperativeSticky, range } from './assignors';
import {
  SUBSCRIPTION_VERSIONS,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from './consumer-protocol';
import { COORDINATOR_ERRORS } from './coordinator';
import type { Coordinator } from './coordinator';
import type { GroupSettings, SentAssignments } from './settings';

const PROTOCOL_TYPE = 'consumer';
const PROTOCOL_NAMES = { eager: 'range', cooperative: 'cooperative-sticky' } as const;
const NO_GENERATION = -1;
/** A static member names itself in all that it asks. */
interface Versions {
  readonly dynamic: readonly [number, number];
  readonly static: readonly [number, number];
}
const JOIN: Versions = { dynamic: [1, 9], static: [5, 9] };
const SYNC: Versions = { dynamic: [0, 5], static: [3, 5] };
const HEARTBEAT: Versions = { dynamic: [0, 4], static: [3, 4] };
const LEAVE_VERSIONS = [0, 5] as const;
const PROTOCOL_IN_JOIN_SINCE = 7;
const PROTOCOL_IN_SYNC_SINCE = 5;
const MEMBERS_IN_LEAVE_SINCE = 3;
/** As the Java client: a join may take this much longer than a rebalance. */
const JOIN_GRACE_MS = 3_000;

type Joined = TypeOf<typeof JoinGroupResponse>;

export interface MembershipSurroundings {
  readonly client: Client;
  readonly coordinator: Coordinator;
  readonly settings: GroupSettings;
  readonly sent: SentAssignments;
}

export class Membership {
  memberId = '';
  generation = NO_GENERATION;
  #lastSynced = NO_GENERATION;

  constructor(
    private readonly surroundings: MembershipSurroundings,
    /** Of a static member. */
    readonly instanceId: string | null,
  ) {}

  /** It is not known there any more, and does not know what it may still have. */
  forget(error: ErrorName): void {
    this.generation = NO_GENERATION;
    if (error === 'UNKNOWN_MEMBER_ID') this.memberId = '';
  }

  /** Waits for the rebalance, with the partitions that it has and the generation they are from; gives the answer, or the error. Rejects with a `NetworkError`. */
  async join(owned: readonly TopicPartition[], ownedSince: number): Promise<Joined | ErrorName> {
    const { group, topics, protocol, sessionTimeoutMs, rebalanceTimeoutMs } =
      this.surroundings.settings;
    const subscription = { topics, owned, generation: ownedSince };
    const version = this.surroundings.client.random.between(...SUBSCRIPTION_VERSIONS);
    const metadata = encodeSubscription(subscription, protocol === 'eager' ? 0 : version);
    const {
      answer,
      broker,
      version: used,
    } = await this.surroundings.coordinator.ask({
      request: JoinGroupRequest,
      response: JoinGroupResponse,
      versions: this.#versions(JOIN),
      timeoutMs: rebalanceTimeoutMs + JOIN_GRACE_MS,
      message: () => ({
        groupId: group,
        ...{ sessionTimeoutMs, rebalanceTimeoutMs, memberId: this.memberId },
        ...(this.instanceId === null ? {} : { groupInstanceId: this.instanceId }),
        protocolType: PROTOCOL_TYPE,
        protocols: [{ name: PROTOCOL_NAMES[protocol], metadata }],
      }),
    });
    const error = errorName(answer.errorCode);
    const isNew = this.memberId === '' && this.instanceId === null;
    this.#judge('JoinGroup', error, broker, [
      ...COORDINATOR_ERRORS,
      'REBALANCE_IN_PROGRESS',
      ...(isNew ? (['MEMBER_ID_REQUIRED'] as const) : (['UNKNOWN_MEMBER_ID'] as const)),
    ]);
    if (error === 'MEMBER_ID_REQUIRED') this.memberId = answer.memberId;
    if (error !== 'NONE') return error;
    this.#judgeJoined(answer, broker, used);
    this.memberId = answer.memberId;
    this.generation = answer.generationId;
    return answer;
  }

  /** Hands out assignments, if it is the leader, and gets its own, or the error. Rejects with a `NetworkError`. */
  async sync(
    joined: Joined,
    partitions: readonly TopicPartition[],
  ): Promise<readonly TopicPartition[] | ErrorName> {
    const { memberId, generation } = this;
    const isToAssign = joined.leader === memberId && !joined.skipAssignment;
    const assignments = isToAssign ? this.#assignments(joined, partitions) : [];
    const protocolName = PROTOCOL_NAMES[this.surroundings.settings.protocol];
    const { answer, broker, version } = await this.surroundings.coordinator.ask({
      request: SyncGroupRequest,
      response: SyncGroupResponse,
      versions: this.#versions(SYNC),
      timeoutMs: this.surroundings.settings.rebalanceTimeoutMs + JOIN_GRACE_MS,
      message: () => ({
        ...this.#who(),
        ...{ protocolType: PROTOCOL_TYPE, protocolName, assignments },
      }),
    });
    const error = errorName(answer.errorCode);
    this.#judge('SyncGroup', error, broker, [
      ...(['COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR', 'REBALANCE_IN_PROGRESS'] as const),
      ...(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'] as const),
    ]);
    if (error !== 'NONE') return error;
    if (version >= PROTOCOL_IN_SYNC_SINCE && answer.protocolName !== protocolName)
      this.surroundings.client.accuse(broker, `SyncGroup: protocol ${String(answer.protocolName)}`);
    if (
      !this.surroundings.sent.includes(generation, this.instanceId ?? memberId, answer.assignment)
    )
      this.surroundings.client.accuse(
        broker,
        `SyncGroup: an assignment that no leader of generation ${String(generation)} has made`,
      );
    this.#lastSynced = generation;
    return decodeAssignment(answer.assignment);
  }

  /** Rejects with a `NetworkError`. */
  async heartbeat(): Promise<ErrorName> {
    const { answer, broker } = await this.surroundings.coordinator.ask({
      request: HeartbeatRequest,
      response: HeartbeatResponse,
      versions: this.#versions(HEARTBEAT),
      message: () => this.#who(),
    });
    const error = errorName(answer.errorCode);
    this.#judge('Heartbeat', error, broker, [
      ...(['COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR', 'REBALANCE_IN_PROGRESS'] as const),
      ...(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'] as const),
    ]);
    return error;
  }

  /** Says good-bye, once; whether it was heard does not matter. Rejects with a `NetworkError`. */
  async leave(): Promise<void> {
    const { memberId } = this;
    const { answer, broker } = await this.surroundings.coordinator.ask({
      request: LeaveGroupRequest,
      response: LeaveGroupResponse,
      versions: LEAVE_VERSIONS,
      message: (version) => ({
        groupId: this.surroundings.settings.group,
        ...(version >= MEMBERS_IN_LEAVE_SINCE ? { members: [{ memberId }] } : { memberId }),
      }),
    });
    for (const { errorCode } of [answer, ...answer.members])
      this.#judge('LeaveGroup', errorName(errorCode), broker, [
        ...COORDINATOR_ERRORS,
        'UNKNOWN_MEMBER_ID',
      ]);
  }

  #who() {
    return {
      groupId: this.surroundings.settings.group,
      generationId: this.generation,
      memberId: this.memberId,
      ...(this.instanceId === null ? {} : { groupInstanceId: this.instanceId }),
    };
  }

  #versions(of: Versions): readonly [number, number] {
    return this.instanceId === null ? of.dynamic : of.static;
  }

  #judge(api: string, error: ErrorName, broker: string, allowed: readonly ErrorName[]): void {
    const fenced: readonly ErrorName[] =
      this.instanceId === null ? [] : ['FENCED_INSTANCE_ID', 'UNKNOWN_MEMBER_ID'];
    this.surroundings.coordinator.judge(api, error, [...allowed, ...fenced], broker);
  }

  #judgeJoined(joined: Joined, broker: string, version: number): void {
    const { memberId, leader, generationId, members } = joined;
    const name = PROTOCOL_NAMES[this.surroundings.settings.protocol];
    const ids = members.map((member) => member.memberId);
    const isLeader = leader === memberId;
    const facts = `member ${memberId}, leader ${leader}, generation ${String(generationId)}, members ${String(ids)}`;
    const isKept = this.memberId === '' || this.memberId === memberId;
    if (memberId === '' || !isKept || generationId < Math.max(1, this.#lastSynced))
      this.surroundings.client.accuse(broker, `JoinGroup: ${facts}, after ${this.memberId}`);
    else if (isLeader ? !ids.includes(memberId) : ids.length > 0)
      this.surroundings.client.accuse(
        broker,
        `JoinGroup: the leader alone is told all members, ${facts}`,
      );
    else if (new Set(ids).size < ids.length)
      this.surroundings.client.accuse(broker, `JoinGroup: a member twice, ${facts}`);
    else if (
      joined.protocolName !== name ||
      (version >= PROTOCOL_IN_JOIN_SINCE && joined.protocolType !== PROTOCOL_TYPE)
    )
      this.surroundings.client.accuse(broker, `JoinGroup: protocol ${String(joined.protocolName)}`);
  }

  #assignments({ members }: Joined, partitions: readonly TopicPartition[]) {
    const candidates = members.map(({ memberId, groupInstanceId, metadata }) => {
      const { owned, generation } = decodeSubscription(metadata);
      return { memberId, sortKey: groupInstanceId ?? memberId, owned, generation };
    });
    const assign = this.surroundings.settings.protocol === 'eager' ? range : cooperativeSticky;
    const assigned = assign(candidates, partitions);
    return candidates.map(({ memberId, sortKey }) => {
      const assignment = encodeAssignment(assigned.get(memberId) ?? []);
      this.surroundings.sent.note(this.generation, sortKey, assignment);
      return { memberId, assignment };
    });
  }
}

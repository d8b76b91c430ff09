/**
 * The classic group coordinator: membership and offsets of the groups whose partition of
 * `__consumer_offsets` this broker leads (Kafka's `GroupCoordinator`). Takes requests and gives
 * responses in their wire form; what it decides itself is who owns a group and what is well-formed.
 * Authorization, and OffsetCommit and OffsetFetch v0 (ZooKeeper), are the handlers'.
 */

import { errorCode } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import type { OffsetCommitRequest } from '../../protocol/messages/08-offset-commit';
import type { OffsetFetchRequest } from '../../protocol/messages/09-offset-fetch';
import type { JoinGroupRequest } from '../../protocol/messages/11-join-group';
import type { HeartbeatRequest, HeartbeatResponse } from '../../protocol/messages/12-heartbeat';
import type { LeaveGroupRequest } from '../../protocol/messages/13-leave-group';
import type { SyncGroupRequest } from '../../protocol/messages/14-sync-group';
import type { DescribeGroupsRequest } from '../../protocol/messages/15-describe-groups';
import type { ListGroupsRequest } from '../../protocol/messages/16-list-groups';
import type { DeleteGroupsRequest } from '../../protocol/messages/42-delete-groups';
import type { OffsetDeleteRequest } from '../../protocol/messages/47-offset-delete';
import type { InputOf } from '../../protocol/schema';
import { deleteGroup } from './admin-operations';
import * as admin from './admin-messages';
import type { GroupEnvironment, RequestContext } from './environment';
import { observeGroups } from './group-metrics';
import { GroupRegistry } from './group-registry';
import { newMemberId } from './member-id';
import * as membership from './membership-messages';
import * as offsets from './offset-messages';
import { commitOffsets, deleteOffsets, fetchOffsets } from './offset-operations';
import type { FetchedGroup } from './offset-messages';
import type { GroupState } from './state/group';
import type { PartitionOffset } from './state/offsets';

/** One group as metrics show it. */
export interface GroupSnapshot {
  readonly id: string;
  readonly state: GroupState;
  readonly memberCount: number;
  readonly offsets: Iterable<PartitionOffset>;
}

export class GroupCoordinator {
  readonly #environment: GroupEnvironment;
  readonly #registry: GroupRegistry;

  constructor(environment: GroupEnvironment) {
    const log = environment.platform.log.area('group-coordinator');
    this.#environment = { ...environment, platform: { ...environment.platform, log } };
    this.#registry = new GroupRegistry(this.#environment);
    if (environment.metrics) observeGroups(environment.metrics, () => this.#registry.groups());
  }

  /** Begins to answer. `partitionCount` is that of `__consumer_offsets` and stays as it is. */
  start(partitionCount: number): void {
    this.#registry.start(partitionCount);
  }

  /** Answers all that waits with NOT_COORDINATOR. */
  stop(): void {
    this.#registry.stop();
  }

  /** The partition of `__consumer_offsets` that the group belongs to; its leader is the group's coordinator. */
  partitionFor(groupId: string): number {
    return this.#registry.partitionFor(groupId);
  }

  /**
   * This broker leads the partition. To be called in the same turn as the change of leadership, before
   * anything else is done with it. Settles when the groups are loaded, or the load was overtaken.
   */
  onElected(partition: number, leaderEpoch: number): Promise<void> {
    return this.#registry.partitions.elected(partition, leaderEpoch);
  }

  /** This broker does not lead the partition any more, as of `leaderEpoch` if that is known. */
  onResigned(partition: number, leaderEpoch?: number): void {
    this.#registry.partitions.resigned(partition, leaderEpoch);
  }

  /** Members and committed offsets of all groups that are loaded here; a live view. */
  *snapshot(): Iterable<GroupSnapshot> {
    for (const { group, offsets } of this.#registry.groups()) {
      yield { id: group.id, state: group.state, memberCount: group.size, offsets: offsets.all() };
    }
  }

  /** The topic is gone from the cluster: so are its offsets. */
  onTopicDeleted(topic: string): void {
    this.#registry.removeOffsetsOf(topic);
  }

  /** The marker of a transaction was written to `partition`: offsets of that transaction are decided. */
  onTransactionCompleted(partition: number, producerId: number, isCommitted: boolean): void {
    this.#registry.partitions.whenActive(partition, ({ transactions }) => {
      transactions.end(producerId, isCommitted);
    });
  }

  /** JoinGroup v0–9: answered when the rebalance that it takes part in completes. */
  async joinGroup(
    context: RequestContext,
    request: JoinGroupRequest,
  ): Promise<membership.JoinResponse> {
    const { groupId, memberId } = request;
    const { apiVersion } = context;
    const refuse = (error: ErrorName): membership.JoinResponse =>
      membership.joinRefusal(error, memberId, apiVersion);
    const place = this.#registry.locate(groupId);
    if (place.error !== 'NONE') return refuse(place.error);
    if (!this.#isSessionTimeoutAllowed(request)) return refuse('INVALID_SESSION_TIMEOUT');
    if (!membership.isStorableJoin(request)) return refuse('INVALID_REQUEST');
    const live = memberId === '' ? place.home.findOrCreate(groupId) : place.home.find(groupId);
    if (!live) return refuse('UNKNOWN_MEMBER_ID');
    const { random } = this.#environment.platform;
    const joinRequest = membership.joinRequestOf(context, request, (prefix) =>
      newMemberId(prefix, random),
    );
    return membership.joinResponseOf(await live.join(joinRequest), apiVersion);
  }

  /** SyncGroup v0–5: answered when the leader's assignment is stored. */
  async syncGroup(
    context: RequestContext,
    request: SyncGroupRequest,
  ): Promise<membership.SyncResponse> {
    const isProtocolGiven = request.protocolType !== null && request.protocolName !== null;
    if (context.apiVersion >= 5 && !isProtocolGiven) {
      return membership.syncRefusal('INCONSISTENT_GROUP_PROTOCOL');
    }
    const place = this.#registry.locate(request.groupId);
    if (place.error === 'COORDINATOR_LOAD_IN_PROGRESS') {
      // The rebalance it belongs to is lost: join again. Old clients do not expect the true error here.
      return membership.syncRefusal('REBALANCE_IN_PROGRESS');
    }
    if (place.error !== 'NONE') return membership.syncRefusal(place.error);
    const live = place.home.find(request.groupId);
    if (!live) return membership.syncRefusal('UNKNOWN_MEMBER_ID');
    return membership.syncResponseOf(await live.sync(membership.syncRequestOf(request)));
  }

  /** Heartbeat v0–4. */
  heartbeat(_: RequestContext, request: HeartbeatRequest): InputOf<typeof HeartbeatResponse> {
    return { errorCode: errorCode(this.#heartbeatError(request)) };
  }

  /** LeaveGroup v0–5. */
  leaveGroup(context: RequestContext, request: LeaveGroupRequest): membership.LeaveResponse {
    const place = this.#registry.locate(request.groupId);
    if (place.error !== 'NONE') return { errorCode: errorCode(place.error) };
    const live = place.home.find(request.groupId);
    const leaving = membership.leavingMembersOf(request, context.apiVersion);
    const left = leaving.map((member) => {
      const error: ErrorName = live ? live.leave(member) : 'UNKNOWN_MEMBER_ID';
      return [member, error] as const;
    });
    return membership.leaveResponseOf(left, context.apiVersion);
  }

  /** OffsetCommit v1–9: answered when the offsets are committed to the log. */
  async commitOffsets(
    _: RequestContext,
    request: OffsetCommitRequest,
  ): Promise<offsets.CommitResponse> {
    const { topicExists, platform } = this.#environment;
    const { groupId } = request;
    const known = offsets
      .offsetsOf(request, platform.clock.nowMs())
      .filter(({ topic, partition }) => topicExists(topic, partition));
    if (known.length === 0) return offsets.commitResponseOf(request, unknownPartition);
    const place = this.#registry.locate(groupId, { mayBeEmpty: true });
    const sender = {
      memberId: request.memberId,
      instanceId: request.groupInstanceId,
      generation: request.generationIdOrMemberEpoch,
    };
    const errorOf =
      place.error === 'NONE'
        ? await commitOffsets(place.home, groupId, sender, known)
        : (): ErrorName => place.error;
    return offsets.commitResponseOf(request, offsets.byPartition(known, errorOf, unknownPartition));
  }

  /** OffsetFetch v1–9. */
  fetchOffsets(context: RequestContext, request: OffsetFetchRequest): offsets.FetchResponse {
    const { apiVersion } = context;
    const groups = offsets.requestedGroups(request, apiVersion).map(({ groupId, topics }) => {
      return this.#fetchGroup(groupId, topics, request.requireStable, apiVersion);
    });
    return offsets.fetchResponseOf(groups, apiVersion);
  }

  /** OffsetDelete v0: answered when the tombstones are committed to the log. */
  async deleteOffsets(
    _: RequestContext,
    request: OffsetDeleteRequest,
  ): Promise<offsets.DeleteResponse> {
    const { topicExists } = this.#environment;
    const known = offsets
      .partitionsOf(request)
      .filter(({ topic, partition }) => topicExists(topic, partition));
    if (known.length === 0) return offsets.deleteResponseOf(request, unknownPartition);
    const place = this.#registry.locate(request.groupId);
    if (place.error !== 'NONE') return offsets.deleteRefusal(place.error);
    const deleted = await deleteOffsets(place.home, request.groupId, known);
    if (deleted.error !== 'NONE') return offsets.deleteRefusal(deleted.error);
    const errorOf = offsets.byPartition(known, deleted.errorOf, unknownPartition);
    return offsets.deleteResponseOf(request, errorOf);
  }

  /** DescribeGroups v0–5. */
  describeGroups(_: RequestContext, request: DescribeGroupsRequest): admin.DescribeResponse {
    const groups = request.groups.map((groupId) => {
      const place = this.#registry.locate(groupId, { mayBeEmpty: true });
      if (place.error !== 'NONE') return admin.undescribedGroup(groupId, place.error);
      const live = place.home.find(groupId);
      return live ? admin.describedGroup(live.group) : admin.undescribedGroup(groupId, 'NONE');
    });
    return { groups };
  }

  /** ListGroups v0–5: the groups of this broker, as far as they are loaded. */
  listGroups(_: RequestContext, request: ListGroupsRequest): admin.ListResponse {
    const groups = this.#registry.groups().map((live) => live.group);
    const listed = groups.filter((group) => admin.isListed(group, request));
    return {
      errorCode: errorCode(this.#registry.listingError),
      groups: listed.map(admin.listedGroup),
    };
  }

  /** DeleteGroups v0–2: answered when the tombstones are committed to the log. */
  async deleteGroups(
    _: RequestContext,
    request: DeleteGroupsRequest,
  ): Promise<admin.DeleteResponse> {
    const results = [...new Set(request.groupsNames)].map(async (groupId) => {
      const place = this.#registry.locate(groupId, { mayBeEmpty: true });
      const error = place.error === 'NONE' ? await deleteGroup(place.home, groupId) : place.error;
      return { groupId, errorCode: errorCode(error) };
    });
    return { throttleTimeMs: 0, results: await Promise.all(results) };
  }

  #isSessionTimeoutAllowed({ sessionTimeoutMs }: JoinGroupRequest): boolean {
    const { settings } = this.#environment;
    return (
      sessionTimeoutMs >= settings['group.min.session.timeout.ms'] &&
      sessionTimeoutMs <= settings['group.max.session.timeout.ms']
    );
  }

  #heartbeatError(request: HeartbeatRequest): ErrorName {
    const place = this.#registry.locate(request.groupId);
    // While the group is loaded nobody can say that the member is not in it.
    if (place.error === 'COORDINATOR_LOAD_IN_PROGRESS') return 'NONE';
    if (place.error !== 'NONE') return place.error;
    const { memberId, groupInstanceId: instanceId, generationId: generation } = request;
    const live = place.home.find(request.groupId);
    return live ? live.heartbeat({ memberId, instanceId, generation }) : 'UNKNOWN_MEMBER_ID';
  }

  #fetchGroup(
    groupId: string,
    topics: offsets.RequestedTopics,
    requireStable: boolean,
    version: number,
  ): FetchedGroup {
    const place = this.#registry.locate(groupId, { mayBeEmpty: true });
    if (place.error !== 'NONE') return offsets.fetchRefusal(groupId, topics, place.error, version);
    return fetchOffsets(place.home.find(groupId), groupId, topics, requireStable);
  }
}

function unknownPartition(): ErrorName {
  return 'UNKNOWN_TOPIC_OR_PARTITION';
}

/** Consumer groups: listed, described and deleted; their committed offsets read, set and deleted. */
import { errorName } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import { OffsetCommitRequest, OffsetCommitResponse } from '../protocol/messages/08-offset-commit';
import { OffsetFetchRequest, OffsetFetchResponse } from '../protocol/messages/09-offset-fetch';
import {
  DescribeGroupsRequest,
  DescribeGroupsResponse,
} from '../protocol/messages/15-describe-groups';
import { ListGroupsRequest, ListGroupsResponse } from '../protocol/messages/16-list-groups';
import { DeleteGroupsRequest, DeleteGroupsResponse } from '../protocol/messages/42-delete-groups';
import { OffsetDeleteRequest, OffsetDeleteResponse } from '../protocol/messages/47-offset-delete';
import type { TopicPartition } from '../protocol/topic-partition';
import type { AdminClient } from './admin-client';
import { refuseUnlessNone } from './admin-error';
import { assignedPartitions } from './member-assignment';
import type { BrokerNode } from './metadata';

/** A group that no coordinator knows. */
export const NO_SUCH_GROUP = 'Dead';

export interface GroupMember {
  readonly memberId: string;
  /** Of a static member (KIP-345). */
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly host: string;
  readonly assignment: readonly TopicPartition[];
}

export interface GroupDescription {
  readonly group: string;
  /** As the protocol spells it: Empty, Stable, PreparingRebalance, CompletingRebalance, or `NO_SUCH_GROUP`. */
  readonly state: string;
  readonly protocolType: string;
  /** The assignor of a consumer group. */
  readonly protocol: string;
  readonly coordinator: BrokerNode;
  readonly members: readonly GroupMember[];
}

export interface CommittedOffset extends TopicPartition {
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string;
}

/** Ids of all groups, from every broker. Rejects if one of them does not answer: its groups would be missing. */
export async function listGroups(client: AdminClient): Promise<string[]> {
  const { brokers } = await client.metadata([]);
  const lists = brokers.map(({ id }) =>
    client.retrying(async () => {
      const answer = await client.askBroker(id, ListGroupsRequest, ListGroupsResponse, {});
      refuseUnlessNone(`the groups of broker ${String(id)} cannot be listed`, answer.errorCode);
      return answer.groups.map(({ groupId }) => groupId);
    }),
  );
  const found = await Promise.all(lists);
  return [...new Set(found.flat())].sort();
}

export async function describeGroup(client: AdminClient, group: string): Promise<GroupDescription> {
  const coordinator = await client.coordinator(group);
  const api = { request: DescribeGroupsRequest, response: DescribeGroupsResponse };
  const { groups } = await client.askCoordinator(group, api, { groups: [group] }, (answer) => {
    refuseUnlessNone(`group ${group} cannot be described`, answer.groups[0]?.errorCode ?? -1);
  });
  const [found] = groups;
  return {
    group,
    state: found?.groupState ?? NO_SUCH_GROUP,
    protocolType: found?.protocolType ?? '',
    protocol: found?.protocolData ?? '',
    coordinator,
    members: (found?.members ?? []).map((member) => ({
      memberId: member.memberId,
      instanceId: member.groupInstanceId,
      clientId: member.clientId,
      host: member.clientHost,
      assignment: assignedPartitions(member.memberAssignment),
    })),
  };
}

/** What the group has committed, by topic and partition, ascending. */
export async function committedOffsets(
  client: AdminClient,
  group: string,
): Promise<CommittedOffset[]> {
  const api = { request: OffsetFetchRequest, response: OffsetFetchResponse };
  const message = { groupId: group, topics: null };
  const { topics } = await client.askCoordinator(group, api, message, (answer) => {
    refuseUnlessNone(`the offsets of group ${group} cannot be read`, answer.errorCode);
  });
  const offsets = topics.flatMap(({ name, partitions }) =>
    partitions.map((each) => {
      const what = `the offset of ${name}-${String(each.partitionIndex)} cannot be read`;
      refuseUnlessNone(what, each.errorCode);
      return {
        topic: name,
        partition: each.partitionIndex,
        offset: each.committedOffset,
        leaderEpoch: each.committedLeaderEpoch,
        metadata: each.metadata ?? '',
      };
    }),
  );
  return offsets
    .filter(({ offset }) => offset >= 0)
    .sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
}

function namedTopics<T>(
  partitions: readonly (TopicPartition & T)[],
): { name: string; partitions: (TopicPartition & T)[] }[] {
  const topics = new Map<string, (TopicPartition & T)[]>();
  for (const each of partitions) topics.set(each.topic, [...(topics.get(each.topic) ?? []), each]);
  return [...topics].map(([name, ofIt]) => ({ name, partitions: ofIt }));
}

interface TopicOutcomes {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[];
  }[];
}

/** Throws the first refusal of a partition. */
function refuseAny(what: string, { topics }: TopicOutcomes): void {
  for (const { name, partitions } of topics)
    for (const { partitionIndex, errorCode } of partitions)
      refuseUnlessNone(`${what} ${name}-${String(partitionIndex)}`, errorCode);
}

/** Commits for a group without members; the coordinator refuses it for any other. */
export async function commitOffsets(
  client: AdminClient,
  group: string,
  offsets: readonly (TopicPartition & { readonly offset: number })[],
): Promise<void> {
  if (offsets.length === 0) return;
  const api = { request: OffsetCommitRequest, response: OffsetCommitResponse };
  const topics = namedTopics(offsets).map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: offset,
      committedMetadata: '',
    })),
  }));
  await client.askCoordinator(group, api, { groupId: group, topics }, (answer) =>
    refuseAny('no offset can be committed for', answer),
  );
}

/** Removes groups that have no members, with their offsets; each has its own outcome. */
export async function deleteGroup(client: AdminClient, group: string): Promise<void> {
  const api = { request: DeleteGroupsRequest, response: DeleteGroupsResponse };
  await client.askCoordinator(group, api, { groupsNames: [group] }, ({ results }) =>
    refuseUnlessNone(`group ${group} cannot be deleted`, results[0]?.errorCode ?? -1),
  );
}

/** The outcome of each partition; rejects if the coordinator refuses all of it. */
export async function deleteOffsets(
  client: AdminClient,
  group: string,
  partitions: readonly TopicPartition[],
): Promise<(TopicPartition & { readonly error: ErrorName })[]> {
  const api = { request: OffsetDeleteRequest, response: OffsetDeleteResponse };
  const topics = namedTopics(partitions).map(({ name, partitions: ofIt }) => ({
    name,
    partitions: ofIt.map(({ partition }) => ({ partitionIndex: partition })),
  }));
  const answer = await client.askCoordinator(
    group,
    api,
    { groupId: group, topics },
    ({ errorCode }) => refuseUnlessNone(`no offset of group ${group} can be deleted`, errorCode),
  );
  return answer.topics.flatMap(({ name, partitions: ofIt }) =>
    ofIt.map(({ partitionIndex, errorCode }) => ({
      topic: name,
      partition: partitionIndex,
      error: errorName(errorCode),
    })),
  );
}

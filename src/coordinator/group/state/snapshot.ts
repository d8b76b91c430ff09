/** What a group record holds (Kafka's `GroupMetadataValue`), and the group that it restores. */

import { Group } from './group';
import type { MemberProfile } from './member';

export interface MemberSnapshot extends Omit<MemberProfile, 'protocols'> {
  /** Metadata for the chosen protocol. */
  readonly subscription: Uint8Array;
  readonly assignment: Uint8Array;
}

export interface GroupSnapshot {
  readonly groupId: string;
  readonly protocolType: string | undefined;
  readonly generation: number;
  readonly protocolName: string | undefined;
  readonly leaderId: string | undefined;
  readonly stateTimestampMs: number | undefined;
  readonly members: readonly MemberSnapshot[];
}

/** The record of `group` with these assignments; a member that has none gets an empty one. */
export function snapshotOf(
  group: Group,
  assignmentOf: (memberId: string) => Uint8Array,
): GroupSnapshot {
  return {
    groupId: group.id,
    protocolType: group.protocolType,
    generation: group.generation,
    protocolName: group.protocolName,
    leaderId: group.leaderId,
    stateTimestampMs: group.stateTimestampMs,
    members: [...group.members.values()].map((member) => ({
      id: member.id,
      instanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      sessionTimeoutMs: member.sessionTimeoutMs,
      subscription: member.metadataFor(group.protocolName),
      assignment: assignmentOf(member.id),
    })),
  };
}

/** Why a record cannot be a group's state, although it parses; `undefined` if it can. */
export function snapshotFlaw(snapshot: GroupSnapshot): string | undefined {
  if (snapshot.members.length === 0) return undefined;
  if (snapshot.protocolName === undefined) return 'members but no protocol';
  const ids = snapshot.members.map((member) => member.id);
  if (new Set(ids).size < ids.length) return 'a member id twice';
  const instances = snapshot.members.flatMap((member) => member.instanceId ?? []);
  if (new Set(instances).size < instances.length) return 'an instance id twice';
  return undefined;
}

/** The group as it was when `snapshot` was stored: stable with all its members, or empty. */
export function restoreGroup(snapshot: GroupSnapshot): Group {
  const group = new Group(snapshot.groupId, snapshot.stateTimestampMs);
  group.protocolType = snapshot.protocolType;
  for (const { subscription, assignment, ...profile } of snapshot.members) {
    const protocols = [{ name: snapshot.protocolName ?? '', metadata: subscription }];
    const member = group.addMember(
      { ...profile, protocols },
      snapshot.protocolType ?? '',
      undefined,
    );
    member.assignment = assignment;
  }
  group.restore(snapshot.generation, snapshot.protocolName, snapshot.leaderId);
  return group;
}

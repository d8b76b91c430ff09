/** How the leader of a group divides the partitions among its members. */
import { nameOf } from '../consumer/position';
import type { TopicPartition } from '../../history';

export interface Candidate {
  readonly memberId: string;
  /** By which members are put in order: a static one keeps its place over a restart. */
  readonly sortKey: string;
  readonly owned: readonly TopicPartition[];
  /** Of two that claim a partition, the one with the later generation has it. */
  readonly generation: number;
}

export type Assignment = ReadonlyMap<string, readonly TopicPartition[]>;

function inOrder(candidates: readonly Candidate[]): Candidate[] {
  return [...candidates].sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1));
}

/** Each topic's partitions in runs of nearly equal length, one a member (RangeAssignor). */
export function range(
  candidates: readonly Candidate[],
  partitions: readonly TopicPartition[],
): Assignment {
  const members = inOrder(candidates);
  const assigned = new Map<string, TopicPartition[]>(members.map(({ memberId }) => [memberId, []]));
  for (const topic of new Set(partitions.map((each) => each.topic))) {
    const ofTopic = partitions.filter((each) => each.topic === topic);
    const [share, rest] = [
      Math.floor(ofTopic.length / members.length),
      ofTopic.length % members.length,
    ];
    members.forEach(({ memberId }, index) => {
      const from = index * share + Math.min(index, rest);
      const count = share + (index < rest ? 1 : 0);
      assigned.get(memberId)?.push(...ofTopic.slice(from, from + count));
    });
  }
  return assigned;
}

/**
 * Members keep what they have as far as that is fair. What one has to give up, nobody gets in this generation: its
 * owner must let go of it first (CooperativeStickyAssignor, KIP-429).
 */
export function cooperativeSticky(
  candidates: readonly Candidate[],
  partitions: readonly TopicPartition[],
): Assignment {
  const members = inOrder(candidates);
  const owners = ownersOf(members);
  const share = Math.floor(partitions.length / members.length);
  // So many members may have one more than their share.
  let extra = partitions.length % members.length;
  const assigned = new Map<string, TopicPartition[]>();
  for (const { memberId } of members) {
    const kept = partitions.filter((each) => owners.get(nameOf(each)) === memberId);
    const isPrivileged = kept.length > share && extra > 0;
    if (isPrivileged) extra -= 1;
    assigned.set(memberId, kept.slice(0, isPrivileged ? share + 1 : share));
  }
  const taken = new Set([...assigned.values()].flat().map(nameOf));
  for (const partition of partitions) {
    if (taken.has(nameOf(partition))) continue;
    const [least] = [...assigned.entries()].sort((a, b) => a[1].length - b[1].length);
    least?.[1].push(partition);
  }
  return withoutWhatOthersHave(members, assigned);
}

function ownersOf(members: readonly Candidate[]): ReadonlyMap<string, string> {
  const owners = new Map<string, Candidate>();
  for (const member of members)
    for (const partition of member.owned) {
      const other = owners.get(nameOf(partition));
      if (!other || other.generation < member.generation) owners.set(nameOf(partition), member);
    }
  return new Map([...owners].map(([name, { memberId }]) => [name, memberId]));
}

function withoutWhatOthersHave(members: readonly Candidate[], assigned: Assignment): Assignment {
  const result = new Map<string, readonly TopicPartition[]>();
  for (const { memberId } of members) {
    const others = members.filter((other) => other.memberId !== memberId);
    const held = new Set(others.flatMap(({ owned }) => owned).map(nameOf));
    result.set(
      memberId,
      (assigned.get(memberId) ?? []).filter((each) => !held.has(nameOf(each))),
    );
  }
  return result;
}

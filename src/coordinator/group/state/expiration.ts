/**
 * Which committed offsets have outlived `offsets.retention.minutes`, and which groups are of no use
 * any more. Source: Kafka's `GroupMetadata.removeExpiredOffsets`, KIP-211, KIP-496.
 */

import type { TopicPartition } from '../../../protocol/topic-partition';
import { CONSUMER_PROTOCOL_TYPE } from './consumer-protocol';
import type { Group } from './group';
import type { CommittedOffset, OffsetStore } from './offsets';

export function expiredOffsets(
  group: Group,
  offsets: OffsetStore,
  nowMs: number,
  retentionMs: number,
): TopicPartition[] {
  const rule = retentionRule(group);
  if (!rule) return [];
  const expired: TopicPartition[] = [];
  for (const { topic, partition, value } of offsets.all()) {
    if (rule.keeps(topic) || offsets.isPending(topic, partition)) continue;
    const expiresAtMs = value.expireTimestampMs ?? rule.startMs(value) + retentionMs;
    if (nowMs >= expiresAtMs) expired.push({ topic, partition });
  }
  return expired;
}

/** Whether the group can be forgotten once these offsets of it are removed: empty, and nothing left. */
export function isUselessWithout(
  group: Group,
  offsets: OffsetStore,
  partitions: readonly TopicPartition[],
): boolean {
  if (group.state !== 'Empty' || group.pendingMemberIds.size > 0) return false;
  return offsets.isEmptyWithout(partitions);
}

/** Whether somebody in the group reads `topic`; if the subscriptions are not known, yes. */
export function isSubscribed(group: Group, topic: string): boolean {
  return group.subscribedTopics?.has(topic) ?? true;
}

interface RetentionRule {
  /** Offsets of this topic do not expire. */
  keeps(topic: string): boolean;
  /** When the retention time of an offset began. */
  startMs(offset: CommittedOffset): number;
}

function retentionRule(group: Group): RetentionRule | undefined {
  const nothing = (): boolean => false;
  const byCommit = (offset: CommittedOffset): number => offset.commitTimestampMs;
  // Without group management nobody says whether the consumer is alive.
  if (group.protocolType === undefined) return { keeps: nothing, startMs: byCommit };
  if (group.state === 'Empty') {
    return {
      keeps: nothing,
      startMs: (offset) => group.stateTimestampMs ?? offset.commitTimestampMs,
    };
  }
  const isConsumerGroup = group.protocolType === CONSUMER_PROTOCOL_TYPE;
  if (group.state !== 'Stable' || !isConsumerGroup || !group.subscribedTopics) return undefined;
  return { keeps: (topic) => isSubscribed(group, topic), startMs: byCommit };
}

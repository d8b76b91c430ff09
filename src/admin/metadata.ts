/** What a broker says about the cluster (Metadata), in the shape that the rest of the client works with. */
import { errorName } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import type { MetadataResponse } from '../protocol/messages/03-metadata';
import { ZERO_UUID } from '../protocol/schema';
import type { TopicPartition } from '../protocol/topic-partition';

export interface BrokerNode {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

export interface PartitionMetadata extends TopicPartition {
  /** −1 while nobody leads. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

export interface TopicMetadata {
  readonly name: string;
  /** `undefined` where the broker or the topic is too old to have one. */
  readonly topicId: string | undefined;
  readonly isInternal: boolean;
  readonly error: ErrorName;
  /** Ascending. */
  readonly partitions: readonly PartitionMetadata[];
}

export interface ClusterMetadata {
  readonly clusterId: string | null;
  /** −1 if there is none. */
  readonly controllerId: number;
  readonly brokers: readonly BrokerNode[];
  readonly topics: readonly TopicMetadata[];
}

function topicOf(topic: MetadataResponse['topics'][number]): TopicMetadata {
  const name = topic.name ?? '';
  return {
    name,
    topicId: topic.topicId === ZERO_UUID || topic.topicId === '' ? undefined : topic.topicId,
    isInternal: topic.isInternal,
    error: errorName(topic.errorCode),
    partitions: topic.partitions
      .map(({ partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes }) => ({
        topic: name,
        partition: partitionIndex,
        leader: leaderId,
        leaderEpoch,
        replicas: replicaNodes,
        isr: isrNodes,
      }))
      .sort((a, b) => a.partition - b.partition),
  };
}

export function metadataOf(answer: MetadataResponse): ClusterMetadata {
  return {
    clusterId: answer.clusterId,
    controllerId: answer.controllerId,
    brokers: answer.brokers
      .map(({ nodeId, host, port, rack }) => ({ id: nodeId, host, port, rack }))
      .sort((a, b) => a.id - b.id),
    topics: answer.topics.map(topicOf).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

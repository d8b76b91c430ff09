/** Topics with their partitions, as ZooKeeper has them. */
import type { ConfigValues, PartitionState, ReplicaAssignment } from '../../zookeeper/types';
import type { TopicPartition } from '../../protocol/topic-partition';
import {
  config,
  partitionState,
  partitions,
  topic as topicNode,
  topics,
} from '../../zookeeper/znodes';
import type { FactReader } from './fact-reader';

export interface PartitionFacts extends TopicPartition, ReplicaAssignment {
  /** `undefined` before a first leader was elected. */
  readonly state: PartitionState | undefined;
}

export interface TopicFacts {
  readonly name: string;
  /** When its assignment was last written, by the clock of ZooKeeper's leader. */
  readonly assignedMs: number;
  readonly partitions: readonly PartitionFacts[];
  /** Partitions that have a znode and no place in the assignment. */
  readonly strayPartitions: readonly number[];
  readonly config: ConfigValues;
}

async function readPartition(
  reader: FactReader,
  id: TopicPartition,
  assignment: ReplicaAssignment,
): Promise<PartitionFacts> {
  const path = partitionState.path(id);
  const state = await reader.read(path, ({ data, stat }) => ({
    ...partitionState.decode(data, path),
    zkVersion: stat.version,
  }));
  return { ...id, ...assignment, state };
}

async function readTopic(reader: FactReader, name: string): Promise<TopicFacts | undefined> {
  const path = topicNode.path(name);
  // Before the assignment: partitions that are added meanwhile are assigned first.
  const nodes = await reader.children(partitions.path(name));
  const found = await reader.read(path, ({ data, stat }) => ({
    assignment: topicNode.decode(data, path),
    assignedMs: stat.mtimeMs,
  }));
  if (!found) return undefined;
  const assigned = found.assignment.partitions;
  const configPath = config.path({ type: 'topics', name });
  const settings = await reader.read(configPath, ({ data }) =>
    data ? config.decode(data, configPath) : {},
  );
  const ofTopic = await Promise.all(
    [...assigned].map(([partition, each]) =>
      readPartition(reader, { topic: name, partition }, each),
    ),
  );
  return {
    name,
    assignedMs: found.assignedMs,
    partitions: ofTopic,
    strayPartitions: nodes.map(Number).filter((partition) => !assigned.has(partition)),
    config: settings ?? {},
  };
}

/** Ascending by name. A topic that is deleted meanwhile is left out. */
export async function readTopics(reader: FactReader): Promise<TopicFacts[]> {
  const names = await reader.children(topics.path());
  return reader.all(names, (name) => readTopic(reader, name));
}

/** Topics appear, vanish and grow: new partitions get their first leaders. Kafka's `processTopicChange` and `processPartitionModifications`. */
import { ZooKeeperError } from '../zookeeper/errors';
import type { ReplicaAssignment, TopicAssignment } from '../zookeeper/types';
import { replicasOf } from './state/context';
import type { PartitionContext } from './state/context';
import type { PartitionStateMachine } from './partition-machine';
import type { ReplicaStateMachine } from './replica-machine';
import type { Tenure } from './tenure';

export class TopicChanges {
  readonly #tenure: Tenure;
  readonly #partitions: PartitionStateMachine;
  readonly #replicas: ReplicaStateMachine;

  constructor(tenure: Tenure, partitions: PartitionStateMachine, replicas: ReplicaStateMachine) {
    this.#tenure = tenure;
    this.#partitions = partitions;
    this.#replicas = replicas;
  }

  /** The children of `/brokers/topics` changed. */
  async onTopicChange(): Promise<void> {
    const { context, store, log } = this.#tenure;
    const names = new Set(await store.topics.names());
    const vanished = [...context.topics.keys()].filter((topic) => !names.has(topic));
    for (const topic of vanished) this.#forget(topic);
    const added = [...names].filter((topic) => !context.topics.has(topic));
    if (added.length + vanished.length === 0) return;
    log.info('topics changed', { added: added.join(','), vanished: vanished.join(',') });
    await this.#createPartitions(await this.readTopics(added));
  }

  /** The data of a topic's znode changed: only added partitions matter here. */
  async onPartitionModification(topic: string): Promise<void> {
    const { context, store } = this.#tenure;
    const known = context.topics.get(topic);
    // Its znode could not be read before, and now perhaps it can.
    if (!known) return this.#createPartitions(await this.readTopics([topic]));
    const assignment = (await store.topics.assignments([topic])).get(topic);
    const added = [...(assignment?.partitions ?? [])].filter(
      ([partition]) => !known.partitions.has(partition),
    );
    if (!assignment || added.length === 0) return;
    if (context.isQueuedForDeletion(topic)) return this.#restoreAssignment(topic, assignment);
    this.#tenure.log.info('partitions added', {
      topic,
      partitions: added.map(([id]) => id).join(','),
    });
    await this.#createPartitions(
      added.map(([partition, replicas]) => context.addPartition(topic, partition, replicas)),
    );
  }

  /**
   * Takes topics into the context, and watches them. A topic without an id, made by a broker older than 2.8,
   * gets one. One whose znode cannot be parsed is left out until that changes.
   */
  async readTopics(names: readonly string[]): Promise<PartitionContext[]> {
    const { context, store, log } = this.#tenure;
    if (names.length === 0) return [];
    for (const topic of names) this.#watch(topic);
    const assignments = await store.topics.assignments(names);
    for (const topic of names)
      if (!assignments.has(topic)) log.error('topic cannot be read, left out', { topic });
    const ids = await this.#ensureIds(assignments);
    return [...assignments].flatMap(([topic, { partitions }]) => {
      const id = ids.get(topic);
      if (id === undefined) return [];
      context.addTopic(topic, id);
      return [...partitions].map(([partition, replicas]) =>
        context.addPartition(topic, partition, replicas),
      );
    });
  }

  /** New partitions, from nothing to a leader. */
  async #createPartitions(partitions: readonly PartitionContext[]): Promise<void> {
    const replicas = replicasOf(partitions);
    this.#partitions.enter(partitions, 'NewPartition');
    this.#replicas.enter(replicas, 'NewReplica');
    await this.#partitions.bringOnline(partitions);
    this.#replicas.enterOnline(replicas);
  }

  async #ensureIds(
    assignments: ReadonlyMap<string, TopicAssignment>,
  ): Promise<ReadonlyMap<string, string>> {
    const ids = new Map<string, string>();
    const withIds = async ([topic, assignment]: [string, TopicAssignment]): Promise<void> => {
      const id = assignment.topicId ?? (await this.#writeTopicId(topic, assignment));
      if (id !== undefined) ids.set(topic, id);
    };
    await Promise.all([...assignments].map(withIds));
    return ids;
  }

  async #writeTopicId(topic: string, assignment: TopicAssignment): Promise<string | undefined> {
    const { store, log } = this.#tenure;
    const topicId = this.#tenure.newTopicId();
    try {
      await store.topics.setAssignment(topic, { ...assignment, topicId }, this.#tenure.fence);
      return topicId;
    } catch (error) {
      if (!(error instanceof ZooKeeperError) || error.code === 'SESSION_EXPIRED') throw error;
      log.error('could not give the topic an id, left out', { topic, error: error.message });
      return undefined;
    }
  }

  /** A topic that is being deleted does not grow: partitions that were never created are taken back. */
  async #restoreAssignment(topic: string, { topicId }: TopicAssignment): Promise<void> {
    const { context, store, log } = this.#tenure;
    log.warn('partitions were added to a topic that is being deleted: taken back', { topic });
    const created = new Set(await store.topics.partitionNodes(topic));
    const partitions = new Map<number, ReplicaAssignment>();
    for (const [partition, { assignment }] of context.topics.get(topic)?.partitions ?? []) {
      if (created.has(partition)) partitions.set(partition, assignment);
    }
    await store.topics.setAssignment(topic, { topicId, partitions }, this.#tenure.fence);
  }

  #watch(topic: string): void {
    this.#tenure.store.topics.watchTopic(topic, () => {
      this.#tenure.put('PartitionModifications', () => this.onPartitionModification(topic));
    });
  }

  #forget(topic: string): void {
    this.#tenure.store.topics.unwatchTopic(topic);
    this.#tenure.context.removeTopic(topic);
  }
}

/**
 * Deletes topics: brokers forget the partitions, then delete their replicas, and once all have answered the
 * topic's znodes go. A topic waits while one of its brokers is away. Kafka's `TopicDeletionManager`.
 */
import { errorName } from '../protocol/errors';
import type { StopReplicaResponse } from '../protocol/messages/05-stop-replica';
import { partitionKey } from '../protocol/topic-partition';
import { ZooKeeperError } from '../zookeeper/errors';
import { replicasOf } from './state/context';
import type { Replica, TopicContext } from './state/context';
import { decideDeletionStep } from './state/deletion-step';
import type { StopReplicaPartition } from './state/request-batch';
import type { PartitionStateMachine } from './partition-machine';
import type { ReplicaStateMachine } from './replica-machine';
import type { Tenure } from './tenure';

export class TopicDeletion {
  readonly #tenure: Tenure;
  readonly #partitions: PartitionStateMachine;
  readonly #replicas: ReplicaStateMachine;
  /** Topics whose brokers have been told to forget the partitions. */
  readonly #started = new Set<string>();
  /** Topics of which a replica cannot be deleted now. */
  readonly #ineligible = new Set<string>();
  /** Marked topics whose replicas are on the move: until that ends they live on. */
  #waiting: ReadonlySet<string> = new Set();

  constructor(tenure: Tenure, partitions: PartitionStateMachine, replicas: ReplicaStateMachine) {
    this.#tenure = tenure;
    this.#partitions = partitions;
    this.#replicas = replicas;
  }

  /** Reads the marks that DeleteTopics or an operator left, and begins. Arms the watch. */
  async onMarks(): Promise<void> {
    const { context } = this.#tenure;
    const known = await this.readMarks();
    const added = known.filter((topic) => !context.isQueuedForDeletion(topic));
    for (const topic of added) this.enqueue(topic);
    if (added.length > 0)
      this.#tenure.log.info('topic deletion asked for', { topics: added.join(',') });
    await this.resume(added);
  }

  /** Moves of replicas have ended: topics that waited for that are deleted. */
  async onReassigned(): Promise<void> {
    if (this.#waiting.size > 0) await this.onMarks();
  }

  /** Topics whose deletion waits for a broker, or for ZooKeeper. */
  get stuckCount(): number {
    return this.#ineligible.size;
  }

  /** Whether the topic will be deleted once its replicas have moved. */
  isWaiting(topic: string): boolean {
    return this.#waiting.has(topic);
  }

  /**
   * The topics to delete now. Marks of topics that do not exist, or may not be deleted, are removed; those of
   * topics on the move stay for later.
   */
  async readMarks(): Promise<readonly string[]> {
    const { store, context, config, log } = this.#tenure;
    const marked = await store.topics.deletionMarks();
    const known = config.values['delete.topic.enable']
      ? marked.filter((topic) => context.topics.has(topic))
      : [];
    const refused = marked.filter((topic) => !known.includes(topic));
    if (refused.length > 0) await store.topics.removeDeletionMarks(refused, this.#tenure.fence);
    const waiting = known.filter((topic) => context.isTopicBeingReassigned(topic));
    this.#waiting = new Set(waiting);
    if (waiting.length > 0)
      log.info('topic deletion waits for a reassignment', { topics: waiting.join(',') });
    return known.filter((topic) => !this.#waiting.has(topic));
  }

  /** From now on the topic has no elections; `resume` begins the deletion. */
  enqueue(topic: string): void {
    this.#tenure.context.queueForDeletion(topic);
  }

  /** Takes the next step with those of `topics` that are to be deleted. */
  async resume(topics: Iterable<string>): Promise<void> {
    const { context } = this.#tenure;
    const started: TopicContext[] = [];
    const online: Replica[] = [];
    for (const name of new Set(topics)) {
      const topic = context.topics.get(name);
      if (!topic || !context.isQueuedForDeletion(name)) continue;
      const step = decideDeletionStep(context, topic, this.#ineligible.has(name));
      if (step.kind === 'complete') await this.#complete(topic);
      if (step.kind !== 'delete') continue;
      started.push(topic);
      online.push(...step.online);
      this.#giveUp(step.offline);
    }
    if (started.length === 0) return;
    this.#forgetPartitions(started);
    // Followers stop fetching before any replica is deleted.
    await this.#replicas.enterOffline(online);
    this.#replicas.startDeletion(online);
  }

  /** A broker of these replicas has come: what failed is tried again. */
  async retry(replicas: readonly Replica[]): Promise<void> {
    const topics = new Set(replicas.map(({ partition }) => partition.topic.name));
    for (const topic of topics) this.#ineligible.delete(topic);
    await this.resume(topics);
  }

  /** Replicas went away, with their broker or their disk: those of topics being deleted cannot be deleted now. */
  fail(replicas: readonly Replica[]): void {
    const { context } = this.#tenure;
    this.#giveUp(
      replicas.filter(({ partition }) => context.isQueuedForDeletion(partition.topic.name)),
    );
  }

  /** A broker's answer to StopReplica with deletion. */
  async onReplicasDeleted(
    broker: number,
    requested: readonly StopReplicaPartition[],
    response: StopReplicaResponse,
  ): Promise<void> {
    const refused = new Set(
      response.partitionErrors
        .filter(({ errorCode }) => errorName(errorCode) !== 'NONE')
        .map(({ topicName, partitionIndex }) => partitionKey(topicName, partitionIndex)),
    );
    const isRefused = errorName(response.errorCode) !== 'NONE';
    const answered = requested
      .map(({ partition }) => ({ partition, broker }))
      .filter((replica) => this.#awaitsAnswer(replica));
    const failed = answered.filter(({ partition }) => isRefused || refused.has(partition.key));
    const deleted = answered.filter((replica) => !failed.includes(replica));
    this.#replicas.enter(deleted, 'ReplicaDeletionSuccessful');
    this.#giveUp(failed);
    await this.resume(deleted.map(({ partition }) => partition.topic.name));
  }

  /** False if the topic is gone, or the replica was given up meanwhile: the answer is late. */
  #awaitsAnswer(replica: Replica): boolean {
    const { context } = this.#tenure;
    const { topic, partition } = replica.partition;
    if (context.partition(topic.name, partition) !== replica.partition) return false;
    return context.replicaState(replica) === 'ReplicaDeletionStarted';
  }

  /** The topics of these replicas wait until something changes. */
  #giveUp(replicas: readonly Replica[]): void {
    const { context, log } = this.#tenure;
    const failed = replicas.filter((replica) => {
      const state = context.replicaState(replica);
      return state === 'OfflineReplica' || state === 'ReplicaDeletionStarted';
    });
    this.#replicas.enter(failed, 'ReplicaDeletionIneligible');
    for (const topic of new Set(replicas.map(({ partition }) => partition.topic.name))) {
      if (this.#ineligible.has(topic)) continue;
      this.#ineligible.add(topic);
      log.info('topic deletion waits for a replica that is away', { topic });
    }
  }

  /** The partitions end, and all metadata caches drop them. */
  #forgetPartitions(topics: readonly TopicContext[]): void {
    for (const topic of topics) {
      if (this.#started.has(topic.name)) continue;
      this.#partitions.enter(topic.partitions.values(), 'OfflinePartition');
      this.#partitions.enter(topic.partitions.values(), 'NonExistentPartition');
      this.#started.add(topic.name);
    }
    const partitions = topics.flatMap((topic) => [...topic.partitions.values()]);
    this.#tenure.sendMetadata(this.#tenure.context.brokers.keys(), partitions);
  }

  async #complete(topic: TopicContext): Promise<void> {
    const { store, context, log } = this.#tenure;
    store.topics.unwatchTopic(topic.name);
    try {
      await store.topics.completeDeletion(topic.name, this.#tenure.fence);
    } catch (error) {
      if (!(error instanceof ZooKeeperError) || error.code === 'SESSION_EXPIRED') throw error;
      log.error('could not delete the znodes of a topic', {
        topic: topic.name,
        error: error.message,
      });
      this.#ineligible.add(topic.name);
      return;
    }
    this.#replicas.enter(replicasOf(topic.partitions.values()), 'NonExistentReplica');
    context.removeTopic(topic.name);
    this.#started.delete(topic.name);
    this.#ineligible.delete(topic.name);
    log.info('topic deleted', { topic: topic.name });
  }
}

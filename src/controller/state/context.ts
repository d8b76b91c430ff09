/**
 * What the controller knows: brokers, topics, assignments, leaders and the states of partitions and replicas,
 * mirrored from ZooKeeper. Pure data with the indexes that keep an event's cost at the partitions it touches:
 * nothing but a fail-over and the periodic rebalance walks all partitions. Kafka's `ControllerContext`.
 */
import { assert } from '../../base/assert';
import { partitionKey } from '../../protocol/topic-partition';
import type { BrokerInfo, PartitionState, ReplicaAssignment } from '../../zookeeper/types';
import { isBeingReassigned } from './replica-assignment';
import type { PartitionStateName, ReplicaStateName } from './transitions';

/** One partition; changed only through the context, which keeps its indexes right. */
export interface PartitionContext {
  readonly topic: TopicContext;
  readonly partition: number;
  /** `topic-partition`, for logs and maps. */
  readonly key: string;
  readonly assignment: ReplicaAssignment;
  /** As last read from or written to its state znode; `undefined` while it never had a leader. */
  readonly leadership: PartitionState | undefined;
  readonly state: PartitionStateName;
  readonly replicaStates: ReadonlyMap<number, ReplicaStateName>;
}

export interface TopicContext {
  readonly name: string;
  readonly id: string;
  readonly partitions: ReadonlyMap<number, PartitionContext>;
}

/** One replica of a partition. */
export interface Replica {
  readonly partition: PartitionContext;
  readonly broker: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type PartitionEntry = Writable<Omit<PartitionContext, 'replicaStates'>> & {
  replicaStates: Map<number, ReplicaStateName>;
};
type TopicEntry = Writable<Omit<TopicContext, 'partitions'>> & {
  partitions: Map<number, PartitionEntry>;
};

const NONE: ReadonlySet<PartitionContext> = new Set();

export class ControllerContext {
  /** Registered brokers, those that are shutting down included. */
  readonly #brokers = new Map<number, BrokerInfo>();
  readonly #shuttingDown = new Set<number>();
  readonly #topics = new Map<string, TopicEntry>();
  readonly #topicNames = new Map<string, string>();
  readonly #replicasOn = new Map<number, Set<PartitionContext>>();
  readonly #ledBy = new Map<number, Set<PartitionContext>>();
  readonly #leaderless = new Set<PartitionContext>();
  /** Partitions whose replica lies in a failed log directory, by broker. */
  readonly #offlineDirs = new Map<number, Set<PartitionContext>>();
  readonly #queuedForDeletion = new Set<string>();
  readonly #reassigning = new Set<PartitionContext>();

  // --- brokers

  get brokers(): ReadonlyMap<number, BrokerInfo> {
    return this.#brokers;
  }

  setBroker(info: BrokerInfo): void {
    this.#brokers.set(info.id, info);
  }

  /** Forgets a broker that is gone, and what held only while it was there. */
  removeBroker(id: number): void {
    this.#brokers.delete(id);
    this.#shuttingDown.delete(id);
    this.#offlineDirs.delete(id);
  }

  markShuttingDown(id: number): void {
    this.#shuttingDown.add(id);
  }

  isShuttingDown(id: number): boolean {
    return this.#shuttingDown.has(id);
  }

  /** Registered and not shutting down: it may lead and be in sync. */
  isLive(id: number): boolean {
    return this.#brokers.has(id) && !this.#shuttingDown.has(id);
  }

  /** Whether the broker can serve this partition. */
  isOnline(broker: number, partition: PartitionContext): boolean {
    return this.isLive(broker) && !this.#hasOfflineDir(broker, partition);
  }

  /** The same, with brokers that are shutting down counted as there. */
  isReachable(broker: number, partition: PartitionContext): boolean {
    return this.#brokers.has(broker) && !this.#hasOfflineDir(broker, partition);
  }

  markOfflineDir(broker: number, partition: PartitionContext): void {
    addTo(this.#offlineDirs, broker, partition);
  }

  clearOfflineDir(broker: number, partition: PartitionContext): void {
    this.#offlineDirs.get(broker)?.delete(partition);
  }

  // --- topics

  get topics(): ReadonlyMap<string, TopicContext> {
    return this.#topics;
  }

  topicName(id: string): string | undefined {
    return this.#topicNames.get(id);
  }

  addTopic(name: string, id: string): void {
    assert(!this.#topics.has(name), `topic ${name} is known already`);
    this.#topics.set(name, { name, id, partitions: new Map() });
    this.#topicNames.set(id, name);
  }

  removeTopic(name: string): void {
    const topic = this.#topics.get(name);
    if (!topic) return;
    for (const partition of topic.partitions.values()) this.#unlink(partition);
    this.#topics.delete(name);
    if (this.#topicNames.get(topic.id) === name) this.#topicNames.delete(topic.id);
    this.#queuedForDeletion.delete(name);
  }

  queueForDeletion(name: string): void {
    this.#queuedForDeletion.add(name);
  }

  isQueuedForDeletion(name: string): boolean {
    return this.#queuedForDeletion.has(name);
  }

  get queuedForDeletion(): ReadonlySet<string> {
    return this.#queuedForDeletion;
  }

  // --- partitions

  partition(topic: string, partition: number): PartitionContext | undefined {
    return this.#topics.get(topic)?.partitions.get(partition);
  }

  addPartition(
    topicName: string,
    partition: number,
    assignment: ReplicaAssignment,
  ): PartitionContext {
    const topic = this.#topics.get(topicName);
    assert(topic !== undefined, `topic ${topicName} is unknown`);
    assert(
      !topic.partitions.has(partition),
      `partition ${topicName}-${String(partition)} is known already`,
    );
    const entry: PartitionEntry = {
      topic,
      partition,
      key: partitionKey(topicName, partition),
      assignment,
      leadership: undefined,
      state: 'NonExistentPartition',
      replicaStates: new Map(),
    };
    topic.partitions.set(partition, entry);
    this.#link(entry);
    return entry;
  }

  /** Where the replicas are from now on. The states of those that are no longer assigned stay until they are set. */
  setAssignment(partition: PartitionContext, assignment: ReplicaAssignment): void {
    const entry = this.#entry(partition);
    for (const broker of entry.assignment.replicas) {
      this.#replicasOn.get(broker)?.delete(entry);
      if (!assignment.replicas.includes(broker)) this.clearOfflineDir(broker, entry);
    }
    entry.assignment = assignment;
    this.#link(entry);
  }

  /** Partitions whose replicas are on the move. */
  get reassigning(): ReadonlySet<PartitionContext> {
    return this.#reassigning;
  }

  isTopicBeingReassigned(name: string): boolean {
    return [...this.#reassigning].some(({ topic }) => topic.name === name);
  }

  setLeadership(partition: PartitionContext, leadership: PartitionState): void {
    const entry = this.#entry(partition);
    const before = entry.leadership?.leader;
    if (before !== leadership.leader) {
      if (before !== undefined) this.#ledBy.get(before)?.delete(entry);
      addTo(this.#ledBy, leadership.leader, entry);
    }
    entry.leadership = leadership;
  }

  setPartitionState(partition: PartitionContext, state: PartitionStateName): void {
    const entry = this.#entry(partition);
    entry.state = state;
    if (state === 'NewPartition' || state === 'OfflinePartition') this.#leaderless.add(entry);
    else this.#leaderless.delete(entry);
  }

  setReplicaState({ partition, broker }: Replica, state: ReplicaStateName): void {
    const { replicaStates } = this.#entry(partition);
    if (state === 'NonExistentReplica') replicaStates.delete(broker);
    else replicaStates.set(broker, state);
  }

  replicaState({ partition, broker }: Replica): ReplicaStateName {
    return partition.replicaStates.get(broker) ?? 'NonExistentReplica';
  }

  /** Partitions that have a replica on the broker. */
  partitionsOn(broker: number): ReadonlySet<PartitionContext> {
    return this.#replicasOn.get(broker) ?? NONE;
  }

  /** Partitions whose leader the broker is; −1 for those that lost theirs. */
  partitionsLedBy(broker: number): ReadonlySet<PartitionContext> {
    return this.#ledBy.get(broker) ?? NONE;
  }

  /** Partitions in the states NewPartition and OfflinePartition. */
  get leaderless(): ReadonlySet<PartitionContext> {
    return this.#leaderless;
  }

  /** Every partition of every topic: for a fail-over and the periodic rebalance only. */
  *allPartitions(): Iterable<PartitionContext> {
    for (const topic of this.#topics.values()) yield* topic.partitions.values();
  }

  #hasOfflineDir(broker: number, partition: PartitionContext): boolean {
    return this.#offlineDirs.get(broker)?.has(partition) ?? false;
  }

  #entry(partition: PartitionContext): PartitionEntry {
    const entry = this.#topics.get(partition.topic.name)?.partitions.get(partition.partition);
    assert(entry === partition, `partition ${partition.key} is no longer in the context`);
    return entry;
  }

  #link(entry: PartitionEntry): void {
    for (const broker of entry.assignment.replicas) addTo(this.#replicasOn, broker, entry);
    if (isBeingReassigned(entry.assignment)) this.#reassigning.add(entry);
    else this.#reassigning.delete(entry);
  }

  #unlink(entry: PartitionEntry): void {
    this.#reassigning.delete(entry);
    for (const broker of entry.assignment.replicas) this.#replicasOn.get(broker)?.delete(entry);
    if (entry.leadership) this.#ledBy.get(entry.leadership.leader)?.delete(entry);
    this.#leaderless.delete(entry);
    for (const partitions of this.#offlineDirs.values()) partitions.delete(entry);
  }
}

/** Every replica of the partitions. */
export function replicasOf(partitions: Iterable<PartitionContext>): Replica[] {
  return [...partitions].flatMap((partition) =>
    partition.assignment.replicas.map((broker) => ({ partition, broker })),
  );
}

function addTo<K, V>(index: Map<K, Set<V>>, key: K, value: V): void {
  const values = index.get(key);
  if (values) values.add(value);
  else index.set(key, new Set([value]));
}

/**
 * The cluster as the controller last described it: brokers, topics, partitions, topic ids, controller.
 * `replay` merges one update and says what it changed; its cost grows with the update, not with the
 * image. Values handed out are never changed afterwards, only replaced.
 */

export interface BrokerEndpoint {
  /** The listener's name, e.g. `PLAINTEXT`. */
  readonly listener: string;
  readonly host: string;
  readonly port: number;
  /** `PLAINTEXT`, `SSL`, `SASL_PLAINTEXT` or `SASL_SSL`. */
  readonly securityProtocol: string;
}

export interface BrokerImage {
  readonly id: number;
  readonly endpoints: readonly BrokerEndpoint[];
  readonly rack: string | null;
}

export interface PartitionImage {
  readonly partition: number;
  readonly controllerEpoch: number;
  /** −1 if the partition has no leader. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly isr: readonly number[];
  /** The version of the partition's state znode. */
  readonly partitionEpoch: number;
  readonly replicas: readonly number[];
  readonly offlineReplicas: readonly number[];
}

export interface TopicImage {
  readonly name: string;
  /** `undefined` if the controller gave the topic no id. */
  readonly topicId: string | undefined;
  readonly partitions: ReadonlyMap<number, PartitionImage>;
}

export interface TopicUpdate {
  readonly name: string;
  readonly topicId: string | undefined;
  readonly partitions: readonly PartitionImage[];
}

/** The whole list of live brokers and the controller, and those partitions that are new or changed. */
export interface ClusterUpdate {
  readonly controllerId: number;
  readonly brokers: readonly BrokerImage[];
  readonly topics: readonly TopicUpdate[];
}

/** What one update changed. */
export interface ClusterDelta {
  readonly controllerChanged: boolean;
  readonly brokersAdded: readonly number[];
  readonly brokersRemoved: readonly number[];
  /** Present before and after, with other endpoints or another rack. */
  readonly brokersChanged: readonly number[];
  /** Topics of which the update named at least one partition that stays, with those partitions. */
  readonly topicsChanged: ReadonlyMap<string, readonly PartitionImage[]>;
  /** Partitions that the update took away, by topic. */
  readonly partitionsRemoved: ReadonlyMap<string, readonly number[]>;
  /** Topics that have no partition left. */
  readonly topicsRemoved: readonly string[];
}

/** The leader that the controller names for the partitions of a topic that is being deleted. */
export const LEADER_DURING_DELETE = -2;

/** "No controller is known", in requests and in the image. */
export const NO_CONTROLLER = -1;

interface MutableTopic {
  readonly name: string;
  topicId: string | undefined;
  readonly partitions: Map<number, PartitionImage>;
}

export class ClusterImage {
  #controllerId = NO_CONTROLLER;
  #brokers: ReadonlyMap<number, BrokerImage> = new Map();
  readonly #topics = new Map<string, MutableTopic>();
  readonly #topicNames = new Map<string, string>();

  get controllerId(): number {
    return this.#controllerId;
  }

  get brokers(): ReadonlyMap<number, BrokerImage> {
    return this.#brokers;
  }

  get topics(): ReadonlyMap<string, TopicImage> {
    return this.#topics;
  }

  topicName(topicId: string): string | undefined {
    return this.#topicNames.get(topicId);
  }

  /**
   * Brokers and controller are replaced, partitions are merged, a partition led by
   * `LEADER_DURING_DELETE` is removed (`kafka.server.metadata.ZkMetadataCache.updateMetadata`).
   */
  replay(update: ClusterUpdate): ClusterDelta {
    const controllerChanged = update.controllerId !== this.#controllerId;
    this.#controllerId = update.controllerId;
    return {
      controllerChanged,
      ...this.#replaceBrokers(update.brokers),
      ...this.#mergeTopics(update.topics),
    };
  }

  #replaceBrokers(
    brokers: readonly BrokerImage[],
  ): Pick<ClusterDelta, 'brokersAdded' | 'brokersRemoved' | 'brokersChanged'> {
    const before = this.#brokers;
    const after = new Map(brokers.map((broker) => [broker.id, broker]));
    this.#brokers = after;
    const brokersAdded: number[] = [];
    const brokersChanged: number[] = [];
    for (const broker of after.values()) {
      const old = before.get(broker.id);
      if (!old) brokersAdded.push(broker.id);
      else if (!isSameBroker(old, broker)) brokersChanged.push(broker.id);
    }
    const brokersRemoved = [...before.keys()].filter((id) => !after.has(id));
    return { brokersAdded, brokersRemoved, brokersChanged };
  }

  #mergeTopics(
    updates: readonly TopicUpdate[],
  ): Pick<ClusterDelta, 'topicsChanged' | 'partitionsRemoved' | 'topicsRemoved'> {
    const topicsChanged = new Map<string, readonly PartitionImage[]>();
    const partitionsRemoved = new Map<string, readonly number[]>();
    const topicsRemoved: string[] = [];
    for (const update of updates) {
      const staying = update.partitions.filter(({ leader }) => leader !== LEADER_DURING_DELETE);
      const leaving = update.partitions.filter(({ leader }) => leader === LEADER_DURING_DELETE);
      if (staying.length > 0) {
        this.#mergePartitions(update, staying);
        topicsChanged.set(update.name, staying);
      }
      const removed = this.#removePartitions(update.name, leaving);
      if (removed.length > 0) partitionsRemoved.set(update.name, removed);
      if (removed.length > 0 && !this.#topics.has(update.name)) topicsRemoved.push(update.name);
    }
    return { topicsChanged, partitionsRemoved, topicsRemoved };
  }

  #mergePartitions(update: TopicUpdate, partitions: readonly PartitionImage[]): void {
    const topic = this.#topics.get(update.name);
    const merged = topic ?? {
      name: update.name,
      topicId: undefined,
      partitions: new Map<number, PartitionImage>(),
    };
    if (!topic) this.#topics.set(update.name, merged);
    if (merged.topicId !== update.topicId) {
      if (merged.topicId !== undefined) this.#topicNames.delete(merged.topicId);
      if (update.topicId !== undefined) this.#topicNames.set(update.topicId, update.name);
      merged.topicId = update.topicId;
    }
    for (const partition of partitions) merged.partitions.set(partition.partition, partition);
  }

  #removePartitions(name: string, partitions: readonly PartitionImage[]): readonly number[] {
    const topic = this.#topics.get(name);
    if (!topic) return [];
    const removed = partitions
      .map(({ partition }) => partition)
      .filter((partition) => topic.partitions.delete(partition));
    if (topic.partitions.size === 0) {
      this.#topics.delete(name);
      if (topic.topicId !== undefined) this.#topicNames.delete(topic.topicId);
    }
    return removed;
  }
}

function isSameBroker(a: BrokerImage, b: BrokerImage): boolean {
  return (
    a.rack === b.rack &&
    a.endpoints.length === b.endpoints.length &&
    a.endpoints.every((endpoint, index) => isSameEndpoint(endpoint, b.endpoints[index]))
  );
}

function isSameEndpoint(a: BrokerEndpoint, b: BrokerEndpoint | undefined): boolean {
  return (
    b !== undefined &&
    a.listener === b.listener &&
    a.host === b.host &&
    a.port === b.port &&
    a.securityProtocol === b.securityProtocol
  );
}

/**
 * What ZooKeeper has committed, decoded: the truth that brokers are measured by, kept by its order and not by what any
 * client of it has heard.
 */
import { partitionKey } from '../../../src/protocol/topic-partition';
import type { PartitionStateData, TopicAssignment } from '../../../src/zookeeper/types';
import {
  controller,
  controllerEpoch,
  deleteTopics,
  partitionState,
  topic as topicZnode,
} from '../../../src/zookeeper/znodes';
import type { TopicPartition } from '../history';
import type { CommittedChange } from '../zookeeper/commits';
import { TopicSettings } from './topic-settings';

/** A change of a znode, as far as it matters here. */
export type ZnodeChange = Pick<CommittedChange, 'path' | 'change' | 'data'>;

/** A change that means something to checkers, with what was there before. */
export type Commit =
  | { readonly kind: 'controller'; readonly brokerId: number | undefined }
  | {
      readonly kind: 'controllerEpoch';
      readonly before: number | undefined;
      readonly after: number | undefined;
    }
  | {
      readonly kind: 'topic';
      readonly topic: string;
      readonly before: TopicAssignment | undefined;
      readonly after: TopicAssignment | undefined;
    }
  | { readonly kind: 'deletionAsked'; readonly topic: string }
  | {
      readonly kind: 'partitionState';
      readonly id: TopicPartition;
      readonly before: PartitionStateData | undefined;
      readonly after: PartitionStateData | undefined;
    };

export interface PartitionRecord {
  readonly id: TopicPartition;
  readonly state: PartitionStateData;
  /** Who has led in which epoch. */
  readonly leaders: ReadonlyMap<number, number>;
  /** When the leader epoch last rose, by the world's time. */
  readonly epochSinceMs: number;
}

const STATE_PATH = /^\/brokers\/topics\/([^/]+)\/partitions\/(\d+)\/state$/;
const TOPIC_PATH = /^\/brokers\/topics\/([^/]+)$/;

export class CommittedState {
  readonly settings: TopicSettings;
  controllerId: number | undefined;
  controllerEpoch: number | undefined;
  readonly #topics = new Map<string, TopicAssignment>();
  readonly #partitions = new Map<string, PartitionRecord>();
  readonly #everDeleted = new Set<string>();
  readonly #lossy = new Set<string>();

  constructor(
    private readonly now: () => number,
    brokerSettings: Readonly<Record<string, string>>,
  ) {
    this.settings = new TopicSettings(brokerSettings);
  }

  get topics(): ReadonlyMap<string, TopicAssignment> {
    return this.#topics;
  }

  partitions(): Iterable<PartitionRecord> {
    return this.#partitions.values();
  }

  partition(topic: string, partition: number): PartitionRecord | undefined {
    return this.#partitions.get(partitionKey(topic, partition));
  }

  /**
   * Whether records of the partition must be kept. Not once an unclean election was held, which may lose any of them,
   * and not for a topic's name that was ever deleted: what is told of it late may be about either topic.
   */
  isJudged({ topic, partition }: TopicPartition): boolean {
    return !this.#everDeleted.has(topic) && !this.#lossy.has(partitionKey(topic, partition));
  }

  /** Whether any partition of the topic is not judged. */
  isTopicJudged(topic: string): boolean {
    const partitions = this.#topics.get(topic)?.partitions.keys() ?? [];
    return [...partitions].every((partition) => this.isJudged({ topic, partition }));
  }

  /** Takes a change; `undefined` if it is none that matters. Throws a `ZnodeFormatError` on data that is none. */
  apply({ path, change, data: content }: ZnodeChange): Commit | undefined {
    const data = change === 'deleted' ? undefined : content;
    if (path === controller.path()) {
      this.controllerId = data === undefined ? undefined : controller.decode(data, path).brokerId;
      return { kind: 'controller', brokerId: this.controllerId };
    }
    if (path === controllerEpoch.path()) {
      const before = this.controllerEpoch;
      const after = data === undefined ? undefined : controllerEpoch.decode(data, path);
      this.controllerEpoch = after;
      return { kind: 'controllerEpoch', before, after };
    }
    if (path.startsWith('/brokers/topics/')) return this.#applyTopic(path, data);
    if (path.startsWith(`${deleteTopics.path()}/`)) return this.#applyDeletion(path, data);
    if (path.startsWith('/config/')) this.settings.apply(path, data);
    return undefined;
  }

  #applyTopic(path: string, data: Buffer | null | undefined): Commit | undefined {
    const [, name] = TOPIC_PATH.exec(path) ?? [];
    if (name !== undefined) {
      const before = this.#topics.get(name);
      const after = data === undefined ? undefined : topicZnode.decode(data, path);
      if (after) this.#topics.set(name, after);
      else this.#topics.delete(name);
      return { kind: 'topic', topic: name, before, after };
    }
    const [, topic, index] = STATE_PATH.exec(path) ?? [];
    if (topic === undefined || index === undefined) return undefined;
    const id = { topic, partition: Number(index) };
    const after = data === undefined ? undefined : partitionState.decode(data, path);
    const before = this.#partitions.get(partitionKey(id.topic, id.partition));
    this.#record(id, before, after);
    return { kind: 'partitionState', id, before: before?.state, after };
  }

  #record(
    id: TopicPartition,
    before: PartitionRecord | undefined,
    state: PartitionStateData | undefined,
  ): void {
    const key = partitionKey(id.topic, id.partition);
    if (!state) {
      this.#partitions.delete(key);
      return;
    }
    if (before && isElectionOutsideIsr(before.state, state)) this.#lossy.add(key);
    const isNewEpoch = before?.state.leaderEpoch !== state.leaderEpoch;
    const leaders = new Map(before?.leaders);
    if (!leaders.has(state.leaderEpoch)) leaders.set(state.leaderEpoch, state.leader);
    const epochSinceMs = before && !isNewEpoch ? before.epochSinceMs : this.now();
    this.#partitions.set(key, { id, state, leaders, epochSinceMs });
  }

  #applyDeletion(path: string, data: Buffer | null | undefined): Commit | undefined {
    if (data === undefined) return undefined;
    const topic = path.slice(deleteTopics.path().length + 1);
    this.#everDeleted.add(topic);
    return { kind: 'deletionAsked', topic };
  }
}

function isElectionOutsideIsr(before: PartitionStateData, after: PartitionStateData): boolean {
  return after.leader >= 0 && after.leader !== before.leader && !before.isr.includes(after.leader);
}

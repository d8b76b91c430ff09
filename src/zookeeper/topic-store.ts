import type { ConfigValues, ControllerFence, TopicAssignment } from './types';

/** `/brokers/topics`: which topics there are, and where their replicas are. */
export declare class TopicStore {
  names(): Promise<string[]>;
  exists(topic: string): Promise<boolean>;
  /** Assignments of those of `topics` that exist; read in parallel. Unparsable ones are left out with a warning. */
  assignments(topics: readonly string[]): Promise<Map<string, TopicAssignment>>;
  /** Writes the topic's settings, then the topic. */
  create(topic: {
    name: string;
    topicId: string;
    /** Index = partition. */
    replicas: readonly (readonly number[])[];
    config: ConfigValues;
  }): Promise<'created' | 'exists'>;
  /** Overwrites the whole assignment; `fence` `undefined` = from a broker that is not acting as controller. Throws NO_NODE if the topic is gone. */
  setAssignment(
    topic: string,
    assignment: TopicAssignment,
    fence: ControllerFence | undefined,
  ): Promise<void>;
  /** Topics marked for deletion. */
  deletionMarks(): Promise<string[]>;
  isMarkedForDeletion(topic: string): Promise<boolean>;
  markForDeletion(topic: string): Promise<void>;
  removeDeletionMarks(topics: readonly string[], fence: ControllerFence): Promise<void>;
  /** Deletes the topic with its partitions, its settings, and its mark, in this order. */
  completeDeletion(topic: string, fence: ControllerFence): Promise<void>;
  /** Which partitions have a `partitions/p` node (needed when partitions were added to a topic being deleted). */
  partitionNodes(topic: string): Promise<number[]>;
  /** Runs when a topic appears or vanishes; armed by `names`. */
  watchNames(handler: () => void): void;
  unwatchNames(): void;
  /** Runs when the topic's assignment changes; armed by `assignments`. */
  watchTopic(topic: string, handler: () => void): void;
  unwatchTopic(topic: string): void;
  /** Runs when a deletion is asked for; armed by `deletionMarks`. */
  watchDeletionMarks(handler: () => void): void;
  unwatchDeletionMarks(): void;
}

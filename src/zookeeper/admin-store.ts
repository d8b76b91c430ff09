import type { TopicPartition } from '../protocol/topic-partition';
import type { ControllerFence, PartitionReassignment } from './types';

/** Requests that operators' tools leave in ZooKeeper, and events that brokers leave for the controller. */
export declare class AdminStore {
  /** `/admin/reassign_partitions`; `undefined` if there is none (an unparsable one is deleted by `setReassignment([])`). */
  reassignment(): Promise<PartitionReassignment[] | undefined>;
  /** Rewrites what is left to do; nothing left deletes the node. */
  setReassignment(
    remaining: readonly PartitionReassignment[],
    fence: ControllerFence,
  ): Promise<void>;
  /** Registers and arms; runs when the node is created. Resolves with whether it is there. */
  watchReassignment(onCreated: () => void): Promise<boolean>;
  unwatchReassignment(): void;
  preferredElection(): Promise<TopicPartition[] | undefined>;
  deletePreferredElection(fence: ControllerFence): Promise<void>;
  watchPreferredElection(onCreated: () => void): Promise<boolean>;
  unwatchPreferredElection(): void;

  /** Tells the controller that a log directory of this broker failed. */
  announceLogDirFailure(brokerId: number): Promise<void>;
  /** Pending log-dir events: the nodes, and the brokers they name. */
  logDirEvents(): Promise<{ nodes: string[]; brokerIds: number[] }>;
  deleteLogDirEvents(nodes: readonly string[], fence: ControllerFence): Promise<void>;
  /** Armed by `logDirEvents`. */
  watchLogDirEvents(handler: () => void): void;
  unwatchLogDirEvents(): void;
  /** Pending ISR notifications (leaders older than IBP 2.7 write them). */
  isrNotifications(): Promise<{ nodes: string[]; partitions: TopicPartition[] }>;
  deleteIsrNotifications(nodes: readonly string[], fence: ControllerFence): Promise<void>;
  watchIsrNotifications(handler: () => void): void;
  unwatchIsrNotifications(): void;
}

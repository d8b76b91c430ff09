/** All logs of a broker over its log directories. */

import type { TopicPartition } from '../protocol/topic-partition';
import type { Log } from './log';
import type { DirFailureListener, LogConfig, LogCreation, LogManagerOptions } from './types';

export declare class LogManager {
  constructor(options: LogManagerOptions);
  /** Locks the directories and loads their logs, recovering what was not closed cleanly; then starts the jobs. */
  start(): Promise<void>;
  stop(): Promise<void>;
  get(partition: TopicPartition): Log | undefined;
  all(): Iterable<Log>;
  /** Throws `StorageError`. */
  getOrCreate(partition: TopicPartition, creation: LogCreation): Log;
  deleteAsync(partition: TopicPartition): void;
  updateTopicConfig(topic: string, config: LogConfig): void;
  get liveDirs(): readonly string[];
  get offlineDirs(): readonly string[];
  onDirFailure(listener: DirFailureListener): void;
  checkpointHighWatermarks(): void;
}

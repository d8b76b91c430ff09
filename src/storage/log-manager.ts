/**
 * All logs of a broker over its log directories (Kafka's `LogManager`): finds and recovers them at the start,
 * makes new ones where there are fewest, deletes them, and runs what has to be done from time to time.
 */

import { MetricsRegistry } from '../metrics/registry';
import { partitionKey } from '../protocol/topic-partition';
import type { TopicPartition } from '../protocol/topic-partition';
import { BufferPool } from './cache/buffer-pool';
import { loadDirectory } from './directory-loader';
import type { StorageEnvironment } from './environment';
import type { Log } from './log';
import { filesFor } from './files-without-sync';
import { LogDeletions } from './log-deletions';
import { HIGH_WATERMARKS, LogDirectory } from './log-directory';
import { createLog } from './log-loader';
import { OpenFiles } from './segment/open-files';
import { StorageJobs } from './storage-jobs';
import { observeStorage, storageCounters } from './storage-metrics';
import { StorageError } from './types';
import type { DirFailureListener, LogConfig, LogCreation, LogManagerOptions } from './types';

export class LogManager {
  readonly #options: LogManagerOptions;
  readonly #environment: StorageEnvironment;
  readonly #directories: LogDirectory[];
  readonly #logs = new Map<string, Log>();
  readonly #failureListeners: DirFailureListener[] = [];
  readonly #deletions: LogDeletions;
  #jobs: StorageJobs | undefined;

  constructor(options: LogManagerOptions) {
    this.#options = options;
    const { metrics = new MetricsRegistry() } = options;
    const { clock, random, log } = options.platform;
    const durability = options.config.values['odradek.durability'];
    const files = filesFor(durability, options.platform.files);
    this.#environment = {
      clock,
      random,
      files,
      log: log.area('storage'),
      openFiles: new OpenFiles(files),
      pool: new BufferPool(options.config.values['odradek.log.cache.bytes']),
      counters: storageCounters(metrics),
      durability,
      producerExpirationMs: () => options.config.values['producer.id.expiration.ms'],
    };
    this.#directories = options.config.logDirs.map(
      (path) => new LogDirectory(path, this.#environment, (failed) => this.#onFailure(failed)),
    );
    observeStorage(metrics, {
      ...this.#environment,
      directories: this.#directories,
      logs: this.#logs,
      cleaner: () => this.#jobs?.cleaner,
    });
    const { values } = options.config;
    this.#deletions = new LogDeletions(
      this.#environment,
      () => values['log.segment.delete.delay.ms'],
    );
  }

  /** Logs still to be loaded by `start`. */
  get remainingLogs(): number {
    return this.#directories.reduce((sum, { loading }) => sum + loading.remainingLogs, 0);
  }

  /** The memory of log tails and reads. */
  get memory(): Pick<BufferPool, 'allocatedBytes' | 'lentBytes' | 'limitBytes'> {
    return this.#environment.pool;
  }

  /**
   * Locks the directories, loads their logs, recovers what was not closed cleanly, and starts the jobs. A
   * directory that fails goes offline; rejects with `StorageError` if one is in use by another broker or none
   * is left.
   */
  async start(): Promise<void> {
    for (const directory of this.#directories) directory.attempt(() => directory.open());
    await Promise.all(this.#live().map((directory) => this.#load(directory)));
    if (this.#live().length === 0) {
      const reason = this.#directories[0]?.failure;
      throw new StorageError('None of the log directories can be used', { cause: reason });
    }
    const { config } = this.#options;
    this.#jobs = new StorageJobs(this.#environment, config, this.#directories);
  }

  /** Writes and closes everything, so that the next start has nothing to recover. */
  async stop(): Promise<void> {
    this.#deletions.stop();
    await this.#jobs?.stop();
    await Promise.all(this.#directories.map((directory) => directory.close()));
  }

  /** Lets go of everything as a crash would: nothing is written, and the next start recovers. */
  abandon(): void {
    this.#deletions.stop();
    void this.#jobs?.stop();
    for (const directory of this.#directories) directory.release();
  }

  get({ topic, partition }: TopicPartition): Log | undefined {
    return this.#logs.get(partitionKey(topic, partition));
  }

  all(): Iterable<Log> {
    return this.#logs.values();
  }

  /**
   * The log of a partition; a missing one is made in the directory with the fewest logs. It is not made if it is
   * not new and may lie in an offline directory. Throws `StorageError`.
   */
  getOrCreate(partition: TopicPartition, creation: LogCreation): Log {
    const key = partitionKey(partition.topic, partition.partition);
    const log = this.#logs.get(key) ?? this.#create(key, partition, creation);
    log.config = creation.config;
    if (log.topicId === undefined && creation.topicId !== undefined) {
      log.nameTopic(creation.topicId);
    }
    return log;
  }

  /** Takes the log out of use now, and its folder off the disk after `file.delete.delay.ms`. */
  deleteAsync(partition: TopicPartition): void {
    const key = partitionKey(partition.topic, partition.partition);
    const log = this.#logs.get(key);
    const directory = this.#directories.find(({ path }) => path === log?.directory);
    if (!log || !directory) return;
    this.#logs.delete(key);
    directory.logs.delete(key);
    directory.cleanerOffsets.delete(key);
    directory.attempt(() => this.#deletions.delete(log, directory));
    // Another log of the same name must not meet what was said of this one.
    directory.checkpointAll();
  }

  /** Puts new settings of a topic in force. */
  updateTopicConfig(topic: string, config: LogConfig): void {
    for (const log of this.#logs.values()) {
      if (log.topic === topic) log.config = config;
    }
  }

  /** Offline ones too. */
  get directories(): readonly LogDirectory[] {
    return this.#directories;
  }

  get liveDirs(): readonly string[] {
    return this.#live().map(({ path }) => path);
  }

  get offlineDirs(): readonly string[] {
    return this.#directories.filter(({ isOffline }) => isOffline).map(({ path }) => path);
  }

  onDirFailure(listener: DirFailureListener): void {
    this.#failureListeners.push(listener);
  }

  /** Writes the high watermarks in the background. */
  checkpointHighWatermarks(): void {
    for (const directory of this.#directories) directory.checkpoint(HIGH_WATERMARKS);
  }

  #live(): LogDirectory[] {
    return this.#directories.filter(({ isOffline }) => !isOffline);
  }

  async #load(directory: LogDirectory): Promise<void> {
    const { config, topicConfig } = this.#options;
    const concurrency = config.values['num.recovery.threads.per.data.dir'];
    const leftovers = await loadDirectory(this.#environment, directory, {
      topicConfig,
      concurrency,
    });
    if (directory.isOffline) {
      // What was loaded before it failed is not in use.
      directory.release();
      return;
    }
    for (const name of leftovers) this.#deletions.deleteFolder(name, directory);
    for (const [key, log] of directory.logs) {
      const other = this.#logs.get(key);
      if (other) {
        throw new StorageError(
          `The log ${key} is in two log directories, ${other.directory} and ${log.directory}: ` +
            'move one of the two folders away.',
        );
      }
      this.#logs.set(key, log);
    }
  }

  #create(key: string, partition: TopicPartition, { topicId, isNew, config }: LogCreation): Log {
    if (!isNew && this.offlineDirs.length > 0) {
      throw new StorageError(
        `The log ${key} is not in any live directory, and may be in ${this.offlineDirs.join(', ')}`,
      );
    }
    const byCount = this.#live().sort((a, b) => a.logs.size - b.logs.size);
    for (const home of byCount) {
      const place = { environment: this.#environment, home, partition, config };
      const log = home.attempt(() => createLog(place, topicId));
      if (!log) continue;
      home.logs.set(key, log);
      this.#logs.set(key, log);
      return log;
    }
    throw new StorageError(`No log directory is left for the log ${key}`);
  }

  #onFailure(directory: LogDirectory): void {
    const keys = [...directory.logs.keys()];
    for (const key of keys) this.#logs.delete(key);
    for (const listener of this.#failureListeners) listener(directory.path, keys);
  }
}

/**
 * What storage gives to and takes from its users: settings, results, and the errors that are storage's own.
 * Only types and error classes; no behaviour.
 */

import type { MetricsRegistry } from '../metrics/registry';
import type { Platform } from '../platform/ports';
import { ProtocolError } from '../protocol/errors';

/** The topic settings that a log reads. A resolved topic configuration satisfies it. */
export interface LogConfig {
  readonly 'cleanup.policy': readonly string[];
  readonly 'compression.gzip.level': number;
  readonly 'compression.lz4.level': number;
  readonly 'compression.type': string;
  readonly 'compression.zstd.level': number;
  readonly 'delete.retention.ms': number;
  readonly 'file.delete.delay.ms': number;
  readonly 'flush.messages': number;
  readonly 'flush.ms': number;
  readonly 'index.interval.bytes': number;
  readonly 'max.compaction.lag.ms': number;
  readonly 'max.message.bytes': number;
  readonly 'message.timestamp.after.max.ms': number;
  readonly 'message.timestamp.before.max.ms': number;
  readonly 'message.timestamp.type': string;
  readonly 'min.cleanable.dirty.ratio': number;
  readonly 'min.compaction.lag.ms': number;
  readonly 'retention.bytes': number;
  readonly 'retention.ms': number;
  readonly 'segment.bytes': number;
  readonly 'segment.index.bytes': number;
  readonly 'segment.jitter.ms': number;
  readonly 'segment.ms': number;
}

/**
 * What an acknowledgement by all in-sync replicas means (`odradek.durability`): `kafka`, that each has written the
 * records; `strict`, that each has them on its device; `test`, as `kafka`, and nothing is ever brought to a device.
 */
export type Durability = 'kafka' | 'strict' | 'test';

/** The broker settings that storage reads; read anew at every use, so dynamic ones are in force at once. */
export interface StorageValues {
  readonly 'log.cleaner.backoff.ms': number;
  readonly 'log.cleaner.dedupe.buffer.size': number;
  readonly 'log.cleaner.enable': boolean;
  readonly 'log.cleaner.io.buffer.load.factor': number;
  readonly 'log.cleaner.io.buffer.size': number;
  readonly 'log.cleaner.io.max.bytes.per.second': number;
  readonly 'log.cleaner.threads': number;
  readonly 'log.flush.offset.checkpoint.interval.ms': number;
  readonly 'log.flush.scheduler.interval.ms': number;
  readonly 'log.flush.start.offset.checkpoint.interval.ms': number;
  readonly 'log.initial.task.delay.ms': number;
  readonly 'log.retention.check.interval.ms': number;
  readonly 'log.segment.delete.delay.ms': number;
  readonly 'num.recovery.threads.per.data.dir': number;
  /** Bound of the memory for log tails and file reads over the whole broker; read at the start only. */
  readonly 'odradek.log.cache.bytes': number;
  /** Read once, at the start. */
  readonly 'odradek.durability': Durability;
  readonly 'producer.id.expiration.check.interval.ms': number;
  readonly 'producer.id.expiration.ms': number;
}

/** The broker configuration as storage sees it. */
export interface StorageConfig {
  readonly values: StorageValues;
  readonly logDirs: readonly string[];
}

export interface LogManagerOptions {
  readonly platform: Pick<Platform, 'clock' | 'random' | 'files' | 'log'>;
  readonly config: StorageConfig;
  /** The resolved settings of a topic, asked for each log found at the start. */
  readonly topicConfig: (topic: string) => LogConfig;
  /** Takes the metrics of storage; one that nobody sees if not given. */
  readonly metrics?: MetricsRegistry;
}

/** Who appends: clients are held to stricter rules (no control batches, base offset 0). */
export type AppendOrigin = 'client' | 'coordinator';

export interface AppendOptions {
  readonly leaderEpoch: number;
  readonly origin: AppendOrigin;
}

export interface AppendResult {
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** Largest timestamp of the appended records, −1 if none. */
  readonly maxTimestamp: number;
  /** The time given to the records under `LogAppendTime`, else −1. */
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
  /** One of the producer's last five batches came again: nothing was appended, the offsets are the old ones. */
  readonly isDuplicate: boolean;
  readonly sizeBytes: number;
}

export interface ReadOptions {
  readonly offset: number;
  readonly maxBytes: number;
  /** Exclusive bound: no batch whose last offset is ≥ `upTo` is returned. */
  readonly upTo: number;
  /** Return the first batch even if it is larger than `maxBytes`. */
  readonly minOneBatch: boolean;
}

/** Whole batches. The buffers keep their content until `release`, which must be called exactly once. */
export interface LogRead {
  readonly buffers: readonly Buffer[];
  readonly sizeBytes: number;
  release(): void;
}

/** A transaction that ended with an ABORT marker at `lastOffset`. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** The last stable offset once the marker was appended. */
  readonly lastStableOffset: number;
}

export interface TimestampOffset {
  readonly timestamp: number;
  readonly offset: number;
  /** −1 if unknown. */
  readonly leaderEpoch: number;
}

export interface EpochEndOffset {
  /** −1 if undefined. */
  readonly epoch: number;
  /** −1 if undefined. */
  readonly endOffset: number;
}

export interface LogCreation {
  readonly topicId: string | undefined;
  /** The controller just created the partition: a missing log may be made although a log directory is offline. */
  readonly isNew: boolean;
  readonly config: LogConfig;
}

/** Called once for each directory that fails, with the keys (`topic-partition`) of the logs it held. */
export type DirFailureListener = (directory: string, partitions: readonly string[]) => void;

/** A log directory failed, or the partition's directory is offline. */
export class StorageError extends ProtocolError {
  constructor(message: string, options?: ErrorOptions) {
    super('KAFKA_STORAGE_ERROR', message, options);
  }
}

/** What is wrong with a refused batch, where brokers count it (`kafka.server.BrokerTopicStats`). */
export type BatchFlaw = 'magic' | 'offsetOrSequence' | 'noKey';

/** A batch refused for one of those. */
export class InvalidBatchError extends ProtocolError {
  constructor(
    readonly flaw: BatchFlaw,
    message: string,
  ) {
    super('INVALID_RECORD', message);
  }
}

/** What is wrong with one record of a refused batch. */
export interface RecordError {
  readonly batchIndex: number;
  readonly message: string;
}

/** A batch refused because of single records, named in `recordErrors` (KIP-467). */
export class InvalidRecordsError extends ProtocolError {
  constructor(
    errorName: 'INVALID_RECORD' | 'INVALID_TIMESTAMP',
    message: string,
    readonly recordErrors: readonly RecordError[],
    readonly flaw?: BatchFlaw,
  ) {
    super(errorName, message);
  }
}

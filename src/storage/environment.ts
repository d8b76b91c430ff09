/** What every log of a broker shares: the outside, the memory and the open files. */

import type { Clock, FileError, Files, Log as EventLog, Random } from '../platform/ports';
import type { Histogram } from '../metrics/histogram';
import type { Counter } from '../metrics/registry';
import type { BufferPool } from './cache/buffer-pool';
import type { OpenFiles } from './segment/open-files';
import type { Durability, StorageError } from './types';

/** Counters that logs add to. */
export interface StorageCounters {
  /** Batches whose bytes on disk are not what was written. */
  readonly damagedBatches: Counter;
  /** How long flushes of single logs took, in milliseconds. */
  readonly flushTime: Histogram;
}

export interface StorageEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly log: EventLog;
  readonly openFiles: OpenFiles;
  readonly pool: BufferPool;
  readonly counters: StorageCounters;
  readonly durability: Durability;
  /** `producer.id.expiration.ms`. */
  producerExpirationMs(): number;
}

/** A log directory as its logs see it. */
export interface LogHome {
  readonly path: string;
  /** Takes the directory and all its logs offline, and returns what to tell whoever asked for the operation. */
  fail(error: FileError): StorageError;
  /** The log `key` (`topic-partition`) was cut: what was compacted above `offset` is no longer there. */
  noteTruncation(key: string, offset: number): void;
  /** A log was flushed, and its recovery point is on the device when this returns. */
  noteFlush(): void;
  /** Brings the recovery points of its logs, as they are now, to the device. */
  saveRecoveryPoints(): Promise<void>;
}

/** One partition's log on disk. */

import type {
  AbortedTransaction,
  AppendOptions,
  AppendResult,
  EpochEndOffset,
  LogConfig,
  LogRead,
  ReadOptions,
  TimestampOffset,
} from './types';

export declare class Log {
  readonly topic: string;
  readonly partition: number;
  /** `topic-partition`. */
  readonly key: string;
  /** The log directory (one of `log.dirs`) that holds the log's folder. */
  readonly directory: string;
  topicId: string | undefined;
  config: LogConfig;
  /** Runs right after a tick's write, when `writtenEndOffset` has moved. */
  onWritten: (() => void) | undefined;

  get logStartOffset(): number;
  get logEndOffset(): number;
  get highWatermark(): number;
  get lastStableOffset(): number;
  /** The latest leader epoch in the cache, `undefined` if it is empty. */
  get latestEpoch(): number | undefined;
  /** End of what is in the file; only that may be served or counted. */
  get writtenEndOffset(): number;
  get sizeBytes(): number;

  appendAsLeader(records: Buffer, options: AppendOptions): AppendResult;
  appendAsFollower(records: Buffer): AppendResult;
  written(): Promise<void>;
  read(options: ReadOptions): LogRead | Promise<LogRead>;
  estimateBytes(from: number, upTo: number, maxBytes: number): number;
  abortedTransactions(from: number, upTo: number): readonly AbortedTransaction[];
  updateHighWatermark(offset: number): number;
  truncateTo(offset: number): void;
  truncateFullyAndStartAt(offset: number): void;
  raiseLogStart(offset: number): void;
  assignEpochStart(epoch: number, offset: number): void;
  endOffsetForEpoch(epoch: number): EpochEndOffset;
  offsetForTimestamp(timestamp: number): TimestampOffset | undefined | Promise<TimestampOffset | undefined>;
  maxTimestampOffset(): TimestampOffset | undefined | Promise<TimestampOffset | undefined>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

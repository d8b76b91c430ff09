/** Names of the files and folders of a log directory, as Kafka's `LogFileUtils` and `LocalLog` spell them. */

import { parsePartitionKey } from '../../protocol/topic-partition';
import type { TopicPartition } from '../../protocol/topic-partition';

export const LOG_SUFFIX = '.log';
export const INDEX_SUFFIX = '.index';
export const TIME_INDEX_SUFFIX = '.timeindex';
export const TRANSACTION_INDEX_SUFFIX = '.txnindex';
export const SNAPSHOT_SUFFIX = '.snapshot';

/** Scheduled for removal; swept at the next start if the broker dies first. */
export const DELETED_SUFFIX = '.deleted';
/** Output of the cleaner, not yet complete: worthless after a crash. */
export const CLEANED_SUFFIX = '.cleaned';
/** Complete output of the cleaner that waits to replace the segments it was made from. */
export const SWAP_SUFFIX = '.swap';

export const LEADER_EPOCH_FILE = 'leader-epoch-checkpoint';
export const PARTITION_METADATA_FILE = 'partition.metadata';

const MAX_FILE_NAME_LENGTH = 255;

/** `offset` as 20 digits followed by `suffix`, e.g. `00000000000000000042.log`. */
export function offsetFileName(offset: number, suffix: string): string {
  return String(offset).padStart(20, '0') + suffix;
}

export interface OffsetFile {
  readonly name: string;
  readonly offset: number;
  /** `.log`, `.index`, `.timeindex`, `.txnindex` or `.snapshot`. */
  readonly kind: string;
  /** `.deleted`, `.cleaned`, `.swap`, or nothing for a live file. */
  readonly state: string;
}

const OFFSET_FILE =
  /^(\d{20})(\.log|\.index|\.timeindex|\.txnindex|\.snapshot)(\.deleted|\.cleaned|\.swap)?$/;

/** The parts of a segment's or snapshot's file name; `undefined` for any other file. */
export function parseOffsetFile(name: string): OffsetFile | undefined {
  const match = OFFSET_FILE.exec(name);
  if (!match) return undefined;
  const [, digits = '', kind = '', state = ''] = match;
  return { name, offset: Number(digits), kind, state };
}

export type LogFolder =
  | { readonly kind: 'log'; readonly partition: TopicPartition }
  | { readonly kind: 'deleted' | 'future' | 'stray' | 'not of ZooKeeper mode' };

/** What tiered storage and KRaft keep beside the logs; `LogManager.loadLogs` passes over it too. */
const FOREIGN_FOLDER = /^(remote-log-index-cache|__cluster_metadata-\d+)$/;

/** What a folder of a log directory is; `undefined` if its name is none that a broker gives. */
export function parseLogFolder(name: string): LogFolder | undefined {
  if (FOREIGN_FOLDER.test(name)) return { kind: 'not of ZooKeeper mode' };
  const suffixed = /^.+\.[0-9a-f]{32}-(delete|future|stray)$/.exec(name);
  if (suffixed) {
    return { kind: suffixed[1] === 'delete' ? 'deleted' : (suffixed[1] as 'future' | 'stray') };
  }
  const partition = parsePartitionKey(name);
  return partition && { kind: 'log', partition };
}

/** Name of the folder of a log that is being deleted; `unique` is 32 hex digits. Long topics are cut to fit. */
export function deletedFolderName({ topic, partition }: TopicPartition, unique: string): string {
  const suffix = `-${String(partition)}.${unique}-delete`;
  const kept = Math.min(topic.length, MAX_FILE_NAME_LENGTH - suffix.length);
  return topic.slice(0, kept) + suffix;
}

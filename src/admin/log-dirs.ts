/** Log directories of a broker: whether they work, how full their disks are, what lies in them. */
import { errorName } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import {
  DescribeLogDirsRequest,
  DescribeLogDirsResponse,
} from '../protocol/messages/35-describe-log-dirs';
import type { TopicPartition } from '../protocol/topic-partition';
import type { AdminClient } from './admin-client';
import { refuseUnlessNone } from './admin-error';

export interface ReplicaSize extends TopicPartition {
  readonly sizeBytes: number;
  /** How far the replica is behind its high watermark, or a future replica behind the current one. */
  readonly offsetLag: number;
  /** On its way into this directory from another one of the same broker. */
  readonly isFuture: boolean;
}

export interface LogDir {
  readonly path: string;
  /** KAFKA_STORAGE_ERROR for a directory that failed. */
  readonly error: ErrorName;
  /** Of the disk; `undefined` from brokers older than 3.3 (KIP-827). */
  readonly totalBytes: number | undefined;
  readonly usableBytes: number | undefined;
  readonly replicas: readonly ReplicaSize[];
}

const UNKNOWN_BYTES = -1;

function known(bytes: number): number | undefined {
  return bytes === UNKNOWN_BYTES ? undefined : bytes;
}

export async function describeLogDirs(client: AdminClient, broker: number): Promise<LogDir[]> {
  const answer = await client.askBroker(broker, DescribeLogDirsRequest, DescribeLogDirsResponse, {
    topics: null,
  });
  const what = `the log directories of broker ${String(broker)} cannot be read`;
  refuseUnlessNone(what, answer.errorCode);
  return answer.results.map((result) => ({
    path: result.logDir,
    error: errorName(result.errorCode),
    totalBytes: known(result.totalBytes),
    usableBytes: known(result.usableBytes),
    replicas: result.topics.flatMap(({ name, partitions }) =>
      partitions.map((each) => ({
        topic: name,
        partition: each.partitionIndex,
        sizeBytes: each.partitionSize,
        offsetLag: each.offsetLag,
        isFuture: each.isFutureKey,
      })),
    ),
  }));
}

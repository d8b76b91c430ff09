/**
 * DescribeLogDirs (35): v0–4. The log directories of this broker: whether they work, the room on their disks, and
 * the replicas in them (KIP-113, `kafka.server.ReplicaManager.describeLogDirs`).
 * Versions: v2 flexible · v3 an error of the whole answer (KIP-784) · v4 room on the disk (KIP-827).
 */
import { resolve } from 'node:path';

import { FileError } from '../../platform/ports';
import { errorCode } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import {
  DescribeLogDirsRequest,
  DescribeLogDirsResponse,
} from '../../protocol/messages/35-describe-log-dirs';
import type { TopicPartition } from '../../protocol/topic-partition';
import type { Log } from '../../storage/log';
import type { LogDirectory } from '../../storage/log-directory';
import { breatherOf } from '../breather';
import type { Breather } from '../breather';
import { defineHandler } from '../handler';
import type { BrokerServices } from '../services';

type DirectoryResult = DescribeLogDirsResponse['results'][number];
type TopicResult = DirectoryResult['topics'][number];
type ReplicaResult = TopicResult['partitions'][number];

const UNKNOWN_BYTES = -1;
/** The controller has given the replica no role yet. */
const UNKNOWN_LAG = -1;

interface Question {
  readonly broker: BrokerServices;
  readonly isWanted: (partition: TopicPartition) => boolean;
  readonly breathe: Breather;
}

/** No list at all asks for everything, an empty one for no replicas. */
function choiceOf(topics: DescribeLogDirsRequest['topics']): Question['isWanted'] {
  if (topics === null) return () => true;
  const wanted = new Map<string, Set<number>>();
  for (const { topic, partitions } of topics) {
    const numbers = wanted.get(topic) ?? new Set();
    for (const partition of partitions) numbers.add(partition);
    wanted.set(topic, numbers);
  }
  return ({ topic, partition }) => wanted.get(topic)?.has(partition) ?? false;
}

/** How far the log is behind its own high watermark: as a rule, not at all. */
function offsetLagOf({ replicas }: BrokerServices, log: Log): number {
  const hosted = replicas.partition(log.topic, log.partition);
  if (hosted?.kind !== 'online' || !hosted.partition.log) return UNKNOWN_LAG;
  return Math.max(log.highWatermark - log.logEndOffset, 0);
}

async function replicasOf(
  { broker, isWanted, breathe }: Question,
  directory: LogDirectory,
): Promise<TopicResult[]> {
  const topics = new Map<string, ReplicaResult[]>();
  for (const log of directory.logs.values()) {
    const pause = breathe();
    if (pause) await pause;
    if (!isWanted(log)) continue;
    const replicas = topics.get(log.topic) ?? [];
    topics.set(log.topic, replicas);
    replicas.push({
      partitionIndex: log.partition,
      partitionSize: log.sizeBytes,
      offsetLag: offsetLagOf(broker, log),
      // Replicas do not move between directories here.
      isFutureKey: false,
    });
  }
  return Array.from(topics, ([name, partitions]) => ({ name, partitions }));
}

function failed(directory: LogDirectory, error: ErrorName): DirectoryResult {
  return {
    errorCode: errorCode(error),
    logDir: resolve(directory.path),
    topics: [],
    totalBytes: UNKNOWN_BYTES,
    usableBytes: UNKNOWN_BYTES,
  };
}

async function describeLive(question: Question, directory: LogDirectory): Promise<DirectoryResult> {
  try {
    const space = await directory.diskSpace();
    const topics = await replicasOf(question, directory);
    return {
      errorCode: errorCode('NONE'),
      logDir: resolve(directory.path),
      topics,
      totalBytes: space?.totalBytes ?? UNKNOWN_BYTES,
      usableBytes: space?.usableBytes ?? UNKNOWN_BYTES,
    };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    // No log has met the failure yet, so the directory is still in use. A real broker has no better word for it.
    const { log } = question.broker.platform;
    log.warn('a log directory cannot be described', { directory: directory.path, error });
    return failed(directory, 'UNKNOWN_SERVER_ERROR');
  }
}

async function describe(question: Question, directory: LogDirectory): Promise<DirectoryResult> {
  const result = directory.isOffline ? undefined : await describeLive(question, directory);
  // It may have failed meanwhile.
  return result && !directory.isOffline ? result : failed(directory, 'KAFKA_STORAGE_ERROR');
}

export const describeLogDirs = defineHandler({
  request: DescribeLogDirsRequest,
  response: DescribeLogDirsResponse,
  versions: [0, 4],
  handle: async ({ broker }, { topics }) => {
    const { clock } = broker.platform;
    const question = { broker, isWanted: choiceOf(topics), breathe: breatherOf(clock) };
    const results: DirectoryResult[] = [];
    for (const directory of broker.logDirectories) {
      results.push(await describe(question, directory));
    }
    return { throttleTimeMs: 0, errorCode: errorCode('NONE'), results };
  },
});

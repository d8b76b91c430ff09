/** Loads every log found in a log directory (Kafka's `LogManager.loadLogs`). */

import { FileError } from '../platform/ports';
import { partitionKey } from '../protocol/topic-partition';
import type { TopicPartition } from '../protocol/topic-partition';
import type { StorageEnvironment } from './environment';
import { parseLogFolder } from './formats/file-names';
import { HIGH_WATERMARKS, LOG_STARTS, RECOVERY_POINTS } from './log-directory';
import type { LogDirectory } from './log-directory';
import { loadLog } from './log-loader';
import type { LogConfig } from './types';

export interface LoadOptions {
  readonly topicConfig: (topic: string) => LogConfig;
  /** How many logs are recovered at the same time. */
  readonly concurrency: number;
}

/** Folders that wait for their removal since an earlier life. A failure takes the directory offline. */
export async function loadDirectory(
  environment: StorageEnvironment,
  directory: LogDirectory,
  options: LoadOptions,
): Promise<readonly string[]> {
  const startedMs = environment.clock.monotonicMs();
  const found = directory.attempt(() => findFolders(environment, directory));
  if (!found) return [];
  const { partitions, leftovers } = found;
  const load = directory.attempt(() => loaderOf(environment, directory, options));
  if (!load) return [];
  const queue = [...partitions];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next && !directory.isOffline; next = queue.shift()) {
      await load(next);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  directory.isLoaded = !directory.isOffline;
  environment.log.info('loaded the logs of a directory', {
    directory: directory.path,
    logs: directory.logs.size,
    wasClean: directory.wasClean,
    ms: Math.round(environment.clock.monotonicMs() - startedMs),
  });
  return leftovers;
}

function findFolders(
  { files, log }: StorageEnvironment,
  directory: LogDirectory,
): { partitions: TopicPartition[]; leftovers: string[] } {
  const partitions: TopicPartition[] = [];
  const leftovers: string[] = [];
  for (const { name, isDirectory } of files.listSync(directory.path)) {
    if (!isDirectory) continue;
    const folder = parseLogFolder(name);
    if (!folder) {
      directory.fail(
        new Error(`its folder '${name}' is not the log of any partition: move it away`),
      );
    } else if (folder.kind === 'log') {
      partitions.push(folder.partition);
    } else if (folder.kind === 'deleted') {
      leftovers.push(name);
    } else {
      log.warn('ignoring a folder', { directory: directory.path, name, kind: folder.kind });
    }
  }
  return { partitions, leftovers };
}

/** Reads the checkpoints once; the returned function loads one log with them. */
function loaderOf(
  environment: StorageEnvironment,
  directory: LogDirectory,
  { topicConfig }: LoadOptions,
): (partition: TopicPartition) => Promise<void> {
  const recoveryPoints = directory.readCheckpoint(RECOVERY_POINTS);
  const logStarts = directory.readCheckpoint(LOG_STARTS);
  const highWatermarks = directory.readCheckpoint(HIGH_WATERMARKS);
  return async (partition) => {
    const key = partitionKey(partition.topic, partition.partition);
    const config = topicConfig(partition.topic);
    const known = {
      isClean: directory.wasClean,
      recoveryPoint: recoveryPoints.get(key) ?? 0,
      logStartOffset: logStarts.get(key) ?? 0,
      highWatermark: highWatermarks.get(key) ?? 0,
    };
    try {
      const place = { environment, home: directory, partition, config };
      directory.logs.set(key, await loadLog(place, known));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      directory.fail(error);
    }
  };
}

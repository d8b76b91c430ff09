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

/** A clean log loads in a fraction of a millisecond, from files alone: the event loop turns at least so often. */
const MAX_SLICE_MS = 10;

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
  directory.loading.begin(partitions.length, options.concurrency);
  const report = directory.loading.report(environment, directory.path);
  try {
    await loadAll(environment, directory, { partitions, load, ...options });
  } finally {
    report.stop();
  }
  directory.noteLoaded();
  environment.log.info('loaded the logs of a directory', {
    directory: directory.path,
    logs: directory.logs.size,
    wasClean: directory.wasClean,
    ms: Math.round(environment.clock.monotonicMs() - startedMs),
  });
  return leftovers;
}

type LoadOne = (partition: TopicPartition, worker: number) => Promise<void>;

/** Several logs at once, giving way to everything else the broker has to do in between. */
async function loadAll(
  { clock }: StorageEnvironment,
  directory: LogDirectory,
  work: { partitions: readonly TopicPartition[]; load: LoadOne; concurrency: number },
): Promise<void> {
  let next = 0;
  let sliceEndMs = clock.monotonicMs() + MAX_SLICE_MS;
  const runWorker = async (worker: number): Promise<void> => {
    for (;;) {
      const partition = work.partitions[next++];
      if (!partition || directory.isOffline) return;
      await work.load(partition, worker);
      directory.loading.noteLoaded();
      if (clock.monotonicMs() < sliceEndMs) continue;
      await new Promise<void>((resolve) => clock.callAtEndOfTick(resolve));
      sliceEndMs = clock.monotonicMs() + MAX_SLICE_MS;
    }
  };
  await Promise.all(Array.from({ length: work.concurrency }, (_, worker) => runWorker(worker)));
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
): LoadOne {
  const recoveryPoints = directory.readCheckpoint(RECOVERY_POINTS);
  const logStarts = directory.readCheckpoint(LOG_STARTS);
  const highWatermarks = directory.readCheckpoint(HIGH_WATERMARKS);
  return async (partition, worker) => {
    const key = partitionKey(partition.topic, partition.partition);
    const config = topicConfig(partition.topic);
    const known = {
      isClean: directory.wasClean,
      recoveryPoint: recoveryPoints.get(key) ?? 0,
      cleanEndOffset: recoveryPoints.get(key),
      logStartOffset: logStarts.get(key) ?? 0,
      highWatermark: highWatermarks.get(key) ?? 0,
      onSegments: (remaining: number) => directory.loading.noteSegments(worker, remaining),
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

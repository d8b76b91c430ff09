/** One StopReplica request, applied (`kafka.server.ReplicaManager.stopReplicas`). */

import type { ErrorName } from '../protocol/errors';
import type { Log as EventLog } from '../platform/ports';
import type { StopReplicaRequest } from '../protocol/messages/05-stop-replica';
import { StorageError } from '../storage/types';
import type { FetcherManager } from './fetcher-manager';
import type { HostedPartitions } from './hosted-partitions';
import type { Logs, PartitionOutcome, ReplicaListener } from './ports';
import { roleOf } from './role';
import { EPOCH_UNKNOWN, mayStop } from './state/transitions';

interface Requested {
  readonly topic: string;
  readonly partition: number;
  readonly leaderEpoch: number;
  readonly isDelete: boolean;
}

interface StopContext {
  readonly stateChanges: EventLog;
  readonly logs: Logs;
  readonly hosted: HostedPartitions;
  readonly fetchers: FetcherManager;
  readonly listener: ReplicaListener;
}

/**
 * A stopped replica stops fetching and keeps its role; a deleted one is gone, with its log, also when it
 * was never given a role since the broker started.
 */
export function stopReplicas(
  request: StopReplicaRequest,
  context: StopContext,
): readonly PartitionOutcome[] {
  return [...requestedPartitions(request)].map((requested) => {
    const { topic, partition } = requested;
    const hosted = context.hosted.get(topic, partition);
    const before = hosted?.kind === 'online' ? roleOf(hosted.partition) : 'none';
    const error = stop(requested, context);
    logStop(context.stateChanges, { requested, before, error, epoch: request.controllerEpoch });
    return { topic, topicId: undefined, partition, error };
  });
}

function logStop(
  log: EventLog,
  stopped: { requested: Requested; before: string; error: ErrorName; epoch: number },
): void {
  const { requested, before, error, epoch } = stopped;
  const level = error === 'NONE' ? 'info' : 'warn';
  if (!log.isEnabled(level)) return;
  const name = `${requested.topic}-${String(requested.partition)}`;
  const line = `controller epoch ${String(epoch)}, ${name}, ${before} → ${requested.isDelete ? 'deleted' : 'stopped'}`;
  if (level === 'info') log.info(line);
  else log.warn(`${line} refused: ${error}`, { leaderEpoch: requested.leaderEpoch });
}

function stop(requested: Requested, context: StopContext): ErrorName {
  const { topic, partition: number, isDelete } = requested;
  const hosted = context.hosted.get(topic, number);
  if (hosted?.kind === 'offline') return 'KAFKA_STORAGE_ERROR';
  const partition = hosted?.partition;
  if (partition && !mayStop(requested.leaderEpoch, partition.leaderEpoch))
    return 'FENCED_LEADER_EPOCH';
  context.fetchers.remove([requested]);
  if (!isDelete) return 'NONE';
  if (partition) {
    context.hosted.remove(topic, number);
    partition.detach();
    context.listener.onLeadershipChanged(topic, number, 'deleted', partition.leaderEpoch);
  }
  return deleteLog(requested, context);
}

function deleteLog(requested: Requested, context: StopContext): ErrorName {
  try {
    if (context.logs.get(requested)) context.logs.deleteAsync(requested);
    return 'NONE';
  } catch (error) {
    if (error instanceof StorageError) return 'KAFKA_STORAGE_ERROR';
    throw error;
  }
}

/** Versions 0 and 1–2 delete all or nothing and carry no leader epochs. */
function* requestedPartitions(request: StopReplicaRequest): Iterable<Requested> {
  const untyped = { leaderEpoch: EPOCH_UNKNOWN, isDelete: request.deletePartitions };
  for (const { topicName, partitionIndex } of request.ungroupedPartitions) {
    yield { topic: topicName, partition: partitionIndex, ...untyped };
  }
  for (const { name, partitionIndexes } of request.topics) {
    for (const partition of partitionIndexes) yield { topic: name, partition, ...untyped };
  }
  for (const { topicName, partitionStates } of request.topicStates) {
    for (const { partitionIndex, leaderEpoch, deletePartition } of partitionStates) {
      yield { topic: topicName, partition: partitionIndex, leaderEpoch, isDelete: deletePartition };
    }
  }
}

/** Writing leaders and ISRs to the state znodes, with the context kept equal to what was written. */
import type { TopicPartition } from '../protocol/topic-partition';
import type { PartitionState } from '../zookeeper/types';
import { partitionState } from '../zookeeper/znodes';
import type { PartitionContext } from './state/context';
import type { Tenure } from './tenure';

/** A state to be written if the znode still has the version `state.zkVersion`. */
export interface PlannedState {
  readonly partition: PartitionContext;
  readonly state: PartitionState;
}

export interface WriteOutcome {
  readonly written: readonly PartitionContext[];
  /** Somebody else wrote in between, or an earlier try of this write did: read again and decide again. */
  readonly conflicts: readonly PartitionContext[];
}

/** Sets the states, all in flight together. A failure of one partition is logged and concerns no other. */
export async function writeStates(
  tenure: Tenure,
  plans: readonly PlannedState[],
): Promise<WriteOutcome> {
  const written: PartitionContext[] = [];
  const conflicts: PartitionContext[] = [];
  if (plans.length === 0) return { written, conflicts };
  const writes = plans.map(({ partition, state }) => ({
    ...nameOf(partition),
    state,
    expectedZkVersion: state.zkVersion,
  }));
  const results = await tenure.store.partitions.setStates(writes, tenure.fence);
  for (const { partition, state } of plans) {
    const result = results.get(partition.key);
    if (result?.status === 'ok') {
      tenure.stateChanges.noteLeadership(partition, partition.leadership, state);
      tenure.context.setLeadership(partition, { ...state, zkVersion: result.zkVersion });
      written.push(partition);
    } else if (result?.status === 'conflict') conflicts.push(partition);
    else logFailure(tenure, partition, 'could not write the state znode', result?.error);
  }
  return { written, conflicts };
}

/**
 * Reads the states anew into the context. Gives the partitions this controller may go on with: whose znode
 * is readable and was not written by a newer controller.
 */
export async function refreshStates(
  tenure: Tenure,
  partitions: readonly PartitionContext[],
): Promise<PartitionContext[]> {
  if (partitions.length === 0) return [];
  const states = await tenure.store.partitions.states(partitions.map(nameOf));
  return partitions.filter((partition) => {
    const state = states.get(partition.key);
    if (!state) {
      logFailure(tenure, partition, 'the state znode is missing or cannot be parsed');
      return false;
    }
    tenure.context.setLeadership(partition, state);
    return isWritable(tenure, partition, state);
  });
}

/** A state written by a newer controller is not touched: this one was deposed, or somebody edited the znode. */
export function isWritable(
  tenure: Tenure,
  partition: PartitionContext,
  state: PartitionState,
): boolean {
  if (state.controllerEpoch <= tenure.epoch) return true;
  const writer = String(state.controllerEpoch);
  logFailure(tenure, partition, `the state znode was written by controller epoch ${writer}`);
  return false;
}

export function nameOf({ topic, partition }: PartitionContext): TopicPartition {
  return { topic: topic.name, partition };
}

export function logFailure(
  tenure: Tenure,
  partition: PartitionContext,
  why: string,
  error?: Error,
): void {
  tenure.stateChanges.noteFailure(partition, why, {
    path: partitionState.path(nameOf(partition)),
    ...(error === undefined ? {} : { error: error.message }),
  });
}

import type { TopicPartition } from '../protocol/topic-partition';
import type {
  ControllerFence,
  PartitionState,
  PartitionStateCreation,
  PartitionStateWrite,
  StateCreateResult,
  StateWriteResult,
} from './types';

/** The state znodes: leader, ISR and epochs of each partition. Maps and results are keyed by `partitionKey(topic, partition)`. */
export declare class PartitionStore {
  /** States of those partitions that have one. Unparsable ones are left out with a warning. */
  states(partitions: readonly TopicPartition[]): Promise<Map<string, PartitionState>>;
  /** Creates state znodes with their parents. Throws ControllerMovedError; everything else is per partition. */
  createStates(
    partitions: readonly PartitionStateCreation[],
    fence: ControllerFence,
  ): Promise<Map<string, StateCreateResult>>;
  /** Sets each state if its znode still has the expected version. Throws ControllerMovedError; everything else is per partition. */
  setStates(
    writes: readonly PartitionStateWrite[],
    fence: ControllerFence,
  ): Promise<Map<string, StateWriteResult>>;
}

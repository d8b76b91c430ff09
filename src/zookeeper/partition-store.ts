import { assert } from '../base/assert';
import { type TopicPartition, partitionKey } from '../protocol/topic-partition';
import { MultiError } from './errors';
import {
  type StoreContext,
  chunksOf,
  decodeOrWarn,
  fenced,
  pipelined,
  readIfExists,
} from './operations';
import type { Operation, OperationResult } from './session';
import type {
  ControllerFence,
  PartitionState,
  PartitionStateCreation,
  PartitionStateData,
  PartitionStateWrite,
  StateCreateResult,
  StateWriteResult,
  StoredPartitionState,
} from './types';
import { partition, partitionState, partitions as partitionsNode } from './znodes';

/** Writes in one multi: few enough that a refused one costs little, many enough to make round trips rare. */
const BATCH_SIZE = 50;

interface SetRun {
  readonly fence: ControllerFence;
  readonly results: Map<string, StateWriteResult>;
  /** The batch these writes were part of may have been carried out. */
  readonly maybeDone: boolean;
}

/** The state znodes: leader, ISR and epochs of each partition. Maps and results are keyed by `partitionKey(topic, partition)`. */
export class PartitionStore {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** States of those partitions that have one. Unreadable ones are left out with a warning. */
  async states(partitions: readonly TopicPartition[]): Promise<Map<string, PartitionState>> {
    const found = await this.storedStates(partitions);
    return new Map([...found].map(([key, { state }]) => [key, state]));
  }

  /** The same, each with when it was written. */
  async storedStates(
    partitions: readonly TopicPartition[],
  ): Promise<Map<string, StoredPartitionState>> {
    const found = await pipelined(partitions, (id) => this.#state(id));
    const states = new Map<string, StoredPartitionState>();
    partitions.forEach((id, i) => {
      const stored = found[i];
      if (stored) states.set(keyOf(id), stored);
    });
    return states;
  }

  /**
   * Creates state znodes with their parents, atomically in batches. Throws ControllerMovedError, and
   * ZooKeeperError when the session is lost; everything else is per partition.
   */
  async createStates(
    creations: readonly PartitionStateCreation[],
    fence: ControllerFence,
  ): Promise<Map<string, StateCreateResult>> {
    const results = new Map<string, StateCreateResult>();
    const batches = byTopic(creations).map((ofTopic) => chunksOf(ofTopic, BATCH_SIZE));
    const create = (batch: PartitionStateCreation[]): Promise<void> =>
      this.#createBatch(batch, fence, results);
    // The first batch of a topic also makes the parent that the others need.
    await pipelined(
      batches.flatMap((ofTopic) => ofTopic.slice(0, 1)),
      create,
    );
    await pipelined(
      batches.flatMap((ofTopic) => ofTopic.slice(1)),
      create,
    );
    return results;
  }

  /**
   * Sets each state if its znode still has the expected version. Throws ControllerMovedError, and
   * ZooKeeperError when the session is lost; everything else is per partition.
   */
  async setStates(
    writes: readonly PartitionStateWrite[],
    fence: ControllerFence,
  ): Promise<Map<string, StateWriteResult>> {
    const results = new Map<string, StateWriteResult>();
    const run = { fence, results, maybeDone: false };
    await pipelined(chunksOf(writes, BATCH_SIZE), (batch) => this.#setBatch(batch, run));
    return results;
  }

  async #state(id: TopicPartition): Promise<StoredPartitionState | undefined> {
    const path = partitionState.path(id);
    const found = await readIfExists(this.#context.session, path);
    if (!found) return undefined;
    const state = decodeOrWarn(this.#context.log, () => partitionState.decode(found.data, path));
    const { version, mzxid } = found.stat;
    return state && { state: { ...state, zkVersion: version }, mzxid };
  }

  async #setBatch(batch: readonly PartitionStateWrite[], run: SetRun): Promise<void> {
    const answer = await this.#try(batch.map(setOperation), run.fence);
    const [write] = batch;
    if (Array.isArray(answer)) {
      batch.forEach((each, i) => run.results.set(keyOf(each), writtenResult(answer[i])));
    } else if (batch.length === 1 && write) {
      const maybeDone = run.maybeDone || answer.maybeDone;
      run.results.set(keyOf(write), await this.#refusedSet(write, answer, maybeDone));
    } else {
      // All or nothing: one stale version must not hold up the rest.
      const single = { ...run, maybeDone: answer.maybeDone };
      await pipelined(batch, (each) => this.#setBatch([each], single));
    }
  }

  /** A refusal after a lost answer may be about the write's own effect: then exactly that is stored. */
  async #refusedSet(
    write: PartitionStateWrite,
    failure: MultiError,
    maybeDone: boolean,
  ): Promise<StateWriteResult> {
    if (failure.code !== 'BAD_VERSION' && failure.code !== 'NO_NODE') {
      return { status: 'failed', error: failure };
    }
    const zkVersion = write.expectedZkVersion + 1;
    const isOwn = maybeDone && (await this.#isStored(write, zkVersion));
    return isOwn ? { status: 'ok', zkVersion } : { status: 'conflict' };
  }

  async #createBatch(
    batch: readonly PartitionStateCreation[],
    fence: ControllerFence,
    results: Map<string, StateCreateResult>,
  ): Promise<void> {
    const [first] = batch;
    if (!first) return;
    // A topic's partition 0 is created with the topic, before any other.
    const isNewTopic = batch.some((each) => each.partition === 0);
    const operations = batch.flatMap((each) => [
      createOperation(partition.path(each), null),
      createOperation(partitionState.path(each), partitionState.encode(each.state)),
    ]);
    if (isNewTopic) operations.unshift(createOperation(partitionsNode.path(first.topic), null));
    const answer = await this.#try(operations, fence);
    if (Array.isArray(answer)) {
      for (const each of batch) results.set(keyOf(each), { status: 'ok', zkVersion: 0 });
    } else {
      await pipelined(batch, async (each) => {
        results.set(keyOf(each), await this.#createOne(each, fence, answer.maybeDone));
      });
    }
  }

  /** Node by node, as some of them exist already. */
  async #createOne(
    creation: PartitionStateCreation,
    fence: ControllerFence,
    maybeDone: boolean,
  ): Promise<StateCreateResult> {
    for (const path of [partitionsNode.path(creation.topic), partition.path(creation)]) {
      const answer = await this.#try([createOperation(path, null)], fence);
      if (!Array.isArray(answer) && answer.code !== 'NODE_EXISTS') {
        return { status: 'failed', error: answer };
      }
    }
    const path = partitionState.path(creation);
    const data = partitionState.encode(creation.state);
    const answer = await this.#try([createOperation(path, data)], fence);
    if (Array.isArray(answer)) return { status: 'ok', zkVersion: 0 };
    if (answer.code !== 'NODE_EXISTS') return { status: 'failed', error: answer };
    const isOwn = (maybeDone || answer.maybeDone) && (await this.#isStored(creation, 0));
    return isOwn ? { status: 'ok', zkVersion: 0 } : { status: 'exists' };
  }

  async #isStored(written: PartitionStateCreation, zkVersion: number): Promise<boolean> {
    const stored = (await this.#state(written))?.state;
    return stored?.zkVersion === zkVersion && isSameState(stored, written.state);
  }

  /** The results, or the error that says which operation was refused. */
  async #try(
    operations: readonly Operation[],
    fence: ControllerFence,
  ): Promise<OperationResult[] | MultiError> {
    try {
      return await fenced(this.#context.session, fence, operations);
    } catch (error) {
      if (error instanceof MultiError) return error;
      throw error;
    }
  }
}

function keyOf(id: TopicPartition): string {
  return partitionKey(id.topic, id.partition);
}

function byTopic(creations: readonly PartitionStateCreation[]): PartitionStateCreation[][] {
  const groups = new Map<string, PartitionStateCreation[]>();
  for (const each of creations) {
    const group = groups.get(each.topic);
    if (group) group.push(each);
    else groups.set(each.topic, [each]);
  }
  return [...groups.values()];
}

function writtenResult(result: OperationResult | undefined): StateWriteResult {
  assert(result?.type === 'set', 'a set answers with a stat');
  return { status: 'ok', zkVersion: result.stat.version };
}

function setOperation(write: PartitionStateWrite): Operation {
  return {
    type: 'set',
    path: partitionState.path(write),
    data: partitionState.encode(write.state),
    version: write.expectedZkVersion,
  };
}

function createOperation(path: string, data: Buffer | null): Operation {
  return { type: 'create', path, data, mode: 'persistent' };
}

function isSameState(one: PartitionStateData, other: PartitionStateData): boolean {
  return partitionState.encode(one).equals(partitionState.encode(other));
}

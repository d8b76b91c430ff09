import { deferred } from '../../src/base/deferred';
import type { Deferred } from '../../src/base/deferred';
import type { PartitionReader, PartitionWriter } from '../../src/coordinator/runtime/partition-log';
import type { ErrorName } from '../../src/protocol/errors';
import { lastOffsetOf, patchBaseOffset } from '../../src/protocol/records/batch';

/** A coordinator's topic in memory. Writes can be held back before they are committed, or refused. */
export class MemoryCoordinatorLog implements PartitionWriter, PartitionReader {
  /** Refuses appends while set. */
  failure: ErrorName | undefined;
  /** Leaves appends uncommitted, in the log, while true. */
  isHolding = false;
  /** Makes reads fail while set. */
  readFailure: Error | undefined;
  readonly #batches = new Map<number, Buffer[]>();
  #held: Deferred<ErrorName>[] = [];

  batches(partition: number): Buffer[] {
    let batches = this.#batches.get(partition);
    if (!batches) this.#batches.set(partition, (batches = []));
    return batches;
  }

  /** Puts a batch there, as another broker would have. */
  add(partition: number, batch: Buffer): void {
    const batches = this.batches(partition);
    const last = batches.at(-1);
    patchBaseOffset(batch, 0, last ? lastOffsetOf(last, 0) + 1 : 0);
    batches.push(batch);
  }

  append(partition: number, records: Buffer): Promise<ErrorName> {
    if (this.failure) return Promise.resolve(this.failure);
    this.add(partition, Buffer.from(records));
    if (!this.isHolding) return Promise.resolve('NONE');
    const held = deferred<ErrorName>();
    this.#held.push(held);
    return held.promise;
  }

  /** Commits what is held back, or fails it. */
  release(error: ErrorName = 'NONE'): void {
    this.isHolding = false;
    for (const held of this.#held.splice(0)) held.resolve(error);
  }

  async *read(partition: number): AsyncGenerator<Buffer> {
    for (const batch of this.batches(partition)) {
      await Promise.resolve();
      if (this.readFailure) throw this.readFailure;
      yield batch;
    }
    if (this.readFailure) throw this.readFailure;
  }
}

/**
 * The coordinator's internal topic as it needs it: append to a partition that this broker leads, and
 * read one from its start. Implemented over replication (Kafka's `PartitionWriter`, `CoordinatorLoader`).
 */

import type { ErrorName } from '../../protocol/errors';

export interface PartitionWriter {
  /**
   * Appends one batch with acks −1. The batch is in the local log when the call returns, so that the
   * log has the order of the calls; the promise settles when it is committed (`NONE`) or with why it
   * was refused: REQUEST_TIMED_OUT if it takes too long. It must not reject.
   */
  append(partition: number, records: Buffer): Promise<ErrorName>;
}

export interface PartitionReader {
  /**
   * All that is in the partition's log, from its start to the end that it has when the reading gets
   * there, committed or not: a leader's log only grows. Each buffer holds whole batches and may be
   * reused once the next is asked for. Throws if the log cannot be read or is not here.
   */
  read(partition: number): AsyncIterable<Buffer>;
}

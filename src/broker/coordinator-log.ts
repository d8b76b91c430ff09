/** A coordinator's internal topic over replication: committed appends, and reading a partition whole. */
import type { PartitionReader, PartitionWriter } from '../coordinator/runtime/partition-log';
import { ProtocolError } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import { batchSizeAt, lastOffsetOf } from '../protocol/records/batch';
import type { ReplicaManager } from '../replication/replica-manager';
import type { DelayedAppends } from './delayed-appends';

/** How much of a partition is read at a time while it is loaded. */
const LOAD_BYTES = 1024 * 1024;
const ACKS_ALL = -1;

export class CoordinatorLog implements PartitionWriter, PartitionReader {
  constructor(
    private readonly topic: string,
    private readonly parts: {
      readonly replicas: ReplicaManager;
      readonly delayedAppends: DelayedAppends;
      readonly timeoutMs: () => number;
    },
  ) {}

  append(partition: number, records: Buffer): Promise<ErrorName> {
    const found = this.parts.replicas.lookup(this.topic, partition);
    if (typeof found === 'string') return Promise.resolve(found);
    let requiredOffset: number;
    try {
      const result = found.appendRecordsAsLeader(records, {
        requiredAcks: ACKS_ALL,
        origin: 'coordinator',
      });
      requiredOffset = result.lastOffset + 1;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return Promise.resolve(error.errorName);
    }
    return this.#committed(partition, requiredOffset);
  }

  async #committed(partition: number, requiredOffset: number): Promise<ErrorName> {
    const append = {
      topic: this.topic,
      partition,
      requiredOffset,
      error: undefined as ErrorName | undefined,
    };
    await this.parts.delayedAppends.awaitReplication([append], this.parts.timeoutMs());
    return append.error ?? 'UNKNOWN_SERVER_ERROR';
  }

  async *read(partition: number): AsyncIterable<Buffer> {
    const found = this.parts.replicas.lookup(this.topic, partition);
    if (typeof found === 'string') throw new ProtocolError(found);
    const log = found.requireLog();
    let offset = log.logStartOffset;
    while (offset < log.logEndOffset) {
      const upTo = log.logEndOffset;
      const data = await log.read({ offset, maxBytes: LOAD_BYTES, upTo, minOneBatch: true });
      try {
        if (data.sizeBytes === 0) return;
        for (const buffer of data.buffers) yield buffer;
        offset = endOffsetOf(data.buffers);
      } finally {
        data.release();
      }
    }
  }
}

/** The offset after the last record in `buffers`, which hold whole batches. */
function endOffsetOf(buffers: readonly Buffer[]): number {
  const last = buffers[buffers.length - 1] as Buffer;
  let position = 0;
  for (;;) {
    const next = position + batchSizeAt(last, position);
    if (next >= last.length) return lastOffsetOf(last, position) + 1;
    position = next;
  }
}

/**
 * Records on their way into batches, as the accumulator of Kafka's producer: for each partition a queue of batches,
 * the last of them open. Records have no keys and go to one partition until a batch's worth of bytes is there,
 * then to the next (KIP-794). What lies here is bounded by `buffer.memory`; buffers are used again.
 */
import { OutgoingBatch, bytesForOne } from './outgoing-batch';
import type { Moment } from './outgoing-batch';

export interface AccumulatorOptions {
  readonly partitions: number;
  readonly batchBytes: number;
  readonly bufferBytes: number;
  readonly lingerMs: number;
  /** Whether records may go to the partition with this place in the list now: it has a leader. */
  isAvailable(partition: number): boolean;
}

export class Accumulator {
  readonly #queues: OutgoingBatch[][];
  readonly #free: Buffer[] = [];
  #usedBytes = 0;
  #nextOrder = 0;
  #partition = 0;
  #bytesToPartition = 0;

  constructor(private readonly options: AccumulatorOptions) {
    this.#queues = Array.from({ length: options.partitions }, () => []);
  }

  /** False if the memory is full: try again once a batch was released. */
  append(value: Buffer, moment: Moment): boolean {
    if (this.#bytesToPartition >= this.options.batchBytes) this.#nextPartition();
    const queue = this.#queues[this.#partition] as OutgoingBatch[];
    const last = queue.at(-1);
    if (last && !last.isClosed && last.append(value, moment)) {
      this.#bytesToPartition += value.length;
      return true;
    }
    const buffer = this.#takeBuffer(bytesForOne(value.length));
    if (!buffer) return false;
    // A batch that is full ends the turn of its partition.
    if (last && this.#bytesToPartition > 0) this.#nextPartition();
    const batch = new OutgoingBatch(buffer, this.#nextOrder++, moment.sendMs);
    batch.append(value, moment);
    (this.#queues[this.#partition] as OutgoingBatch[]).push(batch);
    this.#bytesToPartition += value.length;
    return true;
  }

  /** How long until the first batch of the partition may be sent: 0 for now, `undefined` if there is none. */
  readyInMs(partition: number, nowMs: number): number | undefined {
    const queue = this.#queues[partition] as OutgoingBatch[];
    const first = queue[0];
    if (!first) return undefined;
    const isWaiting = queue.length === 1 && !first.isClosed && !this.#isFull;
    return isWaiting ? Math.max(0, first.createdMs + this.options.lingerMs - nowMs) : 0;
  }

  /** When the first batch of the partition was made. */
  oldestMs(partition: number): number | undefined {
    return this.#queues[partition]?.[0]?.createdMs;
  }

  /** Takes the first batch to send it; it still counts against the memory until it is released. */
  take(partition: number): OutgoingBatch | undefined {
    return this.#queues[partition]?.shift();
  }

  /** Puts a batch that was sent in vain back to its place among those of its partition. */
  putBack(partition: number, batch: OutgoingBatch): void {
    const queue = this.#queues[partition] as OutgoingBatch[];
    const at = queue.findIndex((other) => batch.order < other.order);
    queue.splice(at < 0 ? queue.length : at, 0, batch);
  }

  release(batch: OutgoingBatch): void {
    this.#usedBytes -= batch.buffer.length;
    if (batch.buffer.length === this.options.batchBytes) this.#free.push(batch.buffer);
  }

  get #isFull(): boolean {
    return this.#usedBytes + this.options.batchBytes > this.options.bufferBytes;
  }

  /** One record always fits, were it larger than a batch or the memory. */
  #takeBuffer(neededBytes: number): Buffer | undefined {
    const { batchBytes, bufferBytes } = this.options;
    const size = Math.max(batchBytes, neededBytes);
    if (this.#usedBytes > 0 && this.#usedBytes + size > bufferBytes) return undefined;
    this.#usedBytes += size;
    const pooled = size === batchBytes ? this.#free.pop() : undefined;
    return pooled ?? Buffer.allocUnsafeSlow(size);
  }

  #nextPartition(): void {
    this.#bytesToPartition = 0;
    const { partitions } = this.options;
    for (let step = 1; step <= partitions; step++) {
      const candidate = (this.#partition + step) % partitions;
      if (!this.options.isAvailable(candidate)) continue;
      this.#partition = candidate;
      return;
    }
  }
}

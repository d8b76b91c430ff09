/**
 * Producer ids for this broker's producers, from blocks that the controller gives out. The next block is
 * asked for when most of the current one is used (`RPCProducerIdManager`, KIP-730).
 */
import type { Log } from '../platform/ports';
import { errorName } from '../protocol/errors';
import {
  AllocateProducerIdsRequest,
  AllocateProducerIdsResponse,
} from '../protocol/messages/67-allocate-producer-ids';
import type { ControllerChannel } from '../replication/controller-channel';

export interface ProducerIdBlock {
  readonly start: number;
  readonly length: number;
}

/** The share of a block after which the next one is asked for. */
const PREFETCH_SHARE = 0.9;

export class ProducerIdManager {
  #next = 0;
  #left = 0;
  #prefetchAt = 0;
  #following: ProducerIdBlock | undefined;
  #asking: Promise<void> | undefined;

  /** `allocate` asks the controller; it gives `undefined` when there is no answer to be had now. */
  constructor(
    private readonly allocate: () => Promise<ProducerIdBlock | undefined>,
    private readonly log: Log,
  ) {}

  /** An id nobody else has; `undefined` when no block can be had now. */
  async next(): Promise<number | undefined> {
    if (this.#left === 0 && !this.#following) await this.#ask();
    if (this.#left === 0 && !this.#startFollowing()) return undefined;
    const id = this.#next++;
    this.#left--;
    if (this.#left <= this.#prefetchAt && !this.#following) void this.#ask();
    return id;
  }

  #startFollowing(): boolean {
    if (!this.#following) return false;
    this.#next = this.#following.start;
    this.#left = this.#following.length;
    this.#prefetchAt = Math.floor(this.#left * (1 - PREFETCH_SHARE));
    this.#following = undefined;
    return true;
  }

  #ask(): Promise<void> {
    this.#asking ??= this.#fetch().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #fetch(): Promise<void> {
    try {
      this.#following = await this.allocate();
    } catch (error) {
      this.log.warn('no block of producer ids', { error });
    }
  }
}

/** Asks the controller for a block. Gives `undefined` when it refuses; rejects when the broker stops. */
export async function allocateBlock(
  channel: ControllerChannel,
  brokerId: number,
  brokerEpoch: number,
): Promise<ProducerIdBlock | undefined> {
  const answer = await channel.send({
    request: AllocateProducerIdsRequest,
    response: AllocateProducerIdsResponse,
    build: () => ({ version: 0, message: { brokerId, brokerEpoch } }),
    errorCodeOf: (response) => response.errorCode,
  });
  if (errorName(answer.errorCode) !== 'NONE') return undefined;
  return { start: answer.producerIdStart, length: answer.producerIdLen };
}

/**
 * What requests of all connections hold before they are handled: those that have arrived and wait, and those
 * that are still arriving (`queued.max.requests`, `queued.max.request.bytes`). It only counts; connections stop
 * reading when it says so, and go on in the order in which they stopped.
 */
import { Link, LinkedList } from '../base/linked-list';

export interface RequestMemoryLimits {
  /** `queued.max.requests`: requests that wait. */
  readonly maxRequests: number;
  /** `queued.max.request.bytes`; −1 for no limit. */
  readonly maxBytes: number;
}

/** A request that is arriving and for which there was no room. */
export type RoomRequest = Link<{ readonly bytes: number; readonly onRoom: () => void }>;

export class RequestMemory {
  #requests = 0;
  #bytes = 0;
  readonly #queue = new LinkedList<{ readonly bytes: number; readonly onRoom: () => void }>();

  constructor(private readonly limits: () => RequestMemoryLimits) {}

  /** Requests that wait now. */
  get requests(): number {
    return this.#requests;
  }

  /** Bytes of requests that wait or arrive now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a connection with a waiting request should read no further. */
  get isFull(): boolean {
    return this.#requests >= this.limits().maxRequests || !this.#hasRoom;
  }

  /** A request has arrived and waits. It is here already, so it is counted whether there is room or not. */
  addWaiting(bytes: number): void {
    this.#requests++;
    this.#bytes += bytes;
  }

  removeWaiting(bytes: number): void {
    this.#requests--;
    this.release(bytes);
  }

  /**
   * The first part of a request is here. As in Kafka one that was let in may be larger than what is left;
   * otherwise the requests that are arriving could take all room from each other and none would ever be whole.
   * Without room the place in the queue is returned: `onRoom` runs when `bytes` are reserved.
   */
  reserve(bytes: number, onRoom: () => void): RoomRequest | undefined {
    if (this.#queue.isEmpty && this.#hasRoom) {
      this.#bytes += bytes;
      return undefined;
    }
    const request = new Link({ bytes, onRoom });
    this.#queue.push(request);
    return request;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
    while (this.#hasRoom) {
      const next = this.#queue.shift();
      if (!next) return;
      this.#bytes += next.bytes;
      next.onRoom();
    }
  }

  get #hasRoom(): boolean {
    const { maxBytes } = this.limits();
    return maxBytes < 0 || this.#bytes < maxBytes;
  }
}

import type { World } from '../kernel/world';
import type { Wire } from './wire';

interface Parcel<T> {
  readonly dueMs: number;
  readonly content: T;
}

/** One direction of a connection: what is sent arrives once, in order, later; while the link is cut, not yet. */
export class Pipe<T> {
  readonly #parcels: Parcel<T>[] = [];
  #lastDueMs = 0;
  #isAwaitingLink = false;
  #isClosed = false;

  /** `deliver` runs where the world is: whoever receives hands it to its machine. */
  constructor(
    private readonly world: World,
    private readonly wire: Wire,
    private readonly link: { readonly from: string; readonly to: string },
    private readonly deliver: (content: T) => void,
  ) {}

  send(content: T): void {
    if (this.#isClosed) return;
    const { from, to } = this.link;
    const arrivalMs = this.world.nowMs + this.wire.delayMs(from, to);
    this.#lastDueMs = Math.max(this.#lastDueMs, arrivalMs);
    this.#parcels.push({ dueMs: this.#lastDueMs, content });
    this.world.at(this.#lastDueMs, () => this.#arrive());
  }

  /** What is on its way does not arrive. */
  drop(): void {
    this.#parcels.length = 0;
  }

  /** Nothing arrives any more, and nothing can be sent. */
  close(): void {
    this.#isClosed = true;
    this.drop();
  }

  #arrive(): void {
    const { from, to } = this.link;
    while (!this.#isAwaitingLink) {
      const first = this.#parcels[0];
      if (!first || first.dueMs > this.world.nowMs) return;
      if (!this.wire.isOpen(from, to)) {
        this.#isAwaitingLink = true;
        this.wire.whenOpen(from, to, () => {
          this.#isAwaitingLink = false;
          this.#arrive();
        });
        return;
      }
      this.#parcels.shift();
      this.deliver(first.content);
    }
  }
}

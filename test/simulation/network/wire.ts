/**
 * What lies between machines: how long a message takes from one to another, and whether it arrives at all. A link is
 * one direction between two machines, so that each direction can be cut by itself.
 */
import type { SeededRandom } from '../kernel/seeded-random';
import type { World } from '../kernel/world';

/** How a link behaves for the time being. Milliseconds. */
export interface LinkQuality {
  readonly latencyMs: number;
  /** Up to so much is added, for each message anew. */
  readonly jitterMs: number;
  /** One message in so many is lost and sent again; 0: none. */
  readonly lossOneIn: number;
}

const USUAL: LinkQuality = { latencyMs: 0.2, jitterMs: 0.6, lossOneIn: 0 };
/** How long the sender of a lost message waits before it sends it again, as TCP does. */
const RETRANSMIT_MS = 200;

export class Wire {
  readonly #random: SeededRandom;
  readonly #cuts = new Map<string, number>();
  readonly #qualities = new Map<string, LinkQuality>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(private readonly world: World) {
    this.#random = world.random.fork('wire');
  }

  isOpen(from: string, to: string): boolean {
    return !this.#cuts.has(linkName(from, to));
  }

  /** From now on nothing arrives that `from` sends to `to`. Cuts add up: each is mended by a `mend`. */
  cut(from: string, to: string): void {
    const link = linkName(from, to);
    this.#cuts.set(link, (this.#cuts.get(link) ?? 0) + 1);
  }

  mend(from: string, to: string): void {
    const link = linkName(from, to);
    const left = (this.#cuts.get(link) ?? 0) - 1;
    if (left > 0) this.#cuts.set(link, left);
    else this.#open(link);
  }

  /** `undefined`: as usual again. */
  setQuality(from: string, to: string, quality: LinkQuality | undefined): void {
    if (quality) this.#qualities.set(linkName(from, to), quality);
    else this.#qualities.delete(linkName(from, to));
  }

  /** How long the next message takes that is sent from one machine to another. */
  delayMs(from: string, to: string): number {
    const quality = this.#qualities.get(linkName(from, to)) ?? USUAL;
    const { latencyMs, jitterMs, lossOneIn } = quality;
    const isLost = lossOneIn > 0 && this.#random.oneIn(lossOneIn);
    const jitter = (jitterMs * this.#random.below(1_000)) / 1_000;
    return latencyMs + jitter + (isLost ? RETRANSMIT_MS : 0);
  }

  /** Runs `task` when the link is open again: what could not be delivered is sent again then. */
  whenOpen(from: string, to: string, task: () => void): void {
    const link = linkName(from, to);
    this.#waiting.set(link, [...(this.#waiting.get(link) ?? []), task]);
  }

  #open(link: string): void {
    this.#cuts.delete(link);
    const waiting = this.#waiting.get(link) ?? [];
    this.#waiting.delete(link);
    for (const task of waiting) this.world.after(this.#random.below(RETRANSMIT_MS), task);
  }
}

function linkName(from: string, to: string): string {
  return `${from}>${to}`;
}

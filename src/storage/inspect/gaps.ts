/**
 * Missing offsets of one log. Compaction leaves such gaps, and a follower of a compacted topic has them without ever having
 * compacted: whether they are damage is known at the end, when all batches were seen.
 */

/** More of them nobody reads. */
const MAX_NOTED = 20;

export class Gaps {
  readonly #noted: (() => void)[] = [];
  #areExcused: boolean;

  /** `isCompacted`: it is known beforehand that compaction was at work. */
  constructor(isCompacted: boolean) {
    this.#areExcused = isCompacted;
  }

  get areExcused(): boolean {
    return this.#areExcused;
  }

  /** `tell` is called at the end, unless compaction turns out to have been at work. */
  note(tell: () => void): void {
    if (this.#noted.length < MAX_NOTED) this.#noted.push(tell);
  }

  /** A batch shows that compaction was at work. */
  excuse(): void {
    this.#areExcused = true;
  }

  end(): void {
    if (this.#areExcused) return;
    for (const tell of this.#noted) tell();
  }
}

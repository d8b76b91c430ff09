/**
 * How much of a growing whole a growing part was over about the last minute: the idle share of an event loop, or
 * events a second. Whoever reads it moves the window.
 */
const WINDOW_MS = 60_000;

interface Reading {
  readonly atMs: number;
  readonly part: number;
  readonly whole: number;
}

export class RecentRatio {
  /** Where the window before the current one began. */
  #base: Reading;
  #next: Reading;

  constructor(part: number, whole: number, nowMs: number) {
    this.#base = { atMs: nowMs, part, whole };
    this.#next = this.#base;
  }

  /** `undefined` while the whole has not grown. */
  read(part: number, whole: number, nowMs: number): number | undefined {
    if (nowMs - this.#next.atMs >= WINDOW_MS) {
      this.#base = this.#next;
      this.#next = { atMs: nowMs, part, whole };
    }
    const grown = whole - this.#base.whole;
    return grown > 0 ? (part - this.#base.part) / grown : undefined;
  }
}

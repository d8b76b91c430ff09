import type { SeededRandom } from '../kernel/seeded-random';

/** `metadata`: making, renaming and removing of files and directories. */
export type DiskOperation = 'read' | 'write' | 'sync' | 'metadata';

/** Shortest and longest, microseconds: a disk of the cheaper kind. */
const USUAL: Readonly<Record<DiskOperation, readonly [number, number]>> = {
  read: [40, 400],
  write: [20, 200],
  sync: [300, 4000],
  metadata: [20, 300],
};

/** Once in so many operations one takes this many times as long. */
const RARE = 100;
const RARE_FACTOR = 20;

/** How a disk is slower than it should be. */
export interface Slowness {
  readonly factor?: number;
  readonly addMs?: number;
}

/** How long operations in the background take. */
export class DiskLatency {
  slowness: Slowness = {};

  constructor(private readonly random: SeededRandom) {}

  /** Milliseconds, another number each time. */
  of(operation: DiskOperation): number {
    const [shortest, longest] = USUAL[operation];
    const { factor = 1, addMs = 0 } = this.slowness;
    const usualMs = this.random.between(shortest, longest) / 1000;
    return usualMs * (this.random.oneIn(RARE) ? RARE_FACTOR : 1) * factor + addMs;
  }
}
